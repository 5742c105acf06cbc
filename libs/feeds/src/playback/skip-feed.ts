import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'

/**
 * The feed from behind its first `items` items on, not counting `time`: the rest for a run that has taken these. Skipped items
 * are read but not handed over, nor is the time that passes before their end.
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
