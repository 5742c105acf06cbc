import { instrumentId, type Instrument, type InstrumentId } from '@triplane/contracts'
import { ByteText } from './byte-text.ts'

interface Entry {
  readonly name: ByteText
  readonly id: InstrumentId
}

/** Characters that JSON writes unescaped. */
const PLAIN = /^[A-Za-z0-9_.-]+$/

/**
 * The ids of one venue's instruments by venue symbol, looked up by a string, or by bytes of a frame without creating a string.
 *
 * Invariants
 * 1. The slot count is a power of two, at least twice the number of entries, so that probing ends at an empty slot.
 * 2. An instrument whose venue symbol is not plain is found by string only.
 */
export class InstrumentTable {
  readonly #byName: ReadonlyMap<string, InstrumentId>
  readonly #slots: (Entry | undefined)[]
  readonly #mask: number
  /** The last entry found by bytes: most likely the next one, too. */
  #found: Entry | undefined

  constructor(instruments: readonly Instrument[]) {
    this.#byName = new Map(instruments.map((instrument) => [instrument.venueSymbol, instrumentId(instrument)]))
    let size = 8
    while (size < 2 * instruments.length) size *= 2
    this.#slots = new Array<Entry | undefined>(size).fill(undefined)
    this.#mask = size - 1
    for (const [venueSymbol, id] of this.#byName) {
      if (!PLAIN.test(venueSymbol)) continue
      const bytes = Uint8Array.from(venueSymbol, (character) => character.charCodeAt(0))
      let slot = hashBytes(bytes, 0, bytes.length) & this.#mask
      while (this.#slots[slot]) slot = (slot + 1) & this.#mask
      this.#slots[slot] = { name: new ByteText(venueSymbol), id }
    }
  }

  /** The instrument with this venue symbol. */
  byName(venueSymbol: string): InstrumentId | undefined {
    return this.#byName.get(venueSymbol)
  }

  /** The instrument whose venue symbol is the bytes from `start` to `end` (exclusive). `view` is of the same bytes. */
  byBytes(bytes: Uint8Array, view: DataView, start: number, end: number): InstrumentId | undefined {
    let entry = this.#found
    let slot = -1
    while (entry === undefined || entry.name.length !== end - start || !entry.name.isAt(view, start)) {
      slot = (slot < 0 ? hashBytes(bytes, start, end) : slot + 1) & this.#mask
      entry = this.#slots[slot]
      if (entry === undefined) return undefined
    }
    this.#found = entry
    return entry.id
  }
}

/** FNV-1a (Fowler, Noll, Vo), 32 bits. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return hash ^ (hash >>> 15)
}
