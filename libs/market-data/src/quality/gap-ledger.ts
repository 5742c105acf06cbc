import { field, stateSchema, type MarketStatus, type StateOf } from '@triplane/contracts'

/** A hole in what was received. */
const gapSchema = stateSchema({
  source: field.text,
  symbol: field.orNull(field.text),
  tsRecvUs: field.timeUs,
  reason: field.orNull(field.text),
  /** Number of missing update ids, where it is known. */
  missing: field.orNull(field.count),
})
export type Gap = StateOf<typeof gapSchema>

/** What a gap ledger needs to go on from where it was. */
export const gapLedgerSchema = stateSchema({
  count: field.count,
  missing: field.count,
  recent: field.list(gapSchema),
})
export type GapLedgerSnapshot = StateOf<typeof gapLedgerSchema>

/** Builds a gap ledger that remembers the newest `capacity` gaps; `snapshot` comes from another one. */
export function createGapLedger(capacity = 1000, snapshot?: GapLedgerSnapshot): GapLedger {
  return new GapLedger(capacity, snapshot)
}

/** Counts gaps, and remembers the newest ones: where, when, how much is missing. */
export class GapLedger {
  readonly #capacity: number
  #count: number
  #missing: number
  #recent: Gap[]

  constructor(capacity: number, { count, missing, recent }: GapLedgerSnapshot = { count: 0, missing: 0, recent: [] }) {
    this.#capacity = capacity
    this.#count = count
    this.#missing = missing
    this.#recent = [...recent]
  }

  /** Number of gaps. */
  get count(): number {
    return this.#count
  }

  /** Number of update ids that are missing, as far as it is known. */
  get missing(): number {
    return this.#missing
  }

  /** The newest gaps, oldest first. */
  get recent(): readonly Gap[] {
    return this.#recent
  }

  /** Enters a `gap`; other statuses are not for this ledger. */
  onStatus({ status, source, symbol, tsRecvUs, reason, missing }: MarketStatus): void {
    if (status !== 'gap') return
    this.#count++
    this.#missing += missing ?? 0
    this.#recent.push({
      source,
      symbol: symbol ?? null,
      tsRecvUs,
      reason: reason ?? null,
      missing: missing ?? null,
    })
    if (this.#recent.length > this.#capacity) this.#recent.shift()
  }

  /** Everything that another ledger needs to go on from here. */
  snapshot(): GapLedgerSnapshot {
    return { count: this.#count, missing: this.#missing, recent: [...this.#recent] }
  }
}
