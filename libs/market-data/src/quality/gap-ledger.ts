import type { MarketStatus } from '@triplane/contracts'

/** A hole in what was received. */
export interface Gap {
  readonly source: string
  readonly symbol?: string
  readonly tsRecvUs: number
  readonly reason?: string
  /** Number of missing update ids, where it is known. */
  readonly missing?: number
}

/** What a gap ledger needs to go on from where it was. */
export interface GapLedgerSnapshot {
  readonly count: number
  readonly missing: number
  readonly recent: readonly Gap[]
}

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

  constructor(capacity: number, snapshot?: GapLedgerSnapshot) {
    this.#capacity = capacity
    this.#count = snapshot?.count ?? 0
    this.#missing = snapshot?.missing ?? 0
    this.#recent = [...(snapshot?.recent ?? [])]
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
      ...(symbol !== undefined && { symbol }),
      tsRecvUs,
      ...(reason !== undefined && { reason }),
      ...(missing !== undefined && { missing }),
    })
    if (this.#recent.length > this.#capacity) this.#recent.shift()
  }

  /** Everything that another ledger needs to go on from here. */
  snapshot(): GapLedgerSnapshot {
    return { count: this.#count, missing: this.#missing, recent: [...this.#recent] }
  }
}
