import { Wake } from './wake.ts'

export interface BatchQueueOptions<Item> {
  readonly maxItems: number
  /** Of all that waits together, in the unit of `weightOf`. */
  readonly maxWeight: number
  readonly weightOf: (item: Item) => number
}

/** What was pushed and not yet taken, for one reader that takes all of it at once. */
export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>
  readonly #pushed = new Wake()
  #items: Item[] = []
  #weight = 0

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options
  }

  /** Items that wait. */
  get size(): number {
    return this.#items.length
  }

  /** True when nothing should be pushed that may get lost. */
  get isFull(): boolean {
    return this.#items.length >= this.#options.maxItems || this.#weight >= this.#options.maxWeight
  }

  /** Adds an item, also when the queue is full. */
  push(item: Item): void {
    this.#items.push(item)
    this.#weight += this.#options.weightOf(item)
    this.#pushed.wake()
  }

  /** Ends the wait of `take`, or the next one. */
  wake(): void {
    this.#pushed.wake()
  }

  /** Everything that waits, in order; waits for it at most `timeoutMs`, and gives nothing when nothing came. */
  async take(timeoutMs: number): Promise<readonly Item[]> {
    await this.#pushed.wait(timeoutMs)
    const items = this.#items
    this.#items = []
    this.#weight = 0
    return items
  }
}
