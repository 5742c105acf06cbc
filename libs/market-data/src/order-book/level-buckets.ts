/** Buckets of one side before the first level, and their maximum: powers of 2. */
const FEWEST_BUCKETS = 64
const MOST_BUCKETS = 2 ** 16
/** Buckets per level: levels lie close together, so most of the buckets are empty. */
const BUCKETS_PER_LEVEL = 64
/** Numbers in a new bucket: two levels. */
const FIRST_CAPACITY = 4

/**
 * Levels of one side of a book: price and size of each, best first, with prices as the exact doubles received.
 *
 * The place of a level is computed, not searched for: a price belongs to the bucket `floor(price * buckets / (2 * reference))`,
 * which has few levels, in order; prices above twice the reference share the last bucket. Setting a level costs the same near
 * the top and far from it. The buckets double as levels are added, so a thin side is small; their number never shrinks.
 *
 * Invariants
 * 1. The bucket of a price never decreases with the key; within a bucket keys ascend. So the order of levels is exact
 *    whatever the reference; a bad reference only costs speed, and is renewed when the market has moved away from it.
 * 2. A key is the price for bids and minus the price for asks: the best level has the highest key.
 * 3. `#top` is the highest bucket with a level, -1 when the side is empty.
 * 4. There are at least `BUCKETS_PER_LEVEL` buckets per level, up to the maximum number of buckets.
 */
export class LevelBuckets {
  readonly #sign: 1 | -1
  /** Levels in each bucket. */
  #counts = new Uint32Array(FEWEST_BUCKETS)
  /** Key, size pairs of each bucket, worst first. */
  #buckets: (Float64Array | undefined)[] = new Array<undefined>(FEWEST_BUCKETS).fill(undefined)
  /** Reference price; 0 before the first level. */
  #reference = 0
  #bucketsPerUnit = 0
  #origin = 0
  #count = 0
  #top = -1
  /** Bucket in which level `#cursorLevel` is the best one; walking down the levels thus costs one step each. */
  #cursorBucket = -1
  #cursorLevel = 0

  constructor(side: 'bid' | 'ask') {
    this.#sign = side === 'bid' ? 1 : -1
  }

  /** Number of levels. */
  get count(): number {
    return this.#count
  }

  /** Price of a level, 0 the best; NaN when there is no such level. */
  price(level: number): number {
    const at = this.#seek(level)
    return at < 0 ? NaN : this.#sign * this.#numberAt(at)
  }

  /** Size of a level, 0 the best; NaN when there is no such level. */
  size(level: number): number {
    const at = this.#seek(level)
    return at < 0 ? NaN : this.#numberAt(at + 1)
  }

