import {
  field,
  stateSchema,
  type ExecutionEvent,
  type LedgerAnswer,
  type Outbox,
  type StateOf,
} from '@triplane/contracts'
import { floorTime } from '@triplane/kernel'
import { isAgreed, ledgerDifferences, noDifferences, type Ledger, type LedgerDifferences } from '@triplane/ledger'
import type { CoreTime } from './published-orders.ts'

/** Market time between two digests. */
const INTERVAL_US = 5_000_000
/** The number of digests that may wait for their answers. An answer to an older one is not judged. */
const MOST_WAITING = 64

const totalsSchema = stateSchema({
  fills: field.count,
  fillChain: field.text,
  crosses: field.count,
  crossChain: field.text,
  positions: field.list(stateSchema({ instrument: field.text, quantity: field.text })),
  cash: field.list(stateSchema({ currency: field.text, amount: field.text })),
})

/** The saved digests. */
export const ledgerDigestsSchema = stateSchema({
  /** Null until the next market data. */
  nextUs: field.orNull(field.timeUs),
  /** The number of the newest digest. */
  digest: field.count,
  waiting: field.list(stateSchema({ digest: field.count, totals: totalsSchema })),
  bookings: field.count,
  positions: field.count,
})
type LedgerDigestsSnapshot = StateOf<typeof ledgerDigestsSchema>

/** Outcomes of a comparison: `error` when there is no digest to compare the answer with. */
export const reconciliations = ['ok', 'differences', 'error'] as const
export type Reconciliation = (typeof reconciliations)[number]

interface LedgerDigestsDeps {
  readonly ledger: Ledger
  readonly outbox: Outbox<ExecutionEvent>
  readonly time: CoreTime
}

/**
 * States what the ledger comes to, and compares the strategy plane's answers.
 *
 * Invariants
 * 1. A digest lies behind the fills that it counts and before all others, on one topic: the strategy plane compares it with what
 *    it has booked when it reads it, so that fills under way are no differences.
 * 2. An answer lies behind the crosses that it counts, on one topic, so those are compared with the ones booked here when it comes.
 * 3. Digests are due at whole intervals of market time after market data: a hole of any length has none.
 */
export class LedgerDigests {
  readonly #deps: LedgerDigestsDeps
  #nextUs: number
  #digest: number
  #waiting: LedgerDigestsSnapshot['waiting']
  #differences: LedgerDifferences

  constructor(
    deps: LedgerDigestsDeps,
    saved: LedgerDigestsSnapshot = { nextUs: null, digest: 0, waiting: [], ...noDifferences },
  ) {
    this.#deps = deps
    this.#nextUs = saved.nextUs ?? Number.POSITIVE_INFINITY
    this.#digest = saved.digest
    this.#waiting = saved.waiting
    this.#differences = { bookings: saved.bookings, positions: saved.positions }
  }

  /** When the next digest is due; Infinity until market data comes. */
  get nextDueUs(): number {
    return this.#nextUs
  }

  /** What the newest answer differed in. */
  get differences(): LedgerDifferences {
    return this.#differences
  }

  /** Takes note that market data of `timeUs` came. */
  onMarket(timeUs: number): void {
    if (this.#nextUs === Number.POSITIVE_INFINITY) this.#nextUs = floorTime(timeUs, INTERVAL_US) + INTERVAL_US
  }

  /** Publishes the digest that is due. */
  publish(): void {
    const { ledger, outbox, time } = this.#deps
    this.#nextUs = Number.POSITIVE_INFINITY
    const digest = ++this.#digest
    const totals = ledger.totals()
    this.#waiting = [...this.#waiting, { digest, totals }].slice(-MOST_WAITING)
    const isDisputed = !isAgreed(this.#differences)
    outbox.add({ type: 'ledgerDigest', effectUs: time.effectUs(), digest, ...totals, isDisputed })
  }

  /** Publishes the whole ledger, for a strategy plane whose own differs. */
  state(): void {
    const { ledger, outbox, time } = this.#deps
    const { lastFillId } = ledger
    const asOf = { effectUs: time.effectUs(), ...(lastFillId !== undefined && { lastFillId }) }
    outbox.add({ type: 'ledgerStated', account: ledger.owned(), ...ledger.totals(), ...asOf })
  }

  /** Compares an answer with the digest that it answers. */
  judge(answer: LedgerAnswer): Reconciliation {
    const asked = this.#waiting.find(({ digest }) => digest === answer.digest)
    if (!asked) return 'error'
    this.#waiting = this.#waiting.filter(({ digest }) => digest > answer.digest)
    const { crosses, crossChain } = this.#deps.ledger.totals()
    this.#differences = ledgerDifferences({ ...asked.totals, crosses, crossChain }, answer, true)
    return isAgreed(this.#differences) ? 'ok' : 'differences'
  }

  snapshot(): LedgerDigestsSnapshot {
    const { bookings, positions } = this.#differences
    const nextUs = Number.isFinite(this.#nextUs) ? this.#nextUs : null
    return { nextUs, digest: this.#digest, waiting: this.#waiting, bookings, positions }
  }
}
