import { floorTime, US_PER_MINUTE, type Clock } from '@triplane/kernel'

/** Share of the venue's limit that this feed saves up at most; the order plane may use the same address. */
const SHARE = 0.25
/** Above this share of the venue's limit, whoever used it, nothing more is asked for in this minute. */
const CAUTION = 0.8

/**
 * How much request weight may be used, and when. A bucket of a quarter of the venue's limit that refills in a minute; so
 * in no minute more than half the limit is used. It also stops when the venue says so.
 */
export class WeightBudget {
  readonly #weightPerMinute: number
  readonly #clock: Clock
  #left: number
  #filledUs: number
  /** Monotonic time before which nothing is asked for. */
  #heldUntilUs = -Infinity

  constructor(weightPerMinute: number, clock: Clock) {
    this.#weightPerMinute = weightPerMinute
    this.#clock = clock
    this.#left = this.#capacity
    this.#filledUs = clock.monotonicUs()
  }

  /** Uses `weight` and gives 0; or uses nothing, and says how long to wait before trying again, milliseconds. */
  take(weight: number): number {
    const nowUs = this.#clock.monotonicUs()
    if (nowUs < this.#heldUntilUs) return Math.ceil((this.#heldUntilUs - nowUs) / 1000)
    const refill = ((nowUs - this.#filledUs) * this.#capacity) / US_PER_MINUTE
    const left = Math.min(this.#capacity, this.#left + refill)
    if (left < weight) return Math.ceil(((weight - left) * US_PER_MINUTE) / this.#capacity / 1000)
    this.#left = left - weight
    this.#filledUs = nowUs
    return 0
  }

  /** Nothing is asked for in the next `durationMs`. */
  hold(durationMs: number): void {
    this.#heldUntilUs = Math.max(this.#heldUntilUs, this.#clock.monotonicUs() + durationMs * 1000)
  }

  /** The venue counted `used` weight of this address in the current minute of the wall clock. */
  learn(used: number): void {
    if (used < CAUTION * this.#weightPerMinute) return
    const nowUs = this.#clock.nowUs()
    this.hold((floorTime(nowUs, US_PER_MINUTE) + US_PER_MINUTE - nowUs) / 1000)
  }

  get #capacity(): number {
    return SHARE * this.#weightPerMinute
  }
}
