import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'

/**
 * The part of a feed that belongs to a run of `durationUs` microseconds of market time: every item with a time below that of
 * the first item plus the duration, and nothing later. If that cuts the feed, the last item is a `time` of the microsecond
 * before the cut.
 */
export function limitFeed(feed: Feed, durationUs: number): Feed {
  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    let endUs: number | undefined
    for await (const batch of feed.batches()) {
      const [first] = batch
      if (!first) continue
      endUs ??= first.tsRecvUs + durationUs
      const cut = indexOfTime(batch, endUs)
      if (cut === batch.length) {
        yield batch
        continue
      }
      yield [...batch.slice(0, cut), { type: 'time', tsRecvUs: endUs - 1 }]
      return
    }
  }

  return { batches, close: () => feed.close() }
}

/** Index of the first item at or after `timeUs`; the length when all are before. */
function indexOfTime(batch: readonly FeedItem[], timeUs: number): number {
  const last = batch.at(-1)
  if (last && last.tsRecvUs < timeUs) return batch.length
  return batch.findIndex((item) => item.tsRecvUs >= timeUs)
}
