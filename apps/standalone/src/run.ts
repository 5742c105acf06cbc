import type { Source } from '@triplane/feeds'
import { US_PER_MINUTE, US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { FeedItem } from '@triplane/market-data'
import { Breather, IdleWork } from '@triplane/service'
import type { History } from './history.ts'
import type { LiveStatus, LiveView } from './live-view.ts'
import type { Planes } from './planes.ts'

/** Wall time between two heartbeats. */
const BEAT_EVERY_US = US_PER_SECOND
/** The most market time without an item to handle before yielding to the event loop. */
const STEP_US = 10 * US_PER_MINUTE
/** The most items to handle before checking whether the event loop has work. */
const STEP_ITEMS = 64

export interface RunStages {
  readonly source: Source
  readonly planes: Planes
  readonly history: History | undefined
  readonly view: LiveView
  readonly status: () => LiveStatus
  readonly clock: Clock
  /** Called with the wall time at the start of every turn. */
  readonly onTurn: (nowUs: number) => void
  /** Market time for which the run continues beyond its last item; without one it ends with its feed. */
  readonly durationUs: number | undefined
  /** Rehearses a decision, in idle moments. Default: there are none. */
  readonly rehearse?: (() => void) | undefined
  /** Whether the run was stopped: it ends where its feed was closed, because nothing is known beyond that. */
  readonly isStopped: () => boolean
}

/**
 * The life of a run. Read it top to bottom. A turn is one batch of the feed: handled and published, then counted, stored and
 * shown. Nothing waits long, signals least of all: a large batch or a long silence is handled in steps. Rejects with the fault
 * of the feed or the store after handling everything before it.
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
  rehearse,
  isStopped,
}: RunStages): Promise<void> {
  const { lockstep, data, strategy, order } = planes
  const breather = new Breather(clock)
  const rehearsal = rehearse && new IdleWork(rehearse, clock)
  let beatUs = 0

  for await (const items of source.feed.batches()) {
    rehearsal?.end()
    const nowUs = clock.nowUs()
    onTurn(nowUs)
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as FeedItem
      if (isFarBehind(item.tsRecvUs) && !(await comeTo(item.tsRecvUs))) break
      lockstep.accept(item)
      if (i % STEP_ITEMS === STEP_ITEMS - 1) await breather.breathe()
    }
    if (nowUs - beatUs >= BEAT_EVERY_US) {
      beatUs = nowUs
      data.beat(lockstep.nowUs ?? 0)
    }
    await endTurn()
    view.show(status)
    await breather.breathe()
    rehearsal?.begin()
  }
  rehearsal?.end()

  const endUs = durationUs === undefined ? undefined : source.startUs + durationUs
  if (endUs !== undefined && isFarBehind(endUs)) await comeTo(endUs)
  lockstep.closeBefore(endUs === undefined || isStopped() ? (lockstep.nowUs ?? 0) + 1 : endUs)
  await endTurn()

  function isFarBehind(timeUs: number): boolean {
    return timeUs - (lockstep.nowUs ?? timeUs) > STEP_US
  }

  /** Handles what is due before `timeUs`, step by step. Returns false when the run was stopped meanwhile. */
  async function comeTo(timeUs: number): Promise<boolean> {
    for (let stepUs = (lockstep.nowUs ?? timeUs) + STEP_US; stepUs < timeUs; stepUs += STEP_US) {
      if (isStopped()) return false
      lockstep.closeBefore(stepUs)
      if (await breather.breathe()) planes.observe()
    }
    return !isStopped()
  }

  async function endTurn(): Promise<void> {
    planes.observe()
    void strategy.runner.consumer.commit()
    void order.runner.consumer.commit()
    if (history) await history.store()
  }
}
