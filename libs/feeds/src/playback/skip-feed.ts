import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'

/**
 * A feed from behind its first `items` items on, counted over items of every type: what a run that has taken so many goes
 * on with. What is skipped is read, and not looked at.
 */
export function skipFeed(feed: Feed, items: number): Feed {
  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    let left = items
    for await (const batch of feed.batches()) {
      if (left === 0) yield batch
      else if (left < batch.length) yield batch.slice(left)
      left = Math.max(0, left - batch.length)
    }
  }

  return { batches, close: () => feed.close() }
}
