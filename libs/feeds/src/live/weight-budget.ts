import { floorTime, US_PER_MINUTE, type Clock } from '@triplane/kernel'

/** The most of the venue's limit that this feed saves up; the order plane may use the same address. */
const SHARE = 0.25
/** Above this share of the venue's limit, whoever used it, no more requests are made in this minute. */
const CAUTION = 0.8

/**
 * How much request weight may be used, and when. A bucket of a quarter of the venue's limit that refills in a minute; so at
 * most half the limit is used in any minute. It also pauses at the venue's demand.
 */
export class WeightBudget {
  readonly #weightPerMinute: number
  readonly #clock: Clock
  #left: number
  #filledUs: number
  /** Monotonic time before which no requests are made. */
  #heldUntilUs = -Infinity

  constructor(weightPerMinute: number, clock: Clock) {
    this.#weightPerMinute = weightPerMinute
    this.#clock = clock
    this.#left = this.#capacity
    this.#filledUs = clock.monotonicUs()
  }

  /** Uses `weight` and returns 0; or uses nothing, and returns how long to wait before another attempt, milliseconds. */
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

  /** Makes no requests for the next `durationMs`. */
  hold(durationMs: number): void {
    this.#heldUntilUs = Math.max(this.#heldUntilUs, this.#clock.monotonicUs() + durationMs * 1000)
  }

  /** Reports the weight that the venue counted for this address in the current minute of the wall clock. */
  learn(used: number): void {
    if (used < CAUTION * this.#weightPerMinute) return
    const nowUs = this.#clock.nowUs()
    this.hold((floorTime(nowUs, US_PER_MINUTE) + US_PER_MINUTE - nowUs) / 1000)
  }

  get #capacity(): number {
    return SHARE * this.#weightPerMinute
  }
}