  /** Size at a price; 0 when there is no such level. */
  sizeAt(price: number): number {
    const key = this.#sign * price
    const b = this.#bucketOf(key)
    const end = 2 * (this.#counts[b] as number)
    const bucket = this.#buckets[b]
    if (bucket !== undefined) for (let i = 0; i < end; i += 2) if (bucket[i] === key) return bucket[i + 1] as number
    return 0
  }

  /** Sets levels from price, size pairs in any order; size 0 removes the level. Prices are positive, sizes not negative. */
  apply(levels: readonly number[]): void {
    for (let l = 0; l < levels.length; l += 2) this.set(levels[l] as number, levels[l + 1] as number)
    this.settle()
  }

  /** Sets a level, or with size 0 removes it. Call `settle` after the last one. */
  set(price: number, size: number): void {
    if (this.#reference === 0) this.#spanAround(price)
    const key = this.#sign * price
    const b = this.#bucketOf(key)
    const end = 2 * (this.#counts[b] as number)
    let bucket = this.#buckets[b]
    let at = 0
    if (bucket !== undefined) while (at < end && (bucket[at] as number) < key) at += 2
    if (bucket !== undefined && at < end && bucket[at] === key) {
      if (size > 0) {
        bucket[at + 1] = size
        return
      }
      for (let i = at + 2; i < end; i++) bucket[i - 2] = bucket[i] as number
      this.#counts[b] = end / 2 - 1
      this.#count--
    } else if (size > 0) {
      if (bucket === undefined) bucket = this.#buckets[b] = new Float64Array(FIRST_CAPACITY)
      else if (end === bucket.length) {
        const grown = new Float64Array(2 * end)
        grown.set(bucket)
        bucket = this.#buckets[b] = grown
      }
      for (let i = end - 1; i >= at; i--) bucket[i + 2] = bucket[i] as number
      bucket[at] = key
      bucket[at + 1] = size
      this.#counts[b] = end / 2 + 1
      this.#count++
      if (b > this.#top) this.#top = b
    }
  }

  /** Finds the best level after changes, and renews the buckets where they no longer suit. */
  settle(): void {
    if (this.#count === 0) this.#top = -1
    else while (this.#counts[this.#top] === 0) this.#top--
    this.#cursorBucket = this.#top
    this.#cursorLevel = 0
    if (this.#isCramped(this.#count) || this.#hasMoved()) this.replace(this.#all())
  }

  /** Replaces every level. The first one, which should be the best, becomes the reference price of the buckets. */
  replace(levels: readonly number[]): void {
    this.clear()
    this.#makeRoom(levels.length / 2)
    this.#reference = 0
    this.apply(levels)
  }

  clear(): void {
    this.#counts.fill(0)
    this.#count = 0
    this.#top = this.#cursorBucket = -1
    this.#cursorLevel = 0
  }

  /** Adds price, size pairs of the best `count` levels, best first. */
  collect(count: number, into: number[]): void {
    for (let left = Math.min(count, this.#count), b = this.#top; left > 0; b--) {
      const bucket = this.#buckets[b] ?? []
      for (let i = 2 * (this.#counts[b] as number) - 2; i >= 0 && left > 0; i -= 2, left--) {
        into.push(this.#sign * (bucket[i] as number), bucket[i + 1] as number)
      }
    }
  }

  #all(): number[] {
    const levels: number[] = []
    this.collect(Infinity, levels)
    return levels
  }

  /** Index of a level within the bucket at the cursor; -1 when there is no such level. */
  #seek(level: number): number {
    if (!(level >= 0 && level < this.#count)) return -1
    if (level < this.#cursorLevel) {
      this.#cursorBucket = this.#top
      this.#cursorLevel = 0
    }
    const counts = this.#counts
    while (level - this.#cursorLevel >= (counts[this.#cursorBucket] as number)) {
      this.#cursorLevel += counts[this.#cursorBucket] as number
      this.#cursorBucket--
    }
    return 2 * ((counts[this.#cursorBucket] as number) - 1 - (level - this.#cursorLevel))
  }

  /** A number of the bucket at the cursor. */
  #numberAt(index: number): number {
    return (this.#buckets[this.#cursorBucket] as Float64Array)[index] as number
  }

  #bucketOf(key: number): number {
    const b = (key - this.#origin) * this.#bucketsPerUnit
    const last = this.#counts.length - 1
    return b > 0 ? (b < last ? b | 0 : last) : 0
  }

  /** Whether `levels` levels need more buckets than there are. */
  #isCramped(levels: number): boolean {
    const { length } = this.#counts
    return length < MOST_BUCKETS && levels * BUCKETS_PER_LEVEL > length
  }

  /** Gives an empty side the buckets for `levels` levels. */
  #makeRoom(levels: number): void {
    if (!this.#isCramped(levels)) return
    let { length } = this.#counts
    while (length < MOST_BUCKETS && levels * BUCKETS_PER_LEVEL > length) length *= 2
    this.#counts = new Uint32Array(length)
    this.#buckets = new Array<undefined>(length).fill(undefined)
  }

  /** Whether the best level, which started in the middle, is below a quarter of the reference or above 1.75 times it. */
  #hasMoved(): boolean {
    const buckets = this.#counts.length
    const top = this.#top
    return top >= 0 && (top < buckets / 8 || top > (buckets / 8) * 7) && this.price(0) !== this.#reference
  }

  #spanAround(price: number): void {
    this.#reference = price
    this.#bucketsPerUnit = this.#counts.length / (2 * price)
    this.#origin = this.#sign === 1 ? 0 : -2 * price
  }
}
