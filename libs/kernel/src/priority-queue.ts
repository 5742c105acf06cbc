/** A binary min-heap. Entries that compare equal come out in no particular order, so give them a total order. */
export class PriorityQueue<T> {
  readonly #entries: T[]
  readonly #compare: (a: T, b: T) => number

  /** `entries` may come from `toArray` of another queue with the same `compare`. */
  constructor(compare: (a: T, b: T) => number, entries: readonly T[] = []) {
    this.#compare = compare
    this.#entries = []
    for (const entry of entries) this.push(entry)
  }

  get size(): number {
    return this.#entries.length
  }

  /** The smallest entry, left in place. */
  peek(): T | undefined {
    return this.#entries[0]
  }

  push(entry: T): void {
    const entries = this.#entries
    let at = entries.length
    entries.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = entries[parent] as T
      if (this.#compare(entry, above) >= 0) break
      entries[at] = above
      at = parent
    }
    entries[at] = entry
  }

  /** Removes and returns the smallest entry. */
  pop(): T | undefined {
    const entries = this.#entries
    const top = entries[0]
    const last = entries.pop()
    if (last !== undefined && entries.length > 0) this.#sink(last)
    return top
  }

  /** Moves the smallest entry to its place after it has grown. There must be one. */
  settleFirst(): void {
    this.#sink(this.#entries[0] as T)
  }

  /** All entries in heap order, for a snapshot. */
  toArray(): T[] {
    return [...this.#entries]
  }

  /** Replaces the smallest entry, then moves the new one to its place. */
  #sink(entry: T): void {
    const entries = this.#entries
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= entries.length) break
      const right = left + 1
      const child = right < entries.length && this.#compare(entries[right] as T, entries[left] as T) < 0 ? right : left
      const below = entries[child] as T
      if (this.#compare(entry, below) <= 0) break
      entries[at] = below
      at = child
    }
    entries[at] = entry
  }
}
