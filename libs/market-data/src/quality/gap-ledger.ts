import { field, stateSchema, type MarketStatus, type StateOf, type EventDraft } from '@triplane/contracts'

/** What a gap ledger needs to go on from where it was. */
export const gapLedgerSchema = stateSchema({ count: field.count, missing: field.count })
type GapLedgerSnapshot = StateOf<typeof gapLedgerSchema>

/** Builds a gap ledger; `snapshot` comes from another one. */
export function createGapLedger(snapshot?: GapLedgerSnapshot): GapLedger {
  return new GapLedger(snapshot)
}

/** Counts gaps, and how much is missing. */
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

  /** Number of update or trade ids that are missing, as far as it is known. */
  get missing(): number {
    return this.#missing
  }

  /** Enters a `gap`; other statuses are not for this ledger. */
  onStatus({ status, missing }: EventDraft<MarketStatus>): void {
    if (status !== 'gap') return
    this.#count++
    this.#missing += missing ?? 0
  }

  /** Everything that another ledger needs to go on from here. */
  snapshot(): GapLedgerSnapshot {
    return { count: this.#count, missing: this.#missing }
  }
}
