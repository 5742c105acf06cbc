import {
  field,
  stateSchema,
  type Ofi,
  type Quote,
  type StateOf,
  type EventDraft,
  type InstrumentId,
} from '@triplane/contracts'
import { decimalsOf, floorTime } from '@triplane/kernel'
import type { OrderBook } from '../order-book/order-book.ts'
import { decimalsFor, scaleOf } from '../steps/exact-units.ts'

/** The instrument to measure, and the intervals over which to sum. */
export interface OrderFlowOptions {
  readonly source: string
  readonly instrument: InstrumentId
  /** Decimal string: sums are exact to its number of digits. */
  readonly lotSize: string
  /** Length of an interval of receive time. */
  readonly intervalUs: number
}

/** The saved state of an order flow. */
export const orderFlowSchema = stateSchema({
  /** Digits of the units: those of the lot size, or more. */
  decimals: field.count,
  /** Sizes are in units. Null before the first update. */
  best: field.orNull(stateSchema({ bid: field.real, bidUnits: field.real, ask: field.real, askUnits: field.real })),
  intervalStartUs: field.timeUs,
  intervalUnits: field.real,
})
export type OrderFlowSnapshot = StateOf<typeof orderFlowSchema>

const noBest = { bid: 0, bidUnits: 0, ask: 0, askUnits: 0 }

type Emit = (ofi: EventDraft<Ofi>) => void

/** Creates an order flow; `snapshot` is from another one with the same options. */
export function createOrderFlow(options: OrderFlowOptions, snapshot?: OrderFlowSnapshot): OrderFlow {
  return new OrderFlow(options, snapshot)
}

/**
 * Order-flow imbalance at the best level: e_n of Cont, Kukanov, Stoikov, "The Price Impact of Order Book Events" (2014),
 * section 2.1, over consecutive best quotes:
 *
 *   e_n = q^b_n [P^b_n >= P^b_n-1] - q^b_n-1 [P^b_n <= P^b_n-1] - q^a_n [P^a_n <= P^a_n-1] + q^a_n-1 [P^a_n >= P^a_n-1]
 *
 * Invariants
 * 1. The first update, and the first after a reset, has no predecessor: it emits nothing.
 * 2. Sizes are kept as integers of 10^-decimals base units, so values and sums of an interval are exact decimals.
 * 3. A reset does not clear the sum of the interval: it stays the sum of the updates seen.
 */
export class OrderFlow {
  readonly #options: OrderFlowOptions
  #decimals: number
  #unitsPerBase: number
  #hasBest: boolean
  #bid: number
  #bidUnits: number
  #ask: number
  #askUnits: number
  #intervalStartUs: number
  #intervalUnits: number

  constructor(options: OrderFlowOptions, snapshot?: OrderFlowSnapshot) {
    this.#options = options
    const saved: OrderFlowSnapshot = snapshot ?? {
      decimals: decimalsOf(options.lotSize),
      best: null,
      intervalStartUs: 0,
      intervalUnits: 0,
    }
    this.#decimals = saved.decimals
    this.#unitsPerBase = scaleOf(this.#decimals)
    const { bid, bidUnits, ask, askUnits } = saved.best ?? noBest
    this.#hasBest = saved.best !== null
    this.#bid = bid
    this.#bidUnits = bidUnits
    this.#ask = ask
    this.#askUnits = askUnits
    this.#intervalStartUs = saved.intervalStartUs
    this.#intervalUnits = saved.intervalUnits
  }

  /** Handles the next best quote of the venue. */
  onQuote(quote: Quote, emit: Emit): void {
    this.#update(quote.tsRecvUs, quote.tsEventUs, quote.bid, quote.bidSize, quote.ask, quote.askSize, emit)
  }

  /**
   * Handles a valid book after a change of the venue time `tsEventUs`, for venues without a quote stream. Emits nothing while
   * the best level stays the same.
   */
  onBook(book: OrderBook, tsRecvUs: number, tsEventUs: number | undefined, emit: Emit): void {
    if (book.bidCount === 0 || book.askCount === 0) {
      this.reset()
      return
    }
    const bid = book.bidPrice(0)
    const bidSize = book.bidSize(0)
    const ask = book.askPrice(0)
    const askSize = book.askSize(0)
    const isSame =
      this.#hasBest &&
      bid === this.#bid &&
      ask === this.#ask &&
      this.#units(bidSize) === this.#bidUnits &&
      this.#units(askSize) === this.#askUnits
    if (!isSame) this.#update(tsRecvUs, tsEventUs, bid, bidSize, ask, askSize, emit)
  }

  /** Forgets the previous best level: after a disconnect, or when the book became invalid. */
  reset(): void {
    this.#hasBest = false
  }

  /** The state from which another order flow continues. */
  snapshot(): OrderFlowSnapshot {
    return {
      decimals: this.#decimals,
      best: this.#hasBest
        ? { bid: this.#bid, bidUnits: this.#bidUnits, ask: this.#ask, askUnits: this.#askUnits }
        : null,
      intervalStartUs: this.#intervalStartUs,
      intervalUnits: this.#intervalUnits,
    }
  }

  #update(
    tsRecvUs: number,
    tsEventUs: number | undefined,
    bid: number,
    bidSize: number,
    ask: number,
    askSize: number,
    emit: Emit,
  ): void {
    let bidUnits = this.#units(bidSize)
    const decimals = this.#decimals
    const askUnits = this.#units(askSize)
    // The ask has more digits than the bid: both are counted in smaller units then.
    if (this.#decimals > decimals) bidUnits = this.#units(bidSize)
    if (this.#hasBest) {
      let units = 0
      if (bid >= this.#bid) units += bidUnits
      if (bid <= this.#bid) units -= this.#bidUnits
      if (ask <= this.#ask) units -= askUnits
      if (ask >= this.#ask) units += this.#askUnits
      const intervalStartUs = floorTime(tsRecvUs, this.#options.intervalUs)
      if (intervalStartUs !== this.#intervalStartUs) {
        this.#intervalStartUs = intervalStartUs
        this.#intervalUnits = 0
      }
      this.#intervalUnits += units
      const { source, instrument } = this.#options
      const value = units / this.#unitsPerBase
      const intervalValue = this.#intervalUnits / this.#unitsPerBase
      const depth = (bidUnits + askUnits) / (2 * this.#unitsPerBase)
      const type = 'ofi'
      // Two literals, since a spread would cost more than all the rest.
      if (tsEventUs === undefined)
        emit({ type, seq: 0, source, instrument, tsRecvUs, value, intervalStartUs, intervalValue, depth })
      else emit({ type, seq: 0, source, instrument, tsRecvUs, tsEventUs, value, intervalStartUs, intervalValue, depth })
    }
    this.#hasBest = true
    this.#bid = bid
    this.#bidUnits = bidUnits
    this.#ask = ask
    this.#askUnits = askUnits
  }

  #units(size: number): number {
    const units = Math.round(size * this.#unitsPerBase)
    if (units / this.#unitsPerBase === size) return units
    this.#refine(size)
    return Math.round(size * this.#unitsPerBase)
  }

  /** Counts in smaller units from now on, so that nothing is rounded. */
  #refine(size: number): void {
    const decimals = decimalsFor(size, this.#decimals)
    const factor = scaleOf(decimals - this.#decimals)
    this.#bidUnits *= factor
    this.#askUnits *= factor
    this.#intervalUnits *= factor
    this.#decimals = decimals
    this.#unitsPerBase = scaleOf(decimals)
  }
}
