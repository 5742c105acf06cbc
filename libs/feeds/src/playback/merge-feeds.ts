import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'

/** One feed being merged: its current batch and how far that has been taken. */
interface Lane {
  readonly source: AsyncIterator<readonly FeedItem[]>
  batch: readonly FeedItem[]
  next: number
}

/**
 * Plays several feeds as one, ordered by receive time; among equal times in the order of the arguments. Holds one batch
 * of each. A feed that has ended no longer matters, so files of consecutive days play one after the other.
 */
export function mergeFeeds(feeds: readonly Feed[]): Feed {
  const [only] = feeds
  if (only && feeds.length === 1) return only

  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    const all: Lane[] = feeds.map((feed) => ({ source: feed.batches()[Symbol.asyncIterator](), batch: [], next: 0 }))
    let lanes: Lane[] = []
    try {
      for (const lane of all) if (await refill(lane)) lanes.push(lane)
      while (lanes.length > 0) {
        const merged: FeedItem[] = []
        const drained = takeUntilOneIsDrained(lanes, merged)
        yield merged
        if (!(await refill(drained))) lanes = lanes.filter((lane) => lane !== drained)
      }
    } finally {
      for (const lane of all) await lane.source.return?.()
    }
  }

  return {
    batches,
    close: async () => {
      for (const feed of feeds) await feed.close()
    },
  }
}

/** Puts the next batch that is not empty into the lane. False at the end of the feed. */
async function refill(lane: Lane): Promise<boolean> {
  for (;;) {
    const result = await lane.source.next()
    if (result.done === true) return false
    if (result.value.length === 0) continue
    lane.batch = result.value
    lane.next = 0
    return true
  }
}

/** Moves items in order into `merged` up to the end of a lane's batch, and returns that lane. */
function takeUntilOneIsDrained(lanes: readonly Lane[], merged: FeedItem[]): Lane {
  for (;;) {
    let first = lanes[0] as Lane
    for (const lane of lanes) if (headUs(lane) < headUs(first)) first = lane
    // Among equal times the lane that comes first among the arguments goes first.
    let isAhead = true
    let untilUs = Infinity
    for (const lane of lanes) {
      if (lane === first) isAhead = false
      else untilUs = Math.min(untilUs, isAhead ? headUs(lane) - 1 : headUs(lane))
    }
    do merged.push(first.batch[first.next++] as FeedItem)
    while (first.next < first.batch.length && headUs(first) <= untilUs)
    if (first.next === first.batch.length) return first
  }
}

function headUs(lane: Lane): number {
  return (lane.batch[lane.next] as FeedItem).tsRecvUs
}
