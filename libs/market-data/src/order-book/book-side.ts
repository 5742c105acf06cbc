import { LevelBuckets } from './level-buckets.ts'
import { TickWindow } from './tick-window.ts'

/**
 * One side of a book: price and size of every level, best first, with prices as the exact doubles received. The levels around
 * the touch, where nearly all changes are, lie in a window of ticks; those far from it in buckets, which take any price.
 *
 * Invariants
 * 1. Every level of the window is better than every one of the buckets.
 * 2. The window is for speed only. It is given up, and everything lies in the buckets, once a price between its own is off the
 *    grid, and when it moves more often than the levels pay for that are set: so a level costs the same on average whatever
 *    the grid.
 */
export class BookSide {
  readonly #window: TickWindow
  readonly #buckets: LevelBuckets
  #hasWindow = false
  /** Levels that were set, less those that were moved. */
  #credit = 0

  constructor(side: 'bid' | 'ask', tickSize: string) {
    this.#window = new TickWindow(side, tickSize)
    this.#buckets = new LevelBuckets(side)
  }

  /** Number of levels. */
  get count(): number {
    return this.#window.count + this.#buckets.count
  }

  /** Price of a level, 0 the best; NaN when there is no such level. */
  price(level: number): number {
    const near = this.#window.count
    return level >= 0 && level < near ? this.#window.price(level) : this.#buckets.price(level - near)
  }

  /** Size of a level, 0 the best; NaN when there is no such level. */
  size(level: number): number {
    const near = this.#window.count
    return level >= 0 && level < near ? this.#window.size(level) : this.#buckets.size(level - near)
  }

  /** Size at a price; 0 when there is no such level. */
  sizeAt(price: number): number {
    return this.#window.sizeAt(price) || this.#buckets.sizeAt(price)
  }

  /** Sets levels from price, size pairs in any order; size 0 removes the level. Prices are positive, sizes not negative. */
  apply(levels: readonly number[]): void {
    if (levels.length === 0) return
    if (!this.#hasWindow) return this.#buckets.apply(levels)
    const isOnGrid = this.#window.apply(levels, this.#buckets)
    this.#credit += levels.length / 2
    const window = this.#window
    const buckets = this.#buckets
    if (!isOnGrid) this.#giveUp()
    else if (window.isCramped(this.count)) this.#move(0)
    else if (buckets.count > 0 && (window.isLow || window.isBelow(buckets.price(0)))) this.#move(this.count)
  }

  /** Replaces every level. The first one should be the best. */
  replace(levels: readonly number[]): void {
    this.clear()
    this.#credit = 0
    this.#hasWindow = levels.length > 0 && this.#window.moveTo(levels[0] as number, levels.length / 2)
    if (this.#hasWindow) this.apply(levels)
    else this.#buckets.replace(levels)
  }

  clear(): void {
    this.#window.clear()
    this.#buckets.clear()
  }

  /** Price, size pairs of the best `count` levels, best first. */
  toArray(count: number): number[] {
    const levels: number[] = []
    this.#window.collect(count, levels)
    this.#buckets.collect(count - this.#window.count, levels)
    return levels
  }

  /** Puts the window around the best level. To grow costs nothing: a window doubles a few times in its life. */
  #move(cost: number): void {
    const window = this.#window
    const buckets = this.#buckets
    const best = window.count > 0 && !window.isBelow(buckets.price(0)) ? window.price(0) : buckets.price(0)
    const levels = this.toArray(Infinity)
    this.#credit -= cost
    buckets.clear()
    if (this.#credit < 0 || !window.moveTo(best, levels.length / 2) || !window.apply(levels, buckets))
      this.#giveUp(levels)
  }

  #giveUp(levels = this.toArray(Infinity)): void {
    this.#hasWindow = false
    this.#window.clear()
    this.#buckets.replace(levels)
  }
}
