import { field, stateSchema, type BrokerReject, type OrderIntent, type StateOf, type Trade } from '@triplane/contracts'
import { fixedFromNumber, formatFixed } from '@triplane/kernel'
import { quantityNumber, quantityText, quantityUnitsOf, wholeLots, type TradingTerms } from '@triplane/instruments'
import { commission, type FeeRates } from '../../costs/commission.ts'
import type { BookView, Touch } from '../book-view.ts'
import { TakenLiquidity, takenSchema } from './taken-liquidity.ts'
import type { BrokerAnswer } from '../broker.ts'

/** An order at the paper venue. */
interface VenueOrder {
  readonly intent: OrderIntent
  /** NaN for a market order. */
  readonly limit: number
  remainingUnits: bigint
  filledUnits: bigint
  fills: number
  /** Displayed size ahead of it in the queue at its price, base units. */
  aheadSize: number
}

/** The saved state of the venue's orders on one instrument. */
export const matcherSchema = stateSchema({
  resting: field.list(
    stateSchema({
      intent: field.event('orderIntent'),
      remainingUnits: field.units,
      filledUnits: field.units,
      fills: field.count,
      aheadSize: field.real,
    }),
  ),
  taken: takenSchema,
})
export type MatcherSnapshot = StateOf<typeof matcherSchema>

/**
 * Matches orders on one instrument at the paper venue, against a live book that does not contain them.
 *
 * Invariants
 * 1. An order never fills beyond its quantity; a taker never beyond the displayed size less what we took before, nor better
 *    than the touch of the newest quote, so a book that lags behind its quotes gives nothing away. A maker fills at its limit,
 *    through the book only if the quote has reached it too.
 * 2. A resting order queues behind the size displayed when it arrived. Trades at its price shorten the queue, and so does a
 *    level that becomes smaller than the queue: cancellations are assumed to come from behind us. It fills with the rest of a
 *    trade after the queue, with a trade through its price, or when the other side of the book reaches its price.
 *    Levels at prices too fine to be booked offer nothing: no fill price is rounded.
 * 3. Resting orders are sorted by price, then time; each trade's size is used once.
 */
export class Matcher {
  readonly #terms: TradingTerms
  readonly #unitsPerPrice: number
  readonly #fees: FeeRates
  readonly #book: BookView
  readonly #touch: Touch
  readonly #answer: (answer: BrokerAnswer) => void
  readonly #taken: TakenLiquidity
  readonly #bids: VenueOrder[] = []
  readonly #asks: VenueOrder[] = []

  constructor(
    deps: {
      readonly terms: TradingTerms
      readonly fees: FeeRates
      readonly book: BookView
      readonly touch: Touch
      readonly answer: (answer: BrokerAnswer) => void
    },
    saved: MatcherSnapshot = { resting: [], taken: [] },
  ) {
    this.#terms = deps.terms
    this.#unitsPerPrice = Number(`1e${deps.terms.priceScale}`)
    this.#fees = deps.fees
    this.#book = deps.book
    this.#touch = deps.touch
    this.#answer = deps.answer
    this.#taken = new TakenLiquidity(deps.terms, saved.taken)
    for (const { remainingUnits, filledUnits, ...order } of saved.resting) {
      const units = { remainingUnits: BigInt(remainingUnits), filledUnits: BigInt(filledUnits) }
      this.#rest({ ...order, ...units, limit: limitOf(order.intent) })
    }
  }

  /** False while changes of the book cannot affect it. */
  get watchesBook(): boolean {
    return this.watchesTrades || !this.#taken.isEmpty
  }

  /** False while trades cannot affect it. */
  get watchesTrades(): boolean {
    return this.#bids.length > 0 || this.#asks.length > 0
  }

