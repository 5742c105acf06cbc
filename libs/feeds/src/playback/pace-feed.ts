import { delay } from '@triplane/async'
import type { Clock } from '@triplane/kernel'
import type { FeedItem } from '@triplane/market-data'
import type { Feed } from '../feed.ts'

/** Ends after `durationUs` microseconds of wall time, or when the signal aborts. */
export type Pause = (durationUs: number, signal: AbortSignal) => Promise<void>

export interface PaceOptions {
  /** Market seconds per wall second; `max` does not wait. */
  readonly speed: number | 'max'
  readonly clock: Pick<Clock, 'monotonicUs'>
  readonly pause?: Pause
  /**
   * Market time `marketUs` was due `elapsedUs` of wall time ago: late items are handed over at once. Default: the first item is
   * due now.
   */
  readonly anchor?: { readonly marketUs: number; readonly elapsedUs: number } | undefined
  /** Market time without a connection that is skipped rather than waited through; default: none is skipped. */
  readonly holeUs?: number
}

/** Longest silence hidden from the planes, microseconds of wall time. */
const MAX_SILENCE_US = 100_000

/**
 * Plays a feed against the wall clock, from its first item on. After the items that are due, and at least every 100 ms of wall
 * time, it emits the market time reached; never more than is known: not past the next item, nor while it waits for the feed
 * below. At any speed the items and their order are the same, and the last one is a `time` up to the item before it. `close`
 * hands over at once the items already read from below.
 */
export function paceFeed(feed: Feed, { speed, clock, pause = pauseFor, anchor, holeUs = Infinity }: PaceOptions): Feed {
  const stop = new AbortController()
  const connections = new OpenConnections()

  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    let lastUs: number | undefined
    for await (const batch of feed.batches()) {
      const last = batch.at(-1)
      if (!last) continue
      lastUs = last.tsRecvUs
      if (speed === 'max') yield batch
      else yield* paced(batch, speed)
    }
    if (lastUs !== undefined) yield [{ type: 'time', tsRecvUs: lastUs }]
  }

  let marketStartUs = anchor?.marketUs
  let wallStartUs = clock.monotonicUs() - (anchor?.elapsedUs ?? 0)

  async function* paced(batch: readonly FeedItem[], speed: number): AsyncGenerator<readonly FeedItem[]> {
    if (marketStartUs === undefined) {
      marketStartUs = (batch[0] as FeedItem).tsRecvUs
      wallStartUs = clock.monotonicUs()
    }
    for (let from = 0; from < batch.length;) {
      const nowUs = stop.signal.aborted
        ? Infinity
        : marketStartUs + Math.floor((clock.monotonicUs() - wallStartUs) * speed)
      let to = from
      while (to < batch.length && (batch[to] as FeedItem).tsRecvUs <= nowUs) connections.follow(batch[to++] as FeedItem)
      const next = batch[to]
      const { tsRecvUs: lastUs } = connections
      if (next && connections.areAllDown && next.tsRecvUs - lastUs > holeUs) {
        if (to > from) yield batch.slice(from, to)
        from = to
        marketStartUs += next.tsRecvUs - lastUs
        continue
      }
      // The next item is later than now, so decisions on earlier ones need not wait for it.
      const passed: readonly FeedItem[] = next ? [{ type: 'time', tsRecvUs: nowUs }] : []
      yield [...batch.slice(from, to), ...passed]
      from = to
      if (next) await pause(Math.min(MAX_SILENCE_US, Math.ceil((next.tsRecvUs - nowUs) / speed)), stop.signal)
    }
  }

  return {
    batches,
    close: async () => {
      stop.abort()
      await feed.close()
    },
  }
}

/** The open connections of a feed. */
class OpenConnections {
  readonly #open = new Set<string>()
  #hasClosed = false
  /** Time of the newest item. */
  tsRecvUs = 0

  /** True after the last of them has closed. */
  get areAllDown(): boolean {
    return this.#hasClosed && this.#open.size === 0
  }

  follow(item: FeedItem): void {
    this.tsRecvUs = item.tsRecvUs
    if (item.type !== 'connect' && item.type !== 'disconnect') return
    const key = `${item.origin.source}/${item.origin.venue}`
    if (item.type === 'connect') this.#open.add(key)
    else {
      this.#open.delete(key)
      this.#hasClosed = true
    }
  }
}

const pauseFor: Pause = (durationUs, signal) => delay(durationUs / 1000, signal)
