import { createHash, randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { buildInfo, instrumentsOf, loadInstruments } from '@triplane/config'
import { StateMisfitError, type Instrument } from '@triplane/contracts'
import {
  openCaptures,
  openLive,
  openSimulation,
  requestMissing,
  type SimulationPlan,
  type Source,
} from '@triplane/feeds'
import { hostGuard } from '@triplane/control'
import type { Clock } from '@triplane/kernel'
import { keptCashNotice } from '@triplane/ledger'
import { createLogger } from '@triplane/logging'
import { isSessionOpen } from '@triplane/market-data'
import { createMemoryBus } from '@triplane/messaging'
import { openOtlpExport } from '@triplane/metrics'
import { accountRates } from '@triplane/planes'
import { announceSystem, createStateCodec, otlpOptions, simulatedAccount, type RunningSystem } from '@triplane/service'
import { declaredHistory, tunedNotice } from '@triplane/strategy-core'
import { loadStrategies } from '@triplane/user-strategies'
import { buildReport } from './build-report.ts'
import { loadStandaloneConfig, type StandaloneConfig } from './config.ts'
import { History } from './history.ts'
import { liveStatus } from './live-status.ts'
import { LiveView, type Screen } from './live-view.ts'
import { UsageError, type Options } from './options.ts'
import { operatorSecrets, type OperatorSecrets } from './operator-secrets.ts'
import { composePlanes, type Planes, type PlanesOptions } from './planes.ts'
import { openOperators } from './operators.ts'
import { createMetricsOfPlanes, startServers } from './plane-servers.ts'
import type { Report } from './report.ts'
import { loadStopped, markRunning, ResumeError, saveStopped } from './run-file.ts'
import { rehearsalOf } from './rehearsal.ts'
import { run } from './run.ts'
import { saveStored, stoppedRunSchema, storedBefore, type StoppedRun } from './stopped-run.ts'

/** The edges of the app, replaceable in tests. */
export interface Edges {
  readonly clock: Clock
  readonly screen: Screen
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A composed run. */
export interface Standalone {
  /** Addresses of metrics and health: data, order and strategy plane; empty when they are off. */
  readonly urls: readonly string[]
  /** The instruments of the run, with their current steps. */
  readonly instruments: readonly Instrument[]
  /** Runs to the end and returns the report. */
  run(): Promise<Report>
  /** Ends the run cleanly: handles what was received, then makes the report. */
  stop(): Promise<void>
}

/** Chooses every adapter of the run and joins them. Throws an error that names the wrong setting, file or port. */
export async function composeStandalone(options: Options, { clock, screen, environment }: Edges): Promise<Standalone> {
  checkFolders(options)
  const strategies = await loadStrategies(options.strategyFolder ?? environment['TRIPLANE_STRATEGIES'])
  const loaded = loadStandaloneConfig(options, environment, strategies)
  const allInstruments = loadInstruments(options.instrumentFiles)
  const stateFolder = join(options.varFolder, 'standalone')
  // Created only to load or save state: compiling its schema takes longer than the rest of the start.
  const newCodec = () =>
    createStateCodec(stoppedRunSchema(strategies), {
      configurationDigest: digestOf(loaded, allInstruments),
      commit: buildInfo.commit,
    })
  const stopped = options.resume ? loadStopped(stateFolder, newCodec()) : undefined
  const config = stopped ? withOfiInterval(loaded, stopped.state.ofiIntervalUs) : loaded

  const runId = stopped ? stopped.state.runId : randomBytes(4).toString('hex')
  const plan = stopped?.state.plan ?? planOf(options, clock)
  const kind = kindOf(options)
  const source = await openSource()
  const symbols = options.symbols ?? source.symbols
  const instruments = symbolsOf(instrumentsOf(source.venues, allInstruments), symbols)
  const alwaysOpen = kind === 'simulation' && plan.sessions === 'always'

  const logger = createLogger({
    service: 'standalone',
    level: config.log.level,
    levels: config.log.levels,
    destination: { file: join(options.varFolder, 'log', 'triplane.log') },
    clock,
  }).bind({ run_id: runId })
  const turn = { nowUs: clock.nowUs() }
  // No consumer joins late within one process: retaining more records would only cost memory.
  const bus = createMemoryBus({ nowUs: () => turn.nowUs, retainRecords: 64 })
  const rates = accountRates(config.order.ratesToUsd, instruments)
  const metrics = createMetricsOfPlanes({ config, instruments, rates, source: source.name, logger })
  for (const difference of stopped ? stopped.differences : []) logger.warning(`State of the resumed run: ${difference}`)
  const { order: savedOrder, strategy: savedStrategy } = stopped?.state.planes ?? {}
  const cashNotice = keptCashNotice(savedOrder?.core.ledger, config.order)
  for (const notice of [cashNotice, tunedNotice(savedStrategy?.core.strategies)]) if (notice) logger.warning(notice)
  const planes = resumePlanes({
    strategies,
    config,
    source: source.name,
    instruments,
    rates,
    isSessionOpen: alwaysOpen ? () => true : isSessionOpen,
    bus,
    runId,
    metrics,
    clock,
    turnUs: () => turn.nowUs,
    hash: stopped ? stopped.state.planes.hashes !== null : options.hash,
    logger,
    onMarketEvent: (event) => requestMissing(source, event),
    onReleased: (release) => operators.noteRelease({ account: simulatedAccount(runId), runId }, release),
    ...(stopped && { resumed: stopped.state.planes }),
  })

  const secrets = operatorSecrets(config, options.varFolder)
  const operators = await openOperators({
    ...{ config: secrets, planes, bus, runId, metrics, clock, logger },
    folder: join(stateFolder, 'operators', runId),
    beginsHalted: options.halted,
  })
  const cleanUps: (() => Promise<void>)[] = [() => bus.close()]
  async function cleanUp(): Promise<void> {
    for (const close of cleanUps.splice(0).reverse()) await close()
  }

  for (const plane of [metrics.data, metrics.order, metrics.strategy]) {
    const otlp = await openOtlpExport(plane, otlpOptions(config, logger))
    if (otlp) cleanUps.push(() => otlp.close())
  }

  let history: History | undefined
  const urls: string[] = []
  try {
    if (options.ports) {
      const servers = await startServers(
        metrics,
        options,
        hostGuard({
          names: config.http.names,
          tokens: secrets.operator.tokens,
          onRefused(reason, address) {
            metrics.order.stageRefused.inc({ stage: 'control', reason })
            operators.noteRefused(reason, address)
          },
        }),
        planes,
        { runId, account: simulatedAccount(runId) },
        () => history,
        [operators.control.routes],
        clock,
      )
      cleanUps.push(() => servers.close())
      urls.push(...servers.urls)
    }
    if (options.storage) {
      const opened = await History.open({
        url: config.storage.url,
        folder: join(options.varFolder, 'postgres'),
        maxBufferedRows: config.storage.maxBufferedRows,
        bus,
        run: { runId, mode: modeOf(options), startedAtUs: clock.nowUs(), configuration: withoutSecrets(config) },
        spill: { folder: join(options.varFolder, 'spill'), maxBytes: config.storage.maxSpilledBytes },
        waits: kind === 'replay' || options.speed === 'max',
        metrics: metrics.data,
        logger,
        before: stopped && storedBefore(stopped.state),
      })
      history = opened
      cleanUps.push(() => opened.close())
    }
    operators.openAudit(history?.database)
    cleanUps.push(() => operators.close())
    if (kind === 'simulation') markRunning(stateFolder, runId)
    const takeBack = announceSystem(options.varFolder, announcement(urls, history, secrets))
    cleanUps.push(() => Promise.resolve(takeBack()))
  } catch (error) {
    await cleanUp()
    throw error
  }

  /** Opens the source of the run's frames. */
  async function openSource(): Promise<Source> {
    if (kind === 'replay') return openCaptures({ ...options, instruments: allInstruments }, clock)
    if (options.live === undefined) return openSimulation(plan, options, clock, stopped?.state.market)
    return openLive(
      {
        ...{ venue: options.live, durationUs: options.durationUs, recordFile: options.recordFile, ...config.source },
        instruments: symbolsOf(instrumentsOf([options.live], allInstruments), options.symbols),
        pastBars: declaredHistory(config.strategy, strategies),
        onNotice: (notice) => logger.warning(`Feed: ${notice.kind}`, { notice }),
      },
      clock,
    )
  }

  let isStopped = false
  const view = new LiveView(screen, urls, () => clock.monotonicUs() / 1000)

  async function runAll(): Promise<Report> {
    logger.info('Run started', { source: source.description, speed: options.speed })
    const startedUs = clock.monotonicUs()
    await run({
      source,
      planes,
      history,
      view,
      status: () => liveStatus(planes, source, history),
      clock,
      onTurn: (nowUs) => void (turn.nowUs = nowUs),
      // At full speed nothing is idle.
      rehearse: options.speed === 'max' ? undefined : rehearsalOf(config, instruments, rates, strategies),
      // A shorter capture ends the run, and so does a live venue: nothing is known after them.
      durationUs: kind === 'simulation' ? options.durationUs : undefined,
      isStopped: () => isStopped,
    })
    const wallSeconds = (clock.monotonicUs() - startedUs) / 1e6
    const storage = await history?.flush()
    const report = buildReport(planes, {
      run: factsOf(runId, source, plan, options),
      wallSeconds,
      ...(storage && { storage }),
    })
    if (source.marketState) {
      const state: StoppedRun = {
        runId,
        plan,
        ofiIntervalUs: config.data.ofiIntervalUs,
        market: source.marketState(),
        planes: planes.state(),
        storage: saveStored(storage),
      }
      saveStopped(stateFolder, newCodec().encode(state))
    }
    if (options.reportFile !== undefined) writeFileSync(options.reportFile, `${JSON.stringify(report, undefined, 2)}\n`)
    await history?.noteEnd({ endedAtUs: clock.nowUs(), report })
    logger.info('Run ended', { wall_seconds: wallSeconds, frames: report.frames.in, hash: report.hash })
    return report
  }

  return {
    urls,
    get instruments() {
      return planes.data.core.lanes.map(({ instrument, steps }) => ({ ...instrument, ...steps.inForce }))
    },
    async run() {
      try {
        return await runAll()
      } finally {
        view.clear()
        await cleanUp()
      }
    },
    stop() {
      isStopped = true
      history?.hurry()
      return source.feed.close()
    },
  }
}

/** What commands on this machine need to know. Paths are absolute: a command may run in another folder. */
function announcement(
  [data, order, strategy]: readonly string[],
  history: History | undefined,
  { tokenFile, keyFile }: OperatorSecrets,
): RunningSystem {
  return {
    pid: process.pid,
    ...(data && order && strategy && { planes: { data, order, strategy } }),
    ...(history && { databaseUrl: history.database.url }),
    ...(tokenFile && { tokenFile: resolve(tokenFile.path) }),
    ...(keyFile && { auditKeyFile: resolve(keyFile.path) }),
  }
}

/** Composes the planes. Throws a ResumeError when the saved state does not fit the instruments of this start. */
function resumePlanes(options: PlanesOptions): Planes {
  try {
    return composePlanes(options)
  } catch (error) {
    if (!(error instanceof StateMisfitError)) throw error
    throw new ResumeError(`Cannot resume the run: ${error.message}. Start a new run without --resume.`)
  }
}

/** Checks before the run, not after it, that its results can be written. */
function checkFolders({ varFolder, reportFile, recordFile }: Options): void {
  if (recordFile !== undefined && existsSync(recordFile))
    throw new UsageError(`Cannot record to ${recordFile}: the file exists.`)
  try {
    mkdirSync(varFolder, { recursive: true })
    accessSync(varFolder, constants.W_OK)
  } catch (error) {
    throw new UsageError(`Cannot write to the folder of --var, ${varFolder}: ${codeOf(error)}.`)
  }
  if (reportFile === undefined) return
  try {
    accessSync(dirname(reportFile), constants.W_OK)
  } catch (error) {
    throw new UsageError(`Cannot write the file of --report, ${reportFile}: ${codeOf(error)}.`)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function planOf(options: Options, clock: Clock): SimulationPlan {
  const { seed, scenario, sessions, startTimeUs } = options
  return { seed, scenario, sessions, startUs: startTimeUs ?? Math.floor(clock.nowUs() / 1e6) * 1e6 }
}

/** The source of a run's frames. */
function kindOf({ captures, live }: Options): 'replay' | 'live' | 'simulation' {
  return captures.length > 0 ? 'replay' : live === undefined ? 'simulation' : 'live'
}

function modeOf(options: Options): string {
  const kind = kindOf(options)
  return kind === 'simulation' && options.scenario !== 'calm' ? 'scenario' : kind
}

/** The instruments with these symbols; all of them when none are given. */
function symbolsOf(instruments: readonly Instrument[], symbols?: readonly string[]): readonly Instrument[] {
  const stranger = symbols?.find((symbol) => !instruments.some((one) => one.symbol === symbol))
  if (stranger !== undefined) {
    const known = instruments.map(({ symbol }) => symbol).join(', ')
    throw new UsageError(`Expected symbols among ${known}, was ${stranger}; --instruments adds others.`)
  }
  return instruments.filter(({ symbol }) => symbols?.includes(symbol) ?? true)
}

function factsOf(runId: string, source: Source, plan: SimulationPlan, options: Options) {
  const isSimulated = kindOf(options) === 'simulation'
  const simulated = isSimulated ? { seed: plan.seed, scenario: plan.scenario, sessions: plan.sessions } : {}
  const startTimeUs = isSimulated ? plan.startUs : source.startUs
  return { id: runId, source: source.description, ...simulated, startTimeUs }
}

function withOfiInterval(config: StandaloneConfig, ofiIntervalUs: number): StandaloneConfig {
  return { ...config, data: { ...config.data, ofiIntervalUs } }
}

/** Digest of the settings that change what a run does. The OFI interval is saved with the run itself. */
function digestOf(config: StandaloneConfig, instruments: readonly Instrument[]): string {
  const { data, strategy, order } = withOfiInterval(config, 0)
  return createHash('sha256').update(JSON.stringify({ data, strategy, order, instruments })).digest('hex')
}

function withoutSecrets({ data, strategy, order }: StandaloneConfig): unknown {
  return { data, strategy, order }
}
