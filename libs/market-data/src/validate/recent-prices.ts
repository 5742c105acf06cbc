import { field, stateSchema, type StateOf } from '@triplane/contracts'

/** Number of prices in the median: a wild one, even if accepted for lack of others, never moves it far. */
const RECENT = 5

/** The saved state of recent prices. The candidate is 0 when there is none. */
export const recentPricesSchema = stateSchema({
  /** Oldest first. */
  prices: field.list(field.real),
  candidate: field.real,
  agreeing: field.count,
})
export type RecentPricesSnapshot = StateOf<typeof recentPricesSchema>

/**
 * The last accepted prices of one side of a market, without repeats in a row, and the run of refused ones that agree on another
 * price. The median of an even number is the one nearer to the other side: `prefersHigh` is for bids.
 */
export class RecentPrices {
  readonly #prefersHigh: boolean
  #prices: number[]
  #median: number
  #candidate: number
  #agreeing: number

  constructor(prefersHigh: boolean, snapshot: RecentPricesSnapshot = { prices: [], candidate: 0, agreeing: 0 }) {
    this.#prefersHigh = prefersHigh
    this.#prices = [...snapshot.prices]
    this.#median = this.#findMedian()
    this.#candidate = snapshot.candidate
    this.#agreeing = snapshot.agreeing
  }

  /** The median; 0 when there is no price yet. */
  get median(): number {
    return this.#median
  }

  /** Adds a refused price and returns how many in a row agree on it, each within `ratio` of the one before. */
  doubt(price: number, ratio: number): number {
    this.#agreeing = this.#candidate > 0 && isNear(price, this.#candidate, ratio) ? this.#agreeing + 1 : 1
    this.#candidate = price
    return this.#agreeing
  }

  /** Adds an accepted price. One that was confirmed against the others replaces them: the market has moved there. */
  accept(price: number, isConfirmed: boolean): void {
    this.#candidate = this.#agreeing = 0
    if (isConfirmed) this.#prices = []
    else if (price === this.#prices[this.#prices.length - 1]) return
    else if (this.#prices.length === RECENT) this.#prices.shift()
    this.#prices.push(price)
    this.#median = this.#findMedian()
  }

  /** Forgets everything. */
  reset(): void {
    this.#prices = []
    this.#median = this.#candidate = this.#agreeing = 0
  }

  snapshot(): RecentPricesSnapshot {
    return { prices: [...this.#prices], candidate: this.#candidate, agreeing: this.#agreeing }
  }

  /** Counts for each price how many are below it; there are at most five. */
  #findMedian(): number {
    const prices = this.#prices
    const count = prices.length
    const place = this.#prefersHigh ? count >> 1 : (count - 1) >> 1
    for (let i = 0; i < count; i++) {
      const price = prices[i] as number
      let below = 0
      for (let j = 0; j < count; j++) {
        const other = prices[j] as number
        if (other < price || (other === price && j < i)) below++
      }
      if (below === place) return price
    }
    return 0
  }
}

/** True when `price` is within `ratio` of `center`, either way. */
export function isNear(price: number, center: number, ratio: number): boolean {
  return Math.abs(price - center) <= ratio * center
}
