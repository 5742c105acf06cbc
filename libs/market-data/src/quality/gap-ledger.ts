import { field, stateSchema, type MarketStatus, type StateOf, type EventDraft } from '@triplane/contracts'

/** The saved state of a gap ledger. */
export const gapLedgerSchema = stateSchema({ count: field.count, missing: field.count })
type GapLedgerSnapshot = StateOf<typeof gapLedgerSchema>

/** Creates a gap ledger; `snapshot` is from another one. */
export function createGapLedger(snapshot?: GapLedgerSnapshot): GapLedger {
  return new GapLedger(snapshot)
}

/** Counts gaps and missing ids. */
export class GapLedger {
  #count: number
  #missing: number

  constructor({ count, missing }: GapLedgerSnapshot = { count: 0, missing: 0 }) {
    this.#count = count
    this.#missing = missing
  }

  /** Number of gaps. */
  get count(): number {
    return this.#count
  }

  /** Number of missing update or trade ids, as far as known. */
  get missing(): number {
    return this.#missing
  }

  /** Enters a `gap`; ignores other statuses. */
  onStatus({ status, missing }: EventDraft<MarketStatus>): void {
    if (status !== 'gap') return
    this.#count++
    this.#missing += missing ?? 0
  }

  /** The state from which another ledger continues. */
  snapshot(): GapLedgerSnapshot {
    return { count: this.#count, missing: this.#missing }
  }
}
