import { DECIMAL, FLAG, INTEGER, LEVELS, SLOT_COUNT, SYMBOL, type FrameLayout } from './frame-layout.ts'
import type { LayoutReader } from './layout-reader.ts'
import { scanDecimal, scanInteger } from './number-scanner.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const LAST_ASCII = 0x7f
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const LOWER_T = 0x74
const TRUE = Uint8Array.from('true', (character) => character.charCodeAt(0))
const FALSE = Uint8Array.from('false', (character) => character.charCodeAt(0))

/** The reader for where there is no other: JavaScript alone. */
export class PlainLayoutReader implements LayoutReader {
  readonly numbers = new Float64Array(SLOT_COUNT)
  bytes: Uint8Array = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  symbolStart = 0
  symbolEnd = 0
  #start = 0
  #end = 0
  readonly #levels: number[][] = []
  /** Grows to the longest side seen. It holds doubles from the start, so that its slices do. */
  readonly #scratch: number[] = [0.5]
  readonly #decimal = new Float64Array(1)

  take(bytes: Uint8Array, start: number, end: number): boolean {
    this.#start = start
    this.#end = end
    if (bytes === this.bytes) return true
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return true
  }

  fits({ literals, kinds, slots }: FrameLayout): boolean {
    const { bytes, view } = this
    const end = this.#end
    let at = this.#start
    for (let hole = 0; hole < kinds.length; hole++) {
      const literal = literals[hole] as (typeof literals)[number]
      if (at + literal.length > end || !literal.isAt(view, at)) return false
      at += literal.length
      const kind = kinds[hole]
      const slot = slots[hole] as number
      if (kind === DECIMAL) at = scanDecimal(bytes, at, this.numbers, slot)
      else if (kind === INTEGER) at = scanInteger(bytes, view, at, end, this.numbers, slot)
      else if (kind === LEVELS) at = this.#readLevels(at, slot)
      else if (kind === FLAG) at = this.#readFlag(at, slot)
      else if (kind === SYMBOL) at = this.#readSymbol(at)
      else at = this.#readText(at)
      if (at < 0) return false
    }
    const last = literals[kinds.length] as (typeof literals)[number]
    return at + last.length === end && last.isAt(view, at)
  }

  levels(slot: number): number[] {
    return this.#levels[slot] as number[]
  }

  #readLevels(at: number, slot: number): number {
    const { bytes } = this
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
    this.#levels[slot] = scratch.slice(0, count)
    return i
  }

  #readFlag(at: number, slot: number): number {
    const { bytes } = this
    // "true" or "false": four or five bytes, of which the first decides.
    const text = bytes[at] === LOWER_T ? TRUE : FALSE
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return -1
    this.numbers[slot] = text === TRUE ? 1 : 0
    return at + text.length
  }

  /** Reads up to the quote that ends a text of printable ASCII without escapes. */
  #readText(at: number): number {
    const { bytes } = this
    for (let i = at; i < this.#end; i++) {
      const byte = bytes[i] as number
      if (byte === QUOTE) return i
      if (byte < SPACE || byte > LAST_ASCII || byte === BACKSLASH) return -1
    }
    return -1
  }

  #readSymbol(at: number): number {
    this.symbolStart = at
    this.symbolEnd = this.#readText(at)
    return this.symbolEnd
  }
}
