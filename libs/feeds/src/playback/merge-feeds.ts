import { recordingPauses } from '@triplane/contracts'
import type { Connect, Disconnect, FeedItem, FrameOrigin } from '@triplane/market-data'
import type { ReaderEnd } from '../disconnect-reasons.ts'
import type { Feed } from '../feed.ts'

/** One feed being merged: its current batch and the position in it. */
interface Lane {
  readonly source: AsyncIterator<readonly FeedItem[]>
  batch: readonly FeedItem[]
  next: number
  /** The origin of its items, as far as it has been read. */
  origin: FrameOrigin | undefined
  /** Its hole was not handed over, so the connect behind it is not either. */
  hidesConnect: boolean
}

export interface MergeOptions {
  /** Silence of a source, microseconds, that requires a disconnect; default none does. */
  readonly holeUs?: number
}

/**
 * Plays several feeds as one, ordered by receive time; equal times in the order of the arguments. Keeps one batch of each. A
 * feed that has ended no longer matters, so files of consecutive days play one after the other.
 *
 * Feeds of one source and venue are one connection: it has a hole only where all of them have one, which begins with the `hole`
 * of one of them or with the end of one, and ends with the next item. A connection without further items while others continue
 * ends with `file_end`.
 */
export function mergeFeeds(feeds: readonly Feed[], { holeUs = Infinity }: MergeOptions = {}): Feed {
  const [only] = feeds
  if (only && feeds.length === 1) return only

  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    const all: Lane[] = feeds.map((feed) => ({
      source: feed.batches()[Symbol.asyncIterator](),
      batch: [],
      next: 0,
      origin: undefined,
      hidesConnect: false,
    }))
    const merge = new Merge(holeUs)
    try {
      for (const lane of all) if (await refill(lane)) merge.lanes.push(lane)
      while (merge.lanes.length > 0) {
        const drained = merge.takeUntilOneIsDrained()
        const merged = merge.takeMerged()
        if (merged.length > 0) yield merged
        if (!(await refill(drained))) merge.end(drained)
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

/** Puts the next non-empty batch into the lane. False at the end of the feed. */
async function refill(lane: Lane): Promise<boolean> {
  for (;;) {
    const result = await lane.source.next()
    if (result.done === true) return false
    const [first] = result.value
    if (first === undefined) continue
    lane.batch = result.value
    lane.next = 0
    if (first.type !== 'time') lane.origin = first.origin
    return true
  }
}

/** The lanes, and which connections are down in the merged feed. */
class Merge {
  lanes: Lane[] = []
  readonly #holeUs: number
  readonly #down = new Set<string>()
  #merged: FeedItem[] = []

  constructor(holeUs: number) {
    this.#holeUs = holeUs
  }

  takeMerged(): readonly FeedItem[] {
    const merged = this.#merged
    this.#merged = []
    return merged
  }

  /** Moves items in order up to the end of a lane's batch, and returns that lane. */
  takeUntilOneIsDrained(): Lane {
    for (;;) {
      let first = this.lanes[0] as Lane
      for (const lane of this.lanes) if (headUs(lane) < headUs(first)) first = lane
      // Among equal times the lane that comes first among the arguments goes first.
      let isAhead = true
      let untilUs = Infinity
      for (const lane of this.lanes) {
        if (lane === first) isAhead = false
        else untilUs = Math.min(untilUs, isAhead ? headUs(lane) - 1 : headUs(lane))
      }
      do this.#take(first, first.batch[first.next++] as FeedItem)
      while (first.next < first.batch.length && headUs(first) <= untilUs)
      if (first.next === first.batch.length) return first
    }
  }

  /** The lane has ended: its connection is down, unless another lane continues it soon. */
  end(ended: Lane): void {
    this.lanes = this.lanes.filter((lane) => lane !== ended)
    const { origin } = ended
    const last = ended.batch.at(-1)
    if (!last || !origin || this.lanes.length === 0 || this.#holeUs === Infinity) return
    const nextUs = this.#nextUs(origin, ended)
    if (this.#down.has(keyOf(origin)) || nextUs <= last.tsRecvUs + this.#holeUs) return
    this.#down.add(keyOf(origin))
    const reason: ReaderEnd = nextUs === Infinity ? 'file_end' : 'hole'
    this.#merged.push({ type: 'disconnect', origin, tsRecvUs: last.tsRecvUs, reason })
  }

  #take(lane: Lane, item: FeedItem): void {
    switch (item.type) {
      case 'connect':
        return this.#takeConnect(lane, item)
      case 'disconnect':
        return this.#takeDisconnect(lane, item)
      case 'frame':
      case 'badLine':
        if (this.#down.size > 0 && this.#down.delete(keyOf(item.origin)))
          this.#merged.push({ type: 'connect', origin: lane.origin ?? item.origin, tsRecvUs: item.tsRecvUs })
        break
      case 'time':
        break
    }
    this.#merged.push(item)
  }

  #takeConnect(lane: Lane, item: Connect): void {
    const wasDown = this.#down.delete(keyOf(item.origin))
    if (!lane.hidesConnect || wasDown) this.#merged.push(item)
    lane.hidesConnect = false
  }

  #takeDisconnect(lane: Lane, item: Disconnect): void {
    if (!isRecordingPause(item.reason)) return void this.#merged.push(item)
    if (this.#down.has(keyOf(item.origin)) || this.#nextUs(item.origin, lane) <= item.tsRecvUs + this.#holeUs) {
      lane.hidesConnect = true
      return
    }
    this.#down.add(keyOf(item.origin))
    this.#merged.push(item)
  }

  /** Time of the next item of the connection in another lane; Infinity when there is none. */
  #nextUs(origin: FrameOrigin, but: Lane): number {
    let nextUs = Infinity
    for (const lane of this.lanes)
      if (lane !== but && lane.origin && keyOf(lane.origin) === keyOf(origin)) nextUs = Math.min(nextUs, headUs(lane))
    return nextUs
  }
}

function isRecordingPause(reason: string): boolean {
  return (recordingPauses as readonly string[]).includes(reason)
}

function keyOf({ source, venue }: FrameOrigin): string {
  return `${source}/${venue}`
}

function headUs(lane: Lane): number {
  return (lane.batch[lane.next] as FeedItem).tsRecvUs
}