  /** Accepts an arriving order. The same order must not arrive twice. */
  accept(intent: OrderIntent, nowUs: number): void {
    const order: VenueOrder = {
      intent,
      limit: limitOf(intent),
      remainingUnits: quantityUnitsOf(intent.quantity, this.#terms),
      filledUnits: 0n,
      fills: 0,
      aheadSize: 0,
    }
    const reason = this.#refusal(order)
    if (reason) return this.#answer({ type: 'rejected', intentId: intent.intentId, venueUs: nowUs, reason })

    this.#answer({ type: 'acknowledged', intentId: intent.intentId, venueUs: nowUs })
    this.#sweep(order, 'taker', nowUs)
    if (order.remainingUnits === 0n) return
    if (intent.orderType === 'MARKET' || intent.timeInForce === 'IOC') {
      this.#answer({ type: 'cancelled', intentId: intent.intentId, venueUs: nowUs, reason: 'immediate_or_cancel' })
      return
    }
    order.aheadSize = this.#book.sizeAt(intent.side === 'BUY' ? 'bid' : 'ask', order.limit)
    this.#rest(order)
  }

  /** Cancels a resting order; does nothing if it does not rest. */
  cancel(intentId: string, nowUs: number): void {
    for (const resting of [this.#bids, this.#asks]) {
      const at = resting.findIndex(({ intent }) => intent.intentId === intentId)
      if (at < 0) continue
      resting.splice(at, 1)
      this.#answer({ type: 'cancelled', intentId, venueUs: nowUs, reason: null })
    }
  }

  /**
   * Lowers a resting order to `quantity` in all; does nothing if it does not rest. It keeps its place in the queue, as at
   * Binance spot (Order Amend Keep Priority), Bybit and Kraken; at or below the filled quantity the rest is cancelled, as at
   * Kraken.
   */
  amend(intentId: string, quantity: string, nowUs: number): void {
    const order = [...this.#bids, ...this.#asks].find(({ intent }) => intent.intentId === intentId)
    if (!order) return
    const units = quantityUnitsOf(quantity, this.#terms) - order.filledUnits
    if (units <= 0n) return this.cancel(intentId, nowUs)
    order.remainingUnits = lesser(units, order.remainingUnits)
    const amended = quantityText(order.filledUnits + order.remainingUnits, this.#terms)
    this.#answer({ type: 'amended', intentId, venueUs: nowUs, quantity: amended })
  }

  /** Handles a printed trade. */
  onTrade(trade: Trade, nowUs: number): void {
    const resting = trade.aggressor === 'sell' ? this.#bids : this.#asks
    let given = 0
    for (const order of resting) {
      const shortBy = order.intent.side === 'BUY' ? trade.price - order.limit : order.limit - trade.price
      if (shortBy > 0) break
      const ahead = shortBy === 0 ? order.aheadSize : 0
      order.aheadSize = Math.max(0, ahead - trade.size)
      const units = lesser(wholeLots(Math.max(0, trade.size - ahead - given), this.#terms), order.remainingUnits)
      if (units === 0n) continue
      given += quantityNumber(units, this.#terms)
      this.#fill(order, units, order.limit, 'maker', nowUs)
    }
    dropFilled(resting)
  }

  /** Handles a change of a valid book. */
  onBook(nowUs: number): void {
    this.#taken.onBook(this.#book)
    this.#meetBook(this.#bids, nowUs)
    this.#meetBook(this.#asks, nowUs)
  }

  snapshot(): MatcherSnapshot {
    return {
      resting: [...this.#bids, ...this.#asks].map(({ intent, remainingUnits, filledUnits, fills, aheadSize }) => ({
        intent,
        remainingUnits: String(remainingUnits),
        filledUnits: String(filledUnits),
        fills,
        aheadSize,
      })),
      taken: this.#taken.snapshot(),
    }
  }

  #refusal({ intent, limit }: VenueOrder): BrokerReject | undefined {
    const isBuy = intent.side === 'BUY'
    const bid = this.#book.bidPrice(0)
    const ask = this.#book.askPrice(0)
    if (Number.isNaN(bid) && Number.isNaN(ask)) return 'venue_refused'
    if (intent.orderType === 'MARKET') return this.#hasOffer(isBuy) ? undefined : 'no_liquidity'
    return intent.postOnly && (isBuy ? ask <= limit : bid >= limit) ? 'would_cross' : undefined
  }

  #hasOffer(isBuy: boolean): boolean {
    for (let level = 0; ; level++) {
      const price = this.#oppositePrice(isBuy, level)
      if (Number.isNaN(price)) return false
      if (this.#available(isBuy, level, price) > 0n) return true
    }
  }

  /** Fills from the other side of the book up to the order's limit. A taker gets the level's price, a maker its own. */
  #sweep(order: VenueOrder, liquidity: 'maker' | 'taker', nowUs: number): void {
    const { limit } = order
    const isBuy = order.intent.side === 'BUY'
    for (let level = 0; order.remainingUnits > 0n; level++) {
      const price = this.#oppositePrice(isBuy, level)
      if (Number.isNaN(price) || (isBuy ? price > limit : price < limit)) return
      const offered = this.#notBetterThanTouch(isBuy, price)
      if (isBuy ? offered > limit : offered < limit) return
      const units = lesser(this.#available(isBuy, level, price), order.remainingUnits)
      if (units === 0n || !this.#isBookable(offered)) continue
      this.#taken.take(isBuy ? 'ask' : 'bid', price, units)
      this.#fill(order, units, liquidity === 'taker' ? offered : limit, liquidity, nowUs)
    }
  }

  #meetBook(resting: VenueOrder[], nowUs: number): void {
    for (const order of resting) {
      this.#sweep(order, 'maker', nowUs)
      const displayed = this.#book.sizeAt(order.intent.side === 'BUY' ? 'bid' : 'ask', order.limit)
      if (displayed < order.aheadSize) order.aheadSize = displayed
    }
    dropFilled(resting)
  }

  #fill(order: VenueOrder, units: bigint, price: number, liquidity: 'maker' | 'taker', nowUs: number): void {
    const { intent } = order
    const priceUnits = fixedFromNumber(price, this.#terms.priceScale)
    const rateBps = liquidity === 'maker' ? this.#fees.makerBps : this.#fees.takerBps
    order.remainingUnits -= units
    order.filledUnits += units
    order.fills++
    this.#answer({
      type: 'filled',
      intentId: intent.intentId,
      venueUs: nowUs,
      order: intent,
      fillId: `${intent.intentId}-${order.fills}`,
      quantity: quantityText(units, this.#terms),
      filledQuantity: quantityText(order.filledUnits, this.#terms),
      price: formatFixed(priceUnits, this.#terms.priceScale),
      fee: commission(units, priceUnits, rateBps, this.#terms),
      liquidity,
    })
  }

  #rest(order: VenueOrder): void {
    const resting = order.intent.side === 'BUY' ? this.#bids : this.#asks
    const behind = resting.findIndex(({ limit }) =>
      order.intent.side === 'BUY' ? limit < order.limit : limit > order.limit,
    )
    resting.splice(behind < 0 ? resting.length : behind, 0, order)
  }

  #notBetterThanTouch(isBuy: boolean, price: number): number {
    const touch = isBuy ? this.#touch.ask() : this.#touch.bid()
    if (Number.isNaN(touch)) return price
    return isBuy ? Math.max(price, touch) : Math.min(price, touch)
  }

  #oppositePrice(isBuy: boolean, level: number): number {
    return isBuy ? this.#book.askPrice(level) : this.#book.bidPrice(level)
  }

  /** A price with more digits than its units cannot be booked: it would be rounded to one outside the book. */
  #isBookable(price: number): boolean {
    return Math.round(price * this.#unitsPerPrice) / this.#unitsPerPrice === price
  }

  #available(isBuy: boolean, level: number, price: number): bigint {
    if (!this.#isBookable(price)) return 0n
    const size = isBuy ? this.#book.askSize(level) : this.#book.bidSize(level)
    return this.#taken.available(isBuy ? 'ask' : 'bid', price, size)
  }
}

function limitOf({ limitPrice }: OrderIntent): number {
  return limitPrice === undefined ? Number.NaN : Number(limitPrice)
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function dropFilled(resting: VenueOrder[]): void {
  for (let i = resting.length - 1; i >= 0; i--) {
    if ((resting[i] as VenueOrder).remainingUnits === 0n) resting.splice(i, 1)
  }
}
