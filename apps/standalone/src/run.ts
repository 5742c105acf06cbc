import type { Source } from '@triplane/feeds'
import { US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { FeedItem } from '@triplane/market-data'
import type { History } from './history.ts'
import type { LiveStatus, LiveView } from './live-view.ts'
import type { Planes } from './planes.ts'

/** Wall time between two heartbeats. */
const BEAT_EVERY_US = US_PER_SECOND

export interface RunStages {
  readonly source: Source
  readonly planes: Planes
  readonly history: History | undefined
  readonly view: LiveView
  readonly status: () => LiveStatus
  readonly clock: Clock
  /** Told the wall time at the start of every turn. */
  readonly onTurn: (nowUs: number) => void
  /** The run's duration in market time; without one it ends with its feed. */
  readonly durationUs: number | undefined
  /** Whether the run was stopped: it ends where its feed was closed, since of what comes after nothing is known. */
  readonly isStopped: () => boolean
}

/**
 * The life of a run. Read it top to bottom. A turn is one batch of the feed: handled and published without an `await`, then
 * counted, stored and shown. Rejects with the fault of the feed or the store after everything before it is handled.
 */
export async function run({
  source,
  planes,
  history,
  view,
  status,
  clock,
  onTurn,
  durationUs,
  isStopped,
}: RunStages): Promise<void> {
  const { lockstep, data, strategy, order } = planes
  let beatUs = 0

  for await (const items of source.feed.batches()) {
    const nowUs = clock.nowUs()
    onTurn(nowUs)
    for (let i = 0; i < items.length; i++) lockstep.accept(items[i] as FeedItem)
    if (nowUs - beatUs >= BEAT_EVERY_US) {
      beatUs = nowUs
      data.beat(lockstep.nowUs ?? 0)
    }
    await endTurn()
    view.show(status)
  }

  const endUs = durationUs === undefined || isStopped() ? undefined : source.startUs + durationUs
  lockstep.closeBefore(endUs ?? (lockstep.nowUs ?? 0) + 1)
  await endTurn()

  async function endTurn(): Promise<void> {
    planes.observe()
    void strategy.runner.consumer.commit()
    void order.runner.consumer.commit()
    if (history) await history.store()
  }
}
