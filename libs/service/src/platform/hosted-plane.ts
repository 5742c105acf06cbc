import { buildInfo } from '@triplane/config'
import {
  coreWritersOf,
  StateMisfitError,
  type Event,
  type PlaneCore,
  type SchemaOf,
  type Topic,
} from '@triplane/contracts'
import type { RedriveDesk } from '@triplane/control'
import { isFault } from '@triplane/kernel'
import { logEvent } from '@triplane/logging'
import { decodeRecord, type BusRecord, type Plane } from '@triplane/messaging'
import { hostStateSchema } from '../host/host-state.ts'
import { judgeOwnership } from '../host/judge-ownership.ts'
import { judgePlausibility } from '../host/judge-plausibility.ts'
import { PlaneHost } from '../host/plane-host.ts'
import { PlaneOutput } from '../host/plane-output.ts'
import { readingFrom } from '../host/reading.ts'
import { createRedriving } from '../host/redriving.ts'
import { mustStopAt, refuseSkipped } from '../host/unreadable-record.ts'
import { gatedPartitions } from '../host/watermark-gate.ts'
import { FailedTurn, PlaneSuspendedError } from '../log/failed-turn.ts'
import { InputLog } from '../log/input-log.ts'
import { SkippedRecords } from '../log/skipped-records.ts'
import { Snapshots } from '../log/snapshots.ts'
import { createStateCodec } from '../log/state-codec.ts'
import { assertNoPriorOutput } from './lost-state.ts'
import type { HostedRun, RunContext } from './plane-service.ts'

export interface HostedPlaneOptions<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>, CoreState> {
  readonly context: RunContext
  /**
   * The schemas of the core and of a waiting input, and the topics on which others wait for its watermarks in lockstep.
   */
  readonly definition: {
    readonly stateSchema: SchemaOf<CoreState>
    readonly inputSchema: SchemaOf<In>
    readonly awaited: readonly Topic[]
  }
  /**
   * Builds the plane, from its core's saved state if there is any. Throws StateMisfitError when that does not fit the
   * configuration.
   */
  readonly build: (saved: CoreState | undefined) => Plane<In, Out, Core>
  readonly leadUs: number
  readonly configDigest: string
  readonly snapshotEveryMs: number
  /** How far market time may be ahead of the clock at speed 1, milliseconds. */
  readonly aheadLimitMs: number
  /** Called once per output, when the host has time; `isNew` is false for outputs repeated after a restart. */
  readonly observe: (event: Out, isNew: boolean) => void
  readonly traceparentOf?: (event: Out) => string | undefined
  readonly onRecord?: (record: BusRecord<Buffer>, events: readonly Event[]) => void
  /** Rehearses a decision, in idle moments of a live run. */
  readonly rehearse?: (() => void) | undefined
  /** Called when the plane was paused, and when it has read what it missed; it may inject. */
  readonly onPause?: (what: 'paused' | 'caught up') => void
  /** Called when other producers than before are not heard, since a forged sequence makes duplicates of what they say; it may inject. */
  readonly onUnheard?: (producers: readonly string[]) => void
  /** Called once, before any new input. */
  readonly beforeLive?: () => Promise<void>
  /** Called when the run has ended. */
  readonly afterwards?: () => Promise<void>
}

/** A plane at work on a run. */
export interface HostedPlane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>> extends HostedRun {
  readonly plane: Plane<In, Out, Core>
  readonly host: PlaneHost<In, Out, Buffer>
  readonly output: PlaneOutput<Out>
  /** True while outputs wait because the input log cannot be written. */
  readonly isLogDown: boolean
  /** Refused records once more. */
  readonly redriving: RedriveDesk
}

/** Whether a plane in lockstep waits for the topic's watermarks: cores send them, edges do not. */
function isAwaited(topic: Topic): boolean {
  return coreWritersOf(topic).length > 0
}

const isMarket = (topic: Topic) => coreWritersOf(topic).includes('data-plane')

/**
 * Joins a plane to the bus, its input log and its snapshots, for one run. Throws PlaneSuspendedError when its snapshot
 * does not fit.
 */
