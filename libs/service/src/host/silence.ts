import { US_PER_SECOND, type Clock } from '@triplane/kernel'

/** Silence of the feed after which the edge's clock takes over. */
const SILENCE_US = US_PER_SECOND

/**
 * Market time by the edge's clock, while the feed of a live run is silent. Other producers may go on, but do not know market time
 * either.
 */
export class Silence {
  readonly #clock: Pick<Clock, 'monotonicUs'>
  /** The newest market time from the feed, and the monotonic time when it was seen. */
  #movedToUs = 0
  #movedAtUs: number

  constructor(clock: Pick<Clock, 'monotonicUs'>) {
    this.#clock = clock
    this.#movedAtUs = clock.monotonicUs()
  }

  /** Counts from now on, with market time at `marketUs`. */
  restart(marketUs: number): void {
    this.#movedToUs = marketUs
    this.#movedAtUs = this.#clock.monotonicUs()
  }

  /** Market time now, when the feed's newest was `marketUs`; undefined while that counts. */
  tickUs(marketUs: number): number | undefined {
    if (marketUs > this.#movedToUs) this.restart(marketUs)
    const silenceUs = this.#clock.monotonicUs() - this.#movedAtUs
    if (silenceUs < SILENCE_US || marketUs === 0) return undefined
    return Math.round(marketUs + silenceUs - SILENCE_US)
  }
}
