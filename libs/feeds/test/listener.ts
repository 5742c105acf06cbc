import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../src/feed.ts'

/** Takes all items of a feed, and lets a test wait for them. */
export class Listener {
  readonly items: FeedItem[] = []
  readonly ended: Promise<void>
  readonly #waiting = new Set<() => void>()

  constructor(feed: Feed, onItem: (item: FeedItem) => void = () => undefined) {
    this.ended = this.#listen(feed, onItem)
  }

  /** Items of the type, without those before `from`. */
  of<Type extends FeedItem['type']>(type: Type, from = 0): Extract<FeedItem, { type: Type }>[] {
    return this.items.slice(from).filter((item) => item.type === type) as Extract<FeedItem, { type: Type }>[]
  }

  /** Resolves when `isSo` holds; checked after every batch, so at least at every tick of silence. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  async #listen(feed: Feed, onItem: (item: FeedItem) => void): Promise<void> {
    for await (const batch of feed.batches()) {
      for (const item of batch) {
        this.items.push(item)
        onItem(item)
      }
      for (const resolve of this.#waiting) resolve()
      this.#waiting.clear()
    }
  }
}