export async function hostPlane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>, CoreState>(
  options: HostedPlaneOptions<In, Out, Core, CoreState>,
): Promise<HostedPlane<In, Out, Core>> {
  const { context, definition, leadUs, configDigest, snapshotEveryMs } = options
  const { run, bus, edge, folder, history, logger, clock } = context
  const { commit } = buildInfo
  const schema = hostStateSchema(definition.stateSchema, definition.inputSchema)
  const snapshots = new Snapshots(folder, createStateCodec(schema, { configurationDigest: configDigest, commit }))
  const saved = snapshots.newest((notice) => logger.warning(notice))
  const plane = build(options, saved?.state.core)
  const producer = bus.producer({ name: plane.name, runId: run.runId })
  const output: PlaneOutput<Out> = new PlaneOutput<Out>(
    {
      name: plane.name,
      producer,
      account: run.account,
      marked: run.mode === 'lockstep' ? definition.awaited : [],
      history,
      traceparentOf:
        options.traceparentOf && ((event) => (host.isReplaying ? undefined : options.traceparentOf?.(event))),
      observe(event) {
        plane.observe(event)
        const isNew = !host.isReplaying
        if (isNew) logEvent(logger, event)
        options.observe(event, isNew)
      },
    },
    saved?.state.output,
  )
  const positions = readingFrom(plane.topics, run, saved?.state.positions)
  const consumer = bus.consumer({ group: plane.name, topics: plane.topics, from: positions })
  const log = new InputLog(folder, {
    runId: run.runId,
    plane: plane.name,
    configDigest,
    commit,
  })
  const failedTurn = new FailedTurn(folder)
  const skipped = new SkippedRecords(folder)
  const decode = refuseSkipped<Buffer>(decodeRecord, skipped)
  let isLogDown = false
  let isCatchingUp = false
  const host: PlaneHost<In, Out, Buffer> = new PlaneHost<In, Out, Buffer>({
    plane,
    run,
    consumer,
    positions,
    output,
    gated: plane.topics.filter(isAwaited).flatMap((topic) => gatedPartitions(topic, bus.partitionsOf(topic), run)),
    market: plane.topics
      .filter(isMarket)
      .flatMap((topic) => Array.from({ length: bus.partitionsOf(topic) }, (_, partition) => ({ topic, partition }))),
    leadUs,
    log,
    snapshots,
    saved,
    snapshotEveryMs,
    decode,
    mustStopAt: (record, taken) => mustStopAt(record, () => decode(record, taken), run, skipped),
    judges: [judgeOwnership, judgePlausibility],
    aheadUs: options.aheadLimitMs * 1000,
    deadLetter: (refused) => edge.deadLetter(refused),
    onRecord: options.onRecord,
    beforeLive: options.beforeLive,
    rehearse: run.mode === 'live' ? options.rehearse : undefined,
    // What follows waits for the plane that catches up as for one that is away.
    onHeartbeat: (heartbeat) => void (isCatchingUp || edge.forward(heartbeat)),
    askEnds: () => bus.endOf(plane.topics.filter(isMarket)),
    onPause(what) {
      isCatchingUp = what === 'paused'
      logger.warning(
        isCatchingUp ? 'The plane was paused: it reads what it missed' : 'What was missed in a pause is read',
      )
      options.onPause?.(what)
    },
    onUnheard(producers) {
      if (producers.length > 0)
        logger.critical('What a producer says is dropped as duplicates: a sequence of it was forged', { producers })
      else logger.warning('All producers are heard again')
      options.onUnheard?.(producers)
    },
    onLogFault(fault) {
      if (fault && !isLogDown) logger.critical('The input log cannot be written or synced: nothing is sent', { fault })
      if (!fault && isLogDown) logger.warning('The input log can be written again')
      isLogDown = fault !== undefined
    },
    onSnapshotFault: (fault) => logger.error('Cannot write a snapshot: a restart takes longer', { fault }),
    clock,
  })
  logger.info('Plane is restored', { after_turn: host.turn, positions: saved?.state.positions.length ?? 0 })
  return {
    plane,
    host,
    output,
    redriving: createRedriving<In>({
      run,
      heard: plane.inputTypes,
      marks: host.marks,
      marketUs: () => host.boundUs,
      isReady: () => !host.isReplaying && !isLogDown && !consumer.closed,
      inject: (name, ...events) => host.inject(name, ...events),
    }),
    async run() {
      try {
        failedTurn.check()
        if (saved === undefined && log.turnsAfter(0).length === 0)
          await assertNoPriorOutput(bus, run, plane.name, definition.awaited)
        await host.run()
      } catch (error) {
        if (!isFault(error)) failedTurn.note(host.turn + 1, error)
        throw error
      } finally {
        await consumer.close()
        await producer.close().catch(() => undefined)
        await options.afterwards?.()
      }
    },
    stop: () => host.stop(),
    observe: () => output.observe(),
    describe: () => ({
      turn: host.turn,
      isLogDown,
      hash: output.digest(),
      events: output.counts(),
      duplicates: host.counts.duplicates,
      foreign: host.counts.foreign,
    }),
    get marketUs() {
      return host.boundUs
    },
    get isReady() {
      return !host.isReplaying
    },
    get isFinal() {
      return host.isFinal
    },
    get isCatchingUp() {
      return isCatchingUp
    },
    get isLogDown() {
      return isLogDown
    },
    busStats: (nowUs) => [...producer.stats(), ...(consumer.closed ? [] : consumer.stats(nowUs))],
  }
}

function build<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>, CoreState>(
  options: Pick<HostedPlaneOptions<In, Out, Core, CoreState>, 'build'>,
  saved: CoreState | undefined,
): Plane<In, Out, Core> {
  try {
    return options.build(saved)
  } catch (error) {
    if (!(error instanceof StateMisfitError)) throw error
    throw new PlaneSuspendedError(
      `Cannot go on with the run: ${error.message}. Start a new run, or configure it as it was.`,
      {
        cause: error,
      },
    )
  }
}
