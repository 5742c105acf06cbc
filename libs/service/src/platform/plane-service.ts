import { join } from 'node:path'
import { Deferred } from '@triplane/async'
import { ConfigError } from '@triplane/config'
import { instanceName, sourcesOf, type Run, type Stage } from '@triplane/contracts'
import type { RunDesk } from '@triplane/control'
import type { Clock } from '@triplane/kernel'
import type { Logger } from '@triplane/logging'
import type { Bus } from '@triplane/messaging'
import type { TopicCounts } from '@triplane/metrics'
import type { LatestState } from '@triplane/state'
import { Edge } from '../host/edge.ts'
import { reserveSequences } from '../host/edge-sequences.ts'
import type { HistorySink } from '../host/plane-output.ts'
import { UnreadableRecordError } from '../host/unreadable-record.ts'
import { PlaneSuspendedError } from '../log/failed-turn.ts'
import { InputLogError } from '../log/log-segment.ts'
import { readRuns, RunWatch, startRun } from '../run/runs.ts'
import { isSamePlace, SkippedRecords, type RecordPlace, type SkippedRecord } from '../log/skipped-records.ts'
import { listOf, type PlaneConfig } from '../service-config.ts'
import type { BusSource, ReachableBus } from './bus-source.ts'

/** A plane at work on one run. */
export interface HostedRun {
  /** Works until it is stopped. Rejects with a fatal fault, or a bug. */
  run(): Promise<void>
  /** Ends `run` cleanly. */
  stop(): void
  /** The market time reached. */
  readonly marketUs: number
  /** True once it has repeated its turns after a restart. */
  readonly isReady: boolean
  readonly isFinal: boolean
  /** True from a pause on until it has read what it missed. */
  readonly isCatchingUp?: boolean
  /** Of a data plane that plays a market: market seconds a second, 0 as fast as it goes. */
  readonly speed?: number | undefined
  /** Turns or items, hash and counts, for `/status/run`. */
  describe(): object
  /** Counts what was published since the last call. */
  observe(): void
  busStats(nowUs: number): readonly TopicCounts[]
}

/** What a plane needs to work on a run. */
export interface RunContext {
  readonly run: Run
  readonly bus: Bus<Buffer>
  readonly edge: Edge
  /** Folder of the run's snapshots and input log. */
  readonly folder: string
  readonly history: HistorySink | undefined
  readonly latest: LatestState | undefined
  readonly logger: Logger
  readonly clock: Clock
}

/** The history of one run, and how to close it. */
export interface RunHistory extends HistorySink {
  close(): Promise<void>
}

export interface PlaneServiceOptions {
  /** data-plane, strategy-plane, order-plane; of an instance: data-plane.kraken. */
  readonly name: string
  /** The stage of its heartbeats. */
  readonly stage: Stage
  readonly config: Pick<PlaneConfig, 'state' | 'market'>
  /** The bus with the runs. */
  readonly source: BusSource<Buffer>
  readonly logger: Logger
  readonly clock: Clock
  readonly latest: LatestState | undefined
  readonly openHistory: (run: Run) => RunHistory | undefined
  /** Builds the plane for a run, from its saved state. */
  readonly host: (context: RunContext) => Promise<HostedRun>
  /** Called when the plane is suspended: it cannot resume its run. */
  readonly onSuspended: (why: string) => Promise<void>
  /** Called when that is because of a record that cannot be read, while the edge of the run can still order a halt. */
  readonly onUnreadable?: ((why: string, edge: Edge) => void) | undefined
  /** Called for every heartbeat that starts here, with its origin. */
  readonly onOrigin: (originUs: number) => void
  /** Called for every record of the bus that is refused. */
  readonly onRefusedRecord: (reason: string) => void
}

/** The status of a plane service. */
export interface PlaneStatus {
  readonly phase: 'connecting' | 'waiting for a run' | 'starting' | 'running' | 'suspended' | 'stopping'
  /** Why the plane is suspended, or does not host the current run: it waits for a new one. */
  readonly why?: string
  /** The record that it cannot read. */
  readonly at?: RecordPlace
  readonly run?: Run
  readonly hosted?: HostedRun
  readonly bus?: ReachableBus<Buffer>
  readonly edge?: Edge
}

const BEAT_EVERY_MS = 1000

