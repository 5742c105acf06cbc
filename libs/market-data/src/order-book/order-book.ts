import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { BookSide } from './book-side.ts'

/** Every level of a book: price, size pairs, best first. */
export const orderBookSchema = stateSchema({ bids: field.list(field.real), asks: field.list(field.real) })
export type OrderBookSnapshot = StateOf<typeof orderBookSchema>

/**
 * An L2 order book. Level 0 is the best; prices are the exact doubles received, sizes are in base units. It ignores venues and
 * sequences, which `createBookKeeper` handles.
 */
export class OrderBook {
  readonly #bids: BookSide
  readonly #asks: BookSide

  /** Prices on the grid of `tickSize`, a decimal string, are found faster; others may come all the same. */
  constructor(tickSize: string, snapshot?: OrderBookSnapshot) {
    this.#bids = new BookSide('bid', tickSize)
    this.#asks = new BookSide('ask', tickSize)
    if (snapshot) this.replace(snapshot.bids, snapshot.asks)
  }

  /** Number of bid levels. */
  get bidCount(): number {
    return this.#bids.count
  }

  /** Number of ask levels. */
  get askCount(): number {
    return this.#asks.count
  }

  /** True when the best bid is at or above the best ask; false while a side is empty. */
  get isCrossed(): boolean {
    return this.#bids.price(0) >= this.#asks.price(0)
  }

  /** Price of a bid level; NaN when there is no such level. */
  bidPrice(level: number): number {
    return this.#bids.price(level)
  }

  /** Size of a bid level; NaN when there is no such level. */
  bidSize(level: number): number {
    return this.#bids.size(level)
  }

  /** Price of an ask level; NaN when there is no such level. */
  askPrice(level: number): number {
    return this.#asks.price(level)
  }

  /** Size of an ask level; NaN when there is no such level. */
  askSize(level: number): number {
    return this.#asks.size(level)
  }

  /** Size at a price; 0 when there is no such level. */
  sizeAt(side: 'bid' | 'ask', price: number): number {
    return side === 'bid' ? this.#bids.sizeAt(price) : this.#asks.sizeAt(price)
  }

  /** Replaces the whole book by price, size pairs, best first. */
  replace(bids: readonly number[], asks: readonly number[]): void {
    this.#bids.replace(bids)
    this.#asks.replace(asks)
  }

  /** Sets levels from price, size pairs in any order; sizes are absolute, 0 removes the level. */
  apply(bids: readonly number[], asks: readonly number[]): void {
    this.#bids.apply(bids)
    this.#asks.apply(asks)
  }

  /** Empties the book. */
  clear(): void {
    this.#bids.clear()
    this.#asks.clear()
  }

  /** The best `levels` levels of each side; default all. */
  snapshot(levels = Infinity): OrderBookSnapshot {
    return { bids: this.#bids.toArray(levels), asks: this.#asks.toArray(levels) }
  }
}
