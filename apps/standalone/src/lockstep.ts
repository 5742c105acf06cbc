import { rank, type Rank } from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import type { FeedItem } from '@triplane/market-data'

/** The data plane as the scheduler sees it. */
export interface SourcePlane {
  /**
   * Handles one item, which was handed over at the monotonic time `handoverUs`; market time is its receive time made monotone.
   * Publishes the resulting events.
   */
  accept(item: FeedItem, handoverUs: number): void
  /** Handles timers due at or before `throughUs`. */
  advance(throughUs: number): void
  /** Effect time of the next timer; Infinity when there is none. */
  nextDueUs(): number
}

/** The strategy or the order plane as the scheduler sees it. */
export interface SteppedPlane {
  /** Handles the inputs up to and including (throughUs, throughRank), in input order. */
  step(throughUs: number, throughRank: Rank): void
  /** Effect time of the next timer, reply or pending input; Infinity when there is none. */
  nextDueUs(): number
}

/**
 * Drives three planes in one process in the order that three processes agree on (architecture.md section 7).
 *
 * Invariants
 * 1. An instant is one microsecond of market time. Data of the open instant is handled at once; timers, replies and decisions
 *    of an instant are handled when it closes, because more data may arrive in the same microsecond.
 * 2. The order plane's outputs take effect at least `minLatencyUs` later, so closing an instant never reopens it.
 * 3. What is handled depends on the items and their times only, never on how they were batched.
 */
export class Lockstep {
  readonly #data: SourcePlane
  readonly #strategy: SteppedPlane
  readonly #order: SteppedPlane
  readonly #clock: Pick<Clock, 'monotonicUs'>
  /** -Infinity before the first item. */
  #openUs: number
  #frameUs = 0
  #handoverUs = 0

  /** `openUs` is the instant that a resumed run had reached. */
  constructor(
    planes: { readonly data: SourcePlane; readonly strategy: SteppedPlane; readonly order: SteppedPlane },
    clock: Pick<Clock, 'monotonicUs'>,
    openUs?: number,
  ) {
    this.#data = planes.data
    this.#strategy = planes.strategy
    this.#order = planes.order
    this.#clock = clock
    this.#openUs = openUs ?? Number.NEGATIVE_INFINITY
  }

  /** The instant of the newest frame. */
  get frameUs(): number {
    return this.#frameUs
  }

  /** Monotonic time at which the first frame of that instant was handed over. */
  get handoverUs(): number {
    return this.#handoverUs
  }

  /** The open instant: market time. Undefined before the first item. */
  get nowUs(): number | undefined {
    return this.#openUs === Number.NEGATIVE_INFINITY ? undefined : this.#openUs
  }

  /** Handles everything before the item, then the item. */
  accept(item: FeedItem): void {
    const handoverUs = this.#clock.monotonicUs()
    if (item.tsRecvUs > this.#openUs) {
      this.closeBefore(item.tsRecvUs)
      this.#openUs = item.tsRecvUs
    }
    if (item.type === 'time') return
    const nowUs = this.#openUs
    if (nowUs !== this.#frameUs) {
      this.#frameUs = nowUs
      this.#handoverUs = handoverUs
    }
    this.#data.accept(item, handoverUs)
    this.#strategy.step(nowUs, rank.data)
    this.#order.step(nowUs, rank.data)
  }

  /** Handles everything with an effect time below `endUs`. No earlier item may follow. */
  closeBefore(endUs: number): void {
    if (this.nowUs === undefined || this.#openUs >= endUs) return
    // Nothing is due when most instants end: they need no closing.
    for (let dueUs = this.#nextDueUs(); dueUs < endUs; dueUs = this.#nextDueUs()) {
      this.#openUs = Math.max(this.#openUs, dueUs)
      this.#close(this.#openUs)
    }
  }

  #close(instantUs: number): void {
    this.#data.advance(instantUs)
    this.#strategy.step(instantUs, rank.strategy)
    this.#order.step(instantUs, rank.strategy)
  }

  #nextDueUs(): number {
    return Math.min(this.#data.nextDueUs(), this.#strategy.nextDueUs(), this.#order.nextDueUs())
  }
}
