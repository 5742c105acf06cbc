import { decimalsOf } from '@triplane/kernel'
import { scaleOf } from '../steps/exact-units.ts'
import type { LevelBuckets } from './level-buckets.ts'

/** Ticks of a window at first, and their maximum: of the changes of the recorded books 9 in 10 are that near to the touch. */
const FEWEST_TICKS = 2 ** 9
const MOST_TICKS = 2 ** 14
/** Ticks per level: the levels of a deep book reach farther than they are many. */
const TICKS_PER_LEVEL = 16

/** The number of ticks in 1, a whole number: of the tick size where that is one, else of its digits. */
function ticksPerUnitOf(tickSize: string): number {
  const ticks = Math.round(1 / Number(tickSize))
  return Math.abs(ticks * Number(tickSize) - 1) < 1e-9 ? ticks : scaleOf(decimalsOf(tickSize))
}

/**
 * The sizes of one side of a book on the ticks around its best level, in a flat array: the place of a level is its tick.
 *
 * Invariants
 * 1. It has only prices on the grid, which are the doubles nearest to a whole number of ticks: so a place stands for one price.
 * 2. The better a level, the higher its place; `#top` is the highest place with a level, -1 when there is none.
 */
export class TickWindow {
  /** Ticks in 1, of the price for bids, of minus the price for asks. */
  readonly #ticks: number
  #sizes = new Float64Array(FEWEST_TICKS)
  /** A bit for each place: 1 where there is a level. */
  #taken = new Int32Array(FEWEST_TICKS / 32)
  /** Tick of the first place; NaN before it is put somewhere. */
  #origin = Number.NaN
  #count = 0
  #top = -1
  /** Place of the level `#cursorLevel`; walking down the levels thus costs one step each. */
  #cursorPlace = -1
  #cursorLevel = 0

  constructor(side: 'bid' | 'ask', tickSize: string) {
    this.#ticks = (side === 'bid' ? 1 : -1) * ticksPerUnitOf(tickSize)
  }

  /** Number of levels. */
  get count(): number {
    return this.#count
  }

  /** True when the best level is so near to the end that few others have a place. */
  get isLow(): boolean {
    return this.#top < this.#sizes.length / 4
  }

  /** True when a side of so many levels should have more ticks. */
  isCramped(levels: number): boolean {
    const { length } = this.#sizes
    return length < MOST_TICKS && levels * TICKS_PER_LEVEL > length
  }

  /**
   * Empties the window and puts it around this best price of so many levels: most of it is behind. False for a price that ticks
   * do not count exactly.
   */
  moveTo(best: number, levels: number): boolean {
    if (this.isCramped(levels)) this.#grow(levels)
    this.clear()
    const tick = Math.round(best * this.#ticks)
    this.#origin = tick - (this.#sizes.length / 4) * 3
    return Number.isSafeInteger(tick * 2)
  }

  clear(): void {
    this.#sizes.fill(0)
    this.#taken.fill(0)
    this.#count = 0
    this.#top = this.#cursorPlace = -1
    this.#cursorLevel = 0
  }

  /**
   * Sets levels from price, size pairs; size 0 removes the level. What has no place here is set in `others`. False when one of
   * that is a level between those of the window, off the grid.
   */
  apply(levels: readonly number[], others: LevelBuckets): boolean {
    const ticks = this.#ticks
    const origin = this.#origin
    const sizes = this.#sizes
    const taken = this.#taken
    const end = sizes.length - 0.5
    let count = this.#count
    let top = this.#top
    let isOnGrid = true
    for (let l = 0; l < levels.length; l += 2) {
      const price = levels[l] as number
      const size = levels[l + 1] as number
      const place = price * ticks - origin
      const isNear = place > -0.5 && place < end
      const at = (place + 0.5) | 0
      if (!isNear || (at + origin) / ticks !== price) {
        if (isNear && size > 0) isOnGrid = false
        others.set(price, size)
      } else if (size > 0) {
        if (sizes[at] === 0) {
          taken[at >> 5] = (taken[at >> 5] as number) | (1 << (at & 31))
          count++
          if (at > top) top = at
        }
        sizes[at] = size
      } else if (sizes[at] !== 0) {
        sizes[at] = 0
        taken[at >> 5] = (taken[at >> 5] as number) & ~(1 << (at & 31))
        count--
      }
    }
    this.#count = count
    this.#top = this.#cursorPlace = this.#takenFrom(top)
    this.#cursorLevel = 0
    others.settle()
    return isOnGrid
  }

  /** True when the price is better than all that have a place. */
  isBelow(price: number): boolean {
    return this.#exactPlace(price) >= this.#sizes.length - 0.5
  }

  /** Price of a level, 0 the best; it exists. */
  price(level: number): number {
    return this.#priceAt(this.#seek(level))
  }

  /** Size of a level, 0 the best; it exists. */
  size(level: number): number {
    return this.#sizes[this.#seek(level)] as number
  }

  /** Size at a price; 0 when there is no such level. */
  sizeAt(price: number): number {
    const at = this.#placeOf(price)
    return at < 0 ? 0 : (this.#sizes[at] as number)
  }

  /** Adds price, size pairs of the best `count` levels, best first. */
  collect(count: number, into: number[]): void {
    for (let left = count, at = this.#top; left > 0 && at >= 0; left--, at = this.#takenFrom(at - 1)) {
      into.push(this.#priceAt(at), this.#sizes[at] as number)
    }
  }

  #grow(levels: number): void {
    let { length } = this.#sizes
    while (length < MOST_TICKS && levels * TICKS_PER_LEVEL > length) length *= 2
    this.#sizes = new Float64Array(length)
    this.#taken = new Int32Array(length / 32)
  }

  /** The place of a price, or -1. */
  #placeOf(price: number): number {
    const place = this.#exactPlace(price)
    if (!(place > -0.5 && place < this.#sizes.length - 0.5)) return -1
    const at = (place + 0.5) | 0
    return this.#priceAt(at) === price ? at : -1
  }

  #exactPlace(price: number): number {
    return price * this.#ticks - this.#origin
  }

  /** A whole number of ticks divided by how many there are in 1: the double nearest to the price. */
  #priceAt(place: number): number {
    return (place + this.#origin) / this.#ticks
  }

  #seek(level: number): number {
    if (level < this.#cursorLevel) {
      this.#cursorPlace = this.#top
      this.#cursorLevel = 0
    }
    for (; this.#cursorLevel < level; this.#cursorLevel++) this.#cursorPlace = this.#takenFrom(this.#cursorPlace - 1)
    return this.#cursorPlace
  }

  /** The highest place up to `place` that has a level, or -1. */
  #takenFrom(place: number): number {
    if (place < 0) return -1
    const taken = this.#taken
    let word = place >> 5
    let bits = (taken[word] as number) & (-1 >>> (31 - (place & 31)))
    while (bits === 0) {
      if (--word < 0) return -1
      bits = taken[word] as number
    }
    return 32 * word + 31 - Math.clz32(bits)
  }
}