/** Follows the current run: hosts the plane for it, and starts over when a newer one begins. */
export class PlaneService {
  readonly #options: PlaneServiceOptions
  #status: PlaneStatus = { phase: 'connecting' }
  #watch: RunWatch<Buffer> | undefined
  #beating: NodeJS.Timeout | undefined
  /** Resolves when the record at which the plane is suspended is skipped. */
  #skipped = new Deferred()

  constructor(options: PlaneServiceOptions) {
    this.#options = options
  }

  get status(): PlaneStatus {
    return this.#status
  }

  /** The runs on the bus; for who may start one. Rejects while the bus is away. */
  readonly runs: RunDesk = {
    current: async () =>
      (await readRuns(this.#bus(), `${this.#options.name}.starts`, this.#options.source.decode)).at(-1),
    start: (run, who) => startRun(this.#bus(), { ...run, who, nowUs: this.#options.clock.nowUs() }),
  }

  #bus(): ReachableBus<Buffer> {
    const { bus } = this.#status
    if (bus === undefined) throw new Error('Expected a connection to Kafka, was none')
    return bus
  }

  /** Why a record cannot be skipped now; undefined when it can be, or already is. */
  whyNotSkip(place: RecordPlace): string | undefined {
    const { run, at } = this.#status
    if (run === undefined) return 'Expected a run, was none'
    if (at !== undefined && isSamePlace(at, place)) return undefined
    if (this.#skippedOf(run).of(place) !== undefined) return undefined
    const expected = at ? `${at.topic}, partition ${at.partition}, offset ${at.offset}` : 'none: it can read its topics'
    return `Expected the record at which the plane is suspended, ${expected}; was another`
  }

  /** Goes on with the run without the record at which the plane is suspended. Throws when that cannot be remembered. */
  skip(record: SkippedRecord): void {
    const { run, at } = this.#status
    if (run === undefined) return
    this.#skippedOf(run).add(record)
    if (at !== undefined && isSamePlace(at, record)) this.#skipped.resolve()
  }

  #skippedOf({ runId }: Run): SkippedRecords {
    return new SkippedRecords(join(this.#options.config.state.folder, runId, this.#options.name))
  }

  /** Follows runs until `stopping` aborts. Rejects with a fatal fault, or a bug. */
  async run(stopping: AbortSignal): Promise<void> {
    const { name, source, logger, onRefusedRecord } = this.#options
    const stop = () => {
      this.#status = { ...this.#status, phase: 'stopping' }
      this.#status.hosted?.stop()
      // Closing the bus closes the rest.
      this.#watch?.close().catch(() => undefined)
    }
    stopping.addEventListener('abort', stop, { once: true })
    const fatal = new Deferred<never>()
    fatal.promise.catch(() => undefined)
    const bus = await source.connect(stopping, (fault) => fatal.reject(outOfOrder(fault)))
    if (bus === undefined) return
    try {
      this.#watch = new RunWatch(bus, `${name}.runs`, source.decode, ({ code, detail }) => {
        logger.critical("A run is ignored: its topic is not its writer's", { detail })
        onRefusedRecord(code)
      })
      while (!stopping.aborted) {
        this.#status = { phase: 'waiting for a run', bus }
        const run = await this.#watch.current()
        if (run === undefined || stopping.aborted) break
        await Promise.race([this.#work(bus, run, stopping), fatal.promise])
      }
    } finally {
      // A broken bus ends this before the run.
      clearInterval(this.#beating)
      await bus.close()
    }
  }

  /** Works on a run until a newer one begins, or the service is stopped. */
  async #work(bus: ReachableBus<Buffer>, run: Run, stopping: AbortSignal): Promise<void> {
    const { name, stage, config, logger, clock, latest, openHistory, host, onRefusedRecord, onOrigin } = this.#options
    const misfit = venuesMisfit(run, { name, stage, config })
    if (misfit && stage === 'order') return this.#awaitAnother(bus, run, misfit)
    if (misfit) throw misfit
    this.#status = { phase: 'starting', bus, run }
    const runLogger = logger.child('run').bind({ run_id: run.runId })
    const history = openHistory(run)
    const folder = join(config.state.folder, run.runId, name)
    const edgeName = `${name}.edge`
    const edgeProducer = bus.producer({ name: edgeName, runId: run.runId })
    const sequences = reserveSequences(folder, clock.nowUs(), (fault) =>
      runLogger.error('Cannot save the sequences of the edge', { fault }),
    )
    const edge = new Edge({
      name: edgeName,
      stage,
      producer: edgeProducer,
      run,
      lastSeq: sequences.lastSeq,
      onSequence: sequences.use,
      clock,
      onDeadLetter(letter) {
        history?.write(edgeName, [letter])
        onRefusedRecord(letter.reason)
      },
      onUnsent: ({ origin }) =>
        runLogger.warning('Too many dead letters wait: the next ones are not sent', { ...origin }),
    })
    const newerRun = this.#watch?.newerThan(run)
    try {
      const hosted = await host({ run, bus, edge, folder, history, latest, logger: runLogger, clock })
      this.#status = { phase: 'running', bus, run, hosted, edge }
      runLogger.info('Run is hosted', { mode: run.mode, account: run.account, market_time_us: hosted.marketUs })
      this.#beating = setInterval(() => {
        const marketTimeUs = hosted.marketUs
        if (stage === 'data') {
          const originUs = clock.nowUs()
          edge.beat(marketTimeUs, originUs, hosted.speed)
          onOrigin(originUs)
        } else if (!hosted.isCatchingUp) edge.beatAfter(BEAT_EVERY_MS * 1000, marketTimeUs)
        latest?.set('plane', stage, { status: 'running', runId: run.runId, marketTimeUs })
      }, BEAT_EVERY_MS)
      void newerRun?.then((newer) => {
        if (newer === undefined) return
        runLogger.info('A newer run was started', { newer_run_id: newer.runId })
        hosted.stop()
      })
      if (stopping.aborted) hosted.stop()
      await hosted.run()
    } catch (error) {
      if (!mustSuspend(error)) throw error
      clearInterval(this.#beating)
      const at = error instanceof UnreadableRecordError ? error.place : undefined
      this.#skipped = new Deferred()
      if (at) this.#options.onUnreadable?.(error.message, edge)
      await this.#hold(bus, run, error.message, at)
      await Promise.race([newerRun, this.#skipped.promise])
    } finally {
      clearInterval(this.#beating)
      await history?.close()
      await edgeProducer.close().catch(() => undefined)
    }
  }

  /** An order plane is who starts runs: of other venues than its own it hosts none, and waits for one of its own. */
  async #awaitAnother(bus: ReachableBus<Buffer>, run: Run, { message }: ConfigError): Promise<void> {
    this.#status = { phase: 'waiting for a run', why: message, bus, run }
    this.#options.logger.critical('The plane is not configured for the current run: it waits for another', {
      why: message,
    })
    await this.#watch?.newerThan(run)
  }

  /** Trades nothing, serves its port, and waits for a newer run. */
  async #hold(bus: ReachableBus<Buffer>, run: Run, why: string, at?: RecordPlace): Promise<void> {
    this.#status = { phase: 'suspended', why, bus, run, ...(at && { at }) }
    this.#options.logger.critical('The plane cannot resume its run: it is suspended', { why })
    await this.#options.onSuspended(why)
  }
}

/** Faults that a restart would not fix and that leave the plane without a state to trade on. */
function mustSuspend(error: unknown): error is PlaneSuspendedError | InputLogError {
  return error instanceof PlaneSuspendedError || (error instanceof InputLogError && error.code === 'broken')
}

/** Messages possibly out of order are a reason to stop trading: like a bug, they leave a crash note. */
function outOfOrder(fault: Error): Error {
  return new Error(`Invariant: the bus has everything in order, was ${fault.message}`, { cause: fault })
}

/** Why the run's instruments are not those that the plane is configured for: saved state fits no others. */
function venuesMisfit(
  run: Run,
  { name, stage, config }: Pick<PlaneServiceOptions, 'name' | 'stage' | 'config'>,
): ConfigError | undefined {
  const instances = sourcesOf(run)
  if (stage === 'data' && !instances.includes(name)) {
    const expected = `that of a data plane of the current run ${run.runId}, ${instances.join(' or ')}; or start a new run`
    return new ConfigError('The configuration', [
      { path: 'plane.instance (TRIPLANE_PLANE_INSTANCE)', expected, found: name },
    ])
  }
  const own = run.dataPlanes?.find(({ instance }) => stage === 'data' && instanceName('data-plane', instance) === name)
  const { venues } = own ?? run
  const configured = listOf(config.market.venues)
  if (configured.length === venues.length && configured.every((venue) => venues.includes(venue))) return undefined
  return new ConfigError('The configuration', [
    {
      path: 'market.venues (TRIPLANE_VENUES)',
      expected: `${venues.join(',')}, the venues of the current run ${run.runId}; or start a new run for these`,
      found: configured.join(','),
    },
  ])
}
