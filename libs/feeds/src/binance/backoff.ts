/** Waits that double from `firstMs` to `longestMs`; of each, one half is fixed and one half random, so that clients part. */
export class Backoff {
  readonly #firstMs: number
  readonly #longestMs: number
  readonly #random: () => number
  #failures = 0

  /** `random` gives numbers from 0 to below 1. */
  constructor(firstMs: number, longestMs: number, random: () => number) {
    this.#firstMs = firstMs
    this.#longestMs = longestMs
    this.#random = random
  }

  /** The next wait, milliseconds. */
  next(): number {
    const waitMs = Math.min(this.#firstMs * 2 ** this.#failures, this.#longestMs)
    if (waitMs < this.#longestMs) this.#failures++
    return (waitMs * (1 + this.#random())) / 2
  }

  /** It worked: the next wait is the first one again. */
  reset(): void {
    this.#failures = 0
  }
}
