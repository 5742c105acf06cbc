import type { FeedItem } from '@triplane/market-data'

/** What is received and not yet taken. */
export class FeedQueue {
  readonly #maxItems: number
  readonly #maxBytes: number
  #items: FeedItem[] = []
  #bytes = 0
  #isAwake = false
  #wakeUp: (() => void) | undefined

  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems
    this.#maxBytes = maxBytes
  }

  /** Items that wait. */
  get size(): number {
    return this.#items.length
  }

  /** True when no frame should be added. */
  get isFull(): boolean {
    return this.#items.length >= this.#maxItems || this.#bytes >= this.#maxBytes
  }

  /** Adds an item, also when it is full: a connect or a disconnect must not get lost. */
  push(item: FeedItem): void {
    this.#items.push(item)
    if (item.type === 'frame') this.#bytes += item.end - item.start
    this.wake()
  }

  /** Ends the wait of `take`, or the next one. */
  wake(): void {
    this.#isAwake = true
    this.#wakeUp?.()
  }

  /** Everything that waits, in order; waits for it at most `timeoutMs`, and gives nothing when nothing came. */
  async take(timeoutMs: number): Promise<readonly FeedItem[]> {
    if (this.#items.length === 0 && !this.#isAwake) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve
        timer = setTimeout(resolve, timeoutMs)
      })
      clearTimeout(timer)
      this.#wakeUp = undefined
    }
    this.#isAwake = false
    const items = this.#items
    this.#items = []
    this.#bytes = 0
    return items
  }
}
