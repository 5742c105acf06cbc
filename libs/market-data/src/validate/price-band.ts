import { field, stateSchema, type StateOf, type Trade } from '@triplane/contracts'
import { isNear, RecentPrices, recentPricesSchema } from './recent-prices.ts'
import type { ErrorWith } from './validation-error.ts'

/** The limits of price jumps. */
export interface PriceBandLimits {
  /** Largest distance from the recent median of its side: 0.1 is 10 % either way. */
  readonly maxJumpRatio: number
  /** A jump on which this many events in a row agree is a move of the market. */
  readonly confirmations: number
}

/** The best prices of a book; NaN for an empty side, or a book that cannot be trusted. */
export interface Touch {
  readonly bid: () => number
  readonly ask: () => number
}

/** The saved state of a price band. The quote is the newest accepted one, 0 when there is none. */
export const priceBandSchema = stateSchema({
  bid: field.real,
  ask: field.real,
  bids: recentPricesSchema,
  asks: recentPricesSchema,
  sells: recentPricesSchema,
  buys: recentPricesSchema,
})
export type PriceBandSnapshot = StateOf<typeof priceBandSchema>

/**
 * Distinguishes an impossible price from a wide spread and from a crash.
 *
 * Invariants
 * 1. Nothing from the bid to the ask is an outlier, whether of the newest quote or of the book.
 * 2. Outside, a bid is measured from the median of recent bids, an ask from that of asks, a trade from both: at most the
 *    ratio below the lower one or above the higher one. Without quotes, sells stand for bids and buys for asks. So one wild
 *    price of a side, even the first one, widens the band for no other price.
 * 3. A price outside becomes the candidate of its side; the next ones of its side that stay near the candidate agree with
 *    it. The event that makes `confirmations` of them is admitted, and its side's band moves there. An accepted price of a side
 *    clears its candidate: lone bad ticks never add up.
 * 4. A refused event moves no median.
 */
export class PriceBand {
  readonly #limits: PriceBandLimits
  readonly #book: Touch | undefined
  readonly #bids: RecentPrices
  readonly #asks: RecentPrices
  readonly #sells: RecentPrices
  readonly #buys: RecentPrices
  #bid: number
  #ask: number
  /** The result of the last check: a price on which several events agree. */
  #isBidConfirmed = false
  #isAskConfirmed = false
  #isTradeConfirmed = false

  constructor(limits: PriceBandLimits, book?: Touch, snapshot?: PriceBandSnapshot) {
    this.#limits = limits
    this.#book = book
    this.#bids = new RecentPrices(true, snapshot?.bids)
    this.#asks = new RecentPrices(false, snapshot?.asks)
    this.#sells = new RecentPrices(true, snapshot?.sells)
    this.#buys = new RecentPrices(false, snapshot?.buys)
    this.#bid = snapshot ? snapshot.bid : 0
    this.#ask = snapshot ? snapshot.ask : 0
  }

  /** Why a trade's price is impossible; undefined when it is possible, or confirmed. */
  checkTrade(price: number, aggressor: Trade['aggressor']): ErrorWith<'price_band'> | undefined {
    this.#isTradeConfirmed = false
    if (this.#isInside(price)) return undefined
    const { maxJumpRatio, confirmations } = this.#limits
    const own = aggressor === 'buy' ? this.#buys : this.#sells
    const bid = this.#bidReference
    const ask = this.#askReference
    const low = Math.min(bid, ask)
    const high = Math.max(bid, ask)
    if (high === 0 || (price >= low * (1 - maxJumpRatio) && price <= high * (1 + maxJumpRatio))) return undefined
    if (own.median > 0 && isNear(price, own.median, maxJumpRatio)) return undefined
    this.#isTradeConfirmed = own.doubt(price, maxJumpRatio) >= confirmations
    return this.#isTradeConfirmed ? undefined : this.#refusal(price, price < low ? low : high)
  }

  /** Records that a trade passed every check. */
  acceptTrade(price: number, aggressor: Trade['aggressor']): void {
    ;(aggressor === 'buy' ? this.#buys : this.#sells).accept(price, this.#isTradeConfirmed)
  }

  /** Why a quote is impossible: its bid, else its ask. Undefined when it is possible, or confirmed. */
  checkQuote(bid: number, ask: number): ErrorWith<'price_band'> | undefined {
    const { maxJumpRatio, confirmations } = this.#limits
    this.#isBidConfirmed = this.#isAskConfirmed = false
    let refusal: ErrorWith<'price_band'> | undefined
    const bidReference = this.#bidReference
    if (bidReference > 0 && !isNear(bid, bidReference, maxJumpRatio) && !this.#isInside(bid)) {
      this.#isBidConfirmed = this.#bids.doubt(bid, maxJumpRatio) >= confirmations
      if (!this.#isBidConfirmed) refusal = this.#refusal(bid, bidReference)
    }
    const askReference = this.#askReference
    if (askReference > 0 && !isNear(ask, askReference, maxJumpRatio) && !this.#isInside(ask)) {
      this.#isAskConfirmed = this.#asks.doubt(ask, maxJumpRatio) >= confirmations
      if (!this.#isAskConfirmed) refusal ??= this.#refusal(ask, askReference)
    }
    return refusal
  }

  /** Records that a quote passed every check. */
  acceptQuote(bid: number, ask: number): void {
    this.#bids.accept(bid, this.#isBidConfirmed)
    this.#asks.accept(ask, this.#isAskConfirmed)
    this.#bid = bid
    this.#ask = ask
  }

  /** Forgets every price: after a disconnect the market may be anywhere. */
  reset(): void {
    for (const prices of [this.#bids, this.#asks, this.#sells, this.#buys]) prices.reset()
    this.#bid = this.#ask = 0
  }

  snapshot(): PriceBandSnapshot {
    return {
      bid: this.#bid,
      ask: this.#ask,
      bids: this.#bids.snapshot(),
      asks: this.#asks.snapshot(),
      sells: this.#sells.snapshot(),
      buys: this.#buys.snapshot(),
    }
  }

  get #bidReference(): number {
    return this.#bids.median || this.#sells.median || this.#buys.median
  }

  get #askReference(): number {
    return this.#asks.median || this.#buys.median || this.#sells.median
  }

  /** True from the bid to the ask, of the newest quote or of the book. */
  #isInside(price: number): boolean {
    if (price >= this.#bid && price <= this.#ask) return true
    return this.#book !== undefined && price >= this.#book.bid() && price <= this.#book.ask()
  }

  #refusal(price: number, reference: number): ErrorWith<'price_band'> {
    return { code: 'price_band', price, reference, maxJumpRatio: this.#limits.maxJumpRatio }
  }
}
