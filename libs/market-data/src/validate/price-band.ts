/** How far a price may jump. */
export interface PriceBandLimits {
  /** Largest change against the last accepted price: 0.1 is 10 % either way. */
  readonly maxJumpRatio: number
  /** A jump that so many events in a row agree on is a move of the market. */
  readonly confirmations: number
}

/** What a price band needs to go on from where it was. Prices are 0 when there is none. */
export interface PriceBandSnapshot {
  readonly lastPrice: number
  readonly candidate: number
  readonly agreeing: number
}

/**
 * Tells an impossible price from a crash. A price outside the band around the last accepted one is refused, and becomes the
 * candidate; the next ones that stay within the band of the candidate agree with it. The event that makes `confirmations` of them
 * is admitted, and the band moves there. A price inside the band, once accepted, clears the candidate: lone bad ticks never add up.
 */
export class PriceBand {
  readonly #limits: PriceBandLimits
  #lastPrice: number
  #candidate: number
  #agreeing: number

  constructor(limits: PriceBandLimits, snapshot?: PriceBandSnapshot) {
    this.#limits = limits
    this.#lastPrice = snapshot?.lastPrice ?? 0
    this.#candidate = snapshot?.candidate ?? 0
    this.#agreeing = snapshot?.agreeing ?? 0
  }

  /** The last accepted price; 0 when there is none. */
  get lastPrice(): number {
    return this.#lastPrice
  }

  /** True when `price` is possible, or confirmed. Remembers a price that is not, as the candidate. */
  admits(price: number): boolean {
    if (this.#lastPrice === 0 || this.#isNear(price, this.#lastPrice)) return true
    this.#agreeing = this.#candidate > 0 && this.#isNear(price, this.#candidate) ? this.#agreeing + 1 : 1
    this.#candidate = price
    return this.#agreeing >= this.#limits.confirmations
  }

  /** States that an event with this price passed every check. */
  accept(price: number): void {
    this.#lastPrice = price
    this.#candidate = this.#agreeing = 0
  }

  /** Forgets the last price: after a disconnect the market may be anywhere. */
  reset(): void {
    this.accept(0)
  }

  snapshot(): PriceBandSnapshot {
    return { lastPrice: this.#lastPrice, candidate: this.#candidate, agreeing: this.#agreeing }
  }

  #isNear(price: number, center: number): boolean {
    return Math.abs(price - center) <= this.#limits.maxJumpRatio * center
  }
}
