import { nextTurn } from '@triplane/async'
import {
  field,
  stateSchema,
  type Event,
  type Outbox,
  type Run,
  type SchemaOf,
  type StateOfFields,
} from '@triplane/contracts'
import { US_PER_MINUTE, type Clock } from '@triplane/kernel'
import type { Snapshot, Snapshots } from '../log/snapshots.ts'
import { Breather } from './breather.ts'
import { planeOutputSchema, type PlaneOutput } from './plane-output.ts'

/** An item of a feed: a frame, a connect, a disconnect, or `time`, which only moves time on. */
export interface SourceItem {
  readonly type: string
  readonly tsRecvUs: number
}

/** The core of a plane that handles frames. */
interface SourceCore<Item extends SourceItem, Out extends Event> {
  readonly outbox: Outbox<Out>
  /** The market time reached. */
  readonly nowUs: number
  accept(item: Item): void
  advance(throughUs: number): void
  snapshot(): unknown
}

const sourceFields = {
  /** The number of items handled, without `time`. */
  items: field.count,
  output: planeOutputSchema,
}

/**
 * The state of a hosted source: its core, its feed (null for one that is read from its start), and where its host
 * stands.
 */
export type SourceState<CoreState = unknown, FeedState = unknown> = StateOfFields<typeof sourceFields> & {
  readonly core: CoreState
  readonly feed: FeedState | null
}

/** The schema of a hosted source's saved state, from those of its core and feed. */
export function sourceStateSchema<CoreState, FeedState>(
  core: SchemaOf<CoreState>,
  feed: SchemaOf<FeedState>,
): SchemaOf<SourceState<CoreState, FeedState>> {
  return field.as(stateSchema({ core, feed: field.orNull(feed), ...sourceFields }))
}

export interface SourceHostOptions<Item extends SourceItem, Out extends Event> {
  readonly core: SourceCore<Item, Out>
  readonly run: Run
  /** Starts after the items that the snapshot covers. */
  readonly batches: AsyncIterable<readonly Item[]>
  /** Market time of the first item of the run. */
  readonly startUs: number
  /** Market time at which the run ends; by default it ends with its feed. */
  readonly endUs?: number | undefined
  readonly feedState?: (() => unknown) | undefined
  readonly output: PlaneOutput<Out>
  readonly snapshots: Pick<Snapshots<SourceState>, 'encode' | 'save'>
  readonly saved: Snapshot<SourceState> | undefined
  readonly snapshotEveryMs: number
  /** A snapshot could not be written; the newest one stays valid, and the next is attempted on schedule. */
  readonly onSnapshotFault: (fault: unknown) => void
  /** Called when the feed has handed over a batch, and when its events are published. */
  readonly onHandOver?: () => void
  readonly onPublished?: () => void
  /** Called with market time after every batch. */
  readonly onBatch: (marketUs: number) => void
  readonly clock: Clock
}

/** The most market time without an item, and the most items, between two turns of the event loop. */
const STEP_US = 10 * US_PER_MINUTE
const STEP_ITEMS = 64

/**
 * Hosts the core of the data plane in a process of its own. Its input can be replayed (a file from an item, a generator
 * from a state), so the snapshot replaces an input log: a restart reads the same items again and emits the same events.
 */
export class SourceHost<Item extends SourceItem, Out extends Event> {
  readonly #options: SourceHostOptions<Item, Out>
  #items: number
  #isFinal = false
  #snapshots: number
  #snapshotUnderWay: Promise<void> | undefined

  constructor(options: SourceHostOptions<Item, Out>) {
    this.#options = options
    this.#items = options.saved ? options.saved.state.items : 0
    this.#snapshots = options.saved?.afterTurn ?? 0
  }

  /** The number of items handled in the run, without `time`. */
  get items(): number {
    return this.#items
  }

  /** True once the feed has ended and all its events are published. */
  get isFinal(): boolean {
    return this.#isFinal
  }

  /** Runs until the feed ends or is closed; `isStopped` tells the latter, after which the run resumes later. */
  async run(isStopped: () => boolean): Promise<void> {
    const { core, batches, run, startUs, endUs, output, onHandOver, onPublished, onBatch, clock, snapshotEveryMs } =
      this.#options
    const isLockstep = run.mode === 'lockstep'
    const breather = new Breather(clock)
    let snapshotUs = clock.monotonicUs()
    let reachedUs = core.nowUs
    if (isLockstep) output.mark(startUs - 1, false)
    for await (const items of batches) {
      onHandOver?.()
      let untilBreath = STEP_ITEMS
      for (const item of items) {
        if (core.nowUs > 0 && item.tsRecvUs - core.nowUs > STEP_US)
          if (!(await this.#comeTo(item.tsRecvUs, breather, isStopped))) break
        reachedUs = item.tsRecvUs
        if (item.type === 'time') {
          core.advance(item.tsRecvUs - 1)
          continue
        }
        core.accept(item)
        this.#items++
        if (--untilBreath === 0) {
          untilBreath = STEP_ITEMS
          await breather.breathe()
        }
      }
      this.#publish()
      onPublished?.()
      if (isLockstep && core.nowUs > 0) output.mark(core.nowUs - 1, false)
      onBatch(core.nowUs)
      if (output.isFull) await output.drained()
      await nextTurn()
      // What was published is on its way by now, and need not wait for what follows.
      output.observe()
      const nowUs = clock.monotonicUs()
      if (nowUs - snapshotUs > snapshotEveryMs * 1000) {
        snapshotUs = nowUs
        this.#snapshotUnderWay ??= this.#snapshot().finally(() => (this.#snapshotUnderWay = undefined))
      }
    }
    if (!isStopped()) {
      const throughUs = (endUs ?? Math.max(core.nowUs, reachedUs) + 1) - 1
      core.advance(throughUs)
      this.#publish()
      if (isLockstep) output.mark(throughUs, true)
      await output.drained()
      this.#isFinal = true
    }
    await this.#snapshotUnderWay
    await this.#snapshot()
  }

  /** Handles step by step what is due before `timeUs`. False when the run was stopped meanwhile. */
  async #comeTo(timeUs: number, breather: Breather, isStopped: () => boolean): Promise<boolean> {
    const { core, output } = this.#options
    for (let stepUs = core.nowUs + STEP_US; stepUs < timeUs; stepUs += STEP_US) {
      if (isStopped()) return false
      core.advance(stepUs - 1)
      this.#publish()
      if (output.isFull) await output.drained()
      await breather.breathe()
    }
    return !isStopped()
  }

  #publish(): void {
    const events = this.#options.core.outbox.drain()
    if (events.length > 0) this.#options.output.publish(events)
  }

  async #snapshot(): Promise<void> {
    const { core, feedState, output, snapshots, onSnapshotFault } = this.#options
    const items = this.#items
    const state: SourceState = {
      core: core.snapshot(),
      items,
      feed: feedState ? feedState() : null,
      output: output.state(),
    }
    try {
      const text = snapshots.encode(state)
      await output.durable()
      await snapshots.save(++this.#snapshots, text)
    } catch (fault) {
      onSnapshotFault(fault)
    }
  }
}
