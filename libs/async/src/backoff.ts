export interface BackoffLimits {
  readonly firstMs: number
  readonly longestMs: number
  /** Numbers in [0, 1). With it half of each wait is random, so that clients spread out; without it no part is random. */
  readonly random?: () => number
}

/** Waits that double from `firstMs` to `longestMs`. */
export class Backoff {
  readonly #limits: BackoffLimits
  #failures = 0

  constructor(limits: BackoffLimits) {
    this.#limits = limits
  }

  /** The next wait, milliseconds. */
  next(): number {
    const { firstMs, longestMs, random } = this.#limits
    const waitMs = Math.min(firstMs * 2 ** this.#failures, longestMs)
    if (waitMs < longestMs) this.#failures++
    return random === undefined ? waitMs : (waitMs * (1 + random())) / 2
  }

  /** Resets after a success: the next wait is the first one again. */
  reset(): void {
    this.#failures = 0
  }
}
