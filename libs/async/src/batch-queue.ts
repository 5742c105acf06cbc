import { Wake } from './wake.ts'

export interface BatchQueueOptions<Item> {
  readonly maxItems: number
  /** The largest total weight of the waiting items, in the unit of `weightOf`. */
  readonly maxWeight: number
  readonly weightOf: (item: Item) => number
}

/** A queue for one reader, which takes all waiting items at once. */
export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>
  readonly #pushed = new Wake()
  #items: Item[] = []
  #weight = 0

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options
  }

  /** The number of waiting items. */
  get size(): number {
    return this.#items.length
  }

  /** True at the limit: items that may be dropped should not be pushed. */
  get isFull(): boolean {
    return this.#items.length >= this.#options.maxItems || this.#weight >= this.#options.maxWeight
  }

  /** Adds an item, even when the queue is full. */
  push(item: Item): void {
    this.#items.push(item)
    this.#weight += this.#options.weightOf(item)
    this.#pushed.wake()
  }

  /** Ends the wait of `take`, or the next one. */
  wake(): void {
    this.#pushed.wake()
  }

  /** Takes all waiting items, in order; waits up to `timeoutMs` for the first, and returns an empty list without one. */
  async take(timeoutMs: number): Promise<readonly Item[]> {
    await this.#pushed.wait(timeoutMs)
    const items = this.#items
    this.#items = []
    this.#weight = 0
    return items
  }
}
