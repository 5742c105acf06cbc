import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'

/**
 * A feed from behind its first `items` items on, `time` aside: what a run that has taken so many goes on with. What is
 * skipped is read and not handed over, nor is the time that passes before its end.
 */
export function skipFeed(feed: Feed, items: number): Feed {
  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    let left = items
    for await (const batch of feed.batches()) {
      if (left === 0) {
        yield batch
        continue
      }
      let from = 0
      while (from < batch.length && left > 0) if ((batch[from++] as FeedItem).type !== 'time') left--
      if (from < batch.length) yield batch.slice(from)
    }
  }

  return { batches, close: () => feed.close() }
}
