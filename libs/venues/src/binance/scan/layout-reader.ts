import { DECIMAL, FLAG, INTEGER, LEVELS, SLOT_COUNT, slotOf, type FrameLayout } from './frame-layout.ts'
import type { InstrumentTable } from '../../instrument-table.ts'
import { scanDecimal, scanInteger } from './number-scanner.ts'

const BIDS_SLOT = slotOf('b')
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const LOWER_T = 0x74
const TRUE = Uint8Array.from('true', (character) => character.charCodeAt(0))
const FALSE = Uint8Array.from('false', (character) => character.charCodeAt(0))

/**
 * Reads the values of a frame with a known layout, straight from the bytes.
 *
 * Invariants
 * 1. `read` succeeds only when every byte from `start` to `end` is part of a literal of the layout or of a hole's value.
 * 2. A value is exactly what `JSON.parse` and `Number` would return.
 * 3. Values are those of the last `read`. Levels are new arrays each time and may be kept.
 */
export class LayoutReader {
  /** Values of INTEGER and DECIMAL holes by slot; 1 and 0 for FLAG holes. */
  readonly numbers = new Float64Array(SLOT_COUNT)
  /** Price, size, price, size, ... */
  bids: number[] = []
  asks: number[] = []
  /** Id of the instrument. */
  instrument = ''
  readonly #instruments: InstrumentTable
  /** Grows to the longest side seen. It contains doubles from the start, so that its slices do. */
  readonly #scratch: number[] = [0.5]
  readonly #decimal = new Float64Array(1)

  constructor(instruments: InstrumentTable) {
    this.#instruments = instruments
  }

  /** True when the bytes from `start` to `end` (exclusive) fit the layout. `view` is of the same bytes. */
  read(layout: FrameLayout, bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const { literals, kinds, slots } = layout
    let at = start
    for (let hole = 0; hole < kinds.length; hole++) {
      const literal = literals[hole] as (typeof literals)[number]
      if (at + literal.length > end || !literal.isAt(view, at)) return false
      at += literal.length
      const kind = kinds[hole]
      const slot = slots[hole] as number
      if (kind === DECIMAL) at = scanDecimal(bytes, at, this.numbers, slot)
      else if (kind === INTEGER) at = scanInteger(bytes, view, at, end, this.numbers, slot)
      else if (kind === LEVELS) at = this.#readLevels(bytes, at, slot)
      else if (kind === FLAG) at = this.#readFlag(bytes, at, slot)
      else at = this.#readSymbol(bytes, view, at, end)
      if (at < 0) return false
    }
    const last = literals[kinds.length] as (typeof literals)[number]
    return at + last.length === end && last.isAt(view, at)
  }

  #readLevels(bytes: Uint8Array, at: number, slot: number): number {
    const scratch = this.#scratch
    const decimal = this.#decimal
    let count = 0
    let i = at + 1
    if (bytes[at] !== OPEN_BRACKET) return -1
    if (bytes[i] === CLOSE_BRACKET) {
      i++
    } else {
      do {
        if (bytes[i] !== OPEN_BRACKET || bytes[i + 1] !== QUOTE) return -1
        i = scanDecimal(bytes, i + 2, decimal, 0)
        if (i < 0 || bytes[i] !== QUOTE || bytes[i + 1] !== COMMA || bytes[i + 2] !== QUOTE) return -1
        scratch[count++] = decimal[0] as number
        i = scanDecimal(bytes, i + 3, decimal, 0)
        if (i < 0 || bytes[i] !== QUOTE || bytes[i + 1] !== CLOSE_BRACKET) return -1
        scratch[count++] = decimal[0] as number
        i += 3
      } while (bytes[i - 1] === COMMA)
      if (bytes[i - 1] !== CLOSE_BRACKET) return -1
    }
    const levels = scratch.slice(0, count)
    if (slot === BIDS_SLOT) this.bids = levels
    else this.asks = levels
    return i
  }

  #readFlag(bytes: Uint8Array, at: number, slot: number): number {
    // "true" or "false": four or five bytes, of which the first decides.
    const text = bytes[at] === LOWER_T ? TRUE : FALSE
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return -1
    this.numbers[slot] = text === TRUE ? 1 : 0
    return at + text.length
  }

  #readSymbol(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    let i = at
    while (i < end && bytes[i] !== QUOTE) i++
    const instrument = this.#instruments.byBytes(bytes, view, at, i)
    if (instrument === undefined) return -1
    this.instrument = instrument
    return i
  }
}
