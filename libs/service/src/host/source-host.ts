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

/** What a feed hands over: a frame, a connect, a disconnect, or `time`, which only says that time has passed. */
export interface SourceItem {
  readonly type: string
  readonly tsRecvUs: number
}

/** The core of a plane that takes frames. */
interface SourceCore<Item extends SourceItem, Out extends Event> {
  readonly outbox: Outbox<Out>
  /** Market time that is reached. */
  readonly nowUs: number
  accept(item: Item): void
  advance(throughUs: number): void
  snapshot(): unknown
}

const sourceFields = {
  /** Items that were taken, time aside. */
  items: field.count,
  output: planeOutputSchema,
}

/** The state of a hosted source: its core, what its feed goes on from (null for one that is read from its start), and where its host stands. */
export type SourceState<CoreState = unknown, FeedState = unknown> = StateOfFields<typeof sourceFields> & {
  readonly core: CoreState
  readonly feed: FeedState | null
}

/** How the state of a source is saved whose core and feed have these schemas. */
export function sourceStateSchema<CoreState, FeedState>(
  core: SchemaOf<CoreState>,
  feed: SchemaOf<FeedState>,
): SchemaOf<SourceState<CoreState, FeedState>> {
  return field.as(stateSchema({ core, feed: field.orNull(feed), ...sourceFields }))
}

export interface SourceHostOptions<Item extends SourceItem, Out extends Event> {
  readonly core: SourceCore<Item, Out>
  readonly run: Run
  /** Begins behind the items that the snapshot has taken. */
  readonly batches: AsyncIterable<readonly Item[]>
  /** Market time of the first item of the run. */
  readonly startUs: number
  /** Market time at which the run ends; without it the run ends with its feed. */
  readonly endUs?: number | undefined
  readonly feedState?: (() => unknown) | undefined
  readonly output: PlaneOutput<Out>
  readonly snapshots: Pick<Snapshots<SourceState>, 'encode' | 'save'>
  readonly saved: Snapshot<SourceState> | undefined
  readonly snapshotEveryMs: number
  /** A snapshot could not be written; the newest one that was stands, and the next one is tried in time. */
  readonly onSnapshotFault: (fault: unknown) => void
  /** Called when the feed has handed over a batch, and when what came of it is published. */
  readonly onHandOver?: () => void
  readonly onPublished?: () => void
  /** Called after every batch with market time. */
  readonly onBatch: (marketUs: number) => void
  readonly clock: Clock
}

/** Market time without an item, and items, that are handled at most before the outside world has its turn again. */
const STEP_US = 10 * US_PER_MINUTE
const STEP_ITEMS = 64

/**
 * Hosts the core of the data plane in a process of its own. Its input is replayable (a file at a count, a generator at a
 * state), so the snapshot is its input log: a restart reads the same items again and emits the same events.
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

  /** Items taken in the run, time aside. */
  get items(): number {
    return this.#items
  }

  /** True when the feed has ended and everything before its end is published. */
  get isFinal(): boolean {
    return this.#isFinal
  }

  /** Runs until the feed ends or is closed; `isStopped` says that it was closed, and the run goes on later. */
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
      output.observe()
      onBatch(core.nowUs)
      if (output.isFull) await output.drained()
      const nowUs = clock.monotonicUs()
      if (nowUs - snapshotUs > snapshotEveryMs * 1000) {
        snapshotUs = nowUs
        this.#snapshotUnderWay ??= this.#snapshot().finally(() => (this.#snapshotUnderWay = undefined))
      }
      await nextTurn()
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

  /** Handles what is due before `timeUs`, step by step. False when the run was stopped on the way. */
  async #comeTo(timeUs: number, breather: Breather, isStopped: () => boolean): Promise<boolean> {
    const { core } = this.#options
    for (let stepUs = core.nowUs + STEP_US; stepUs < timeUs; stepUs += STEP_US) {
      if (isStopped()) return false
      core.advance(stepUs - 1)
      this.#publish()
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
