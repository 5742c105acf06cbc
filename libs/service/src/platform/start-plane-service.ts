import { mkdirSync } from 'node:fs'
import { instrumentsOf, loadInstruments } from '@triplane/config'
import type { EventType, Instrument, Run } from '@triplane/contracts'
import { profileRoute } from '@triplane/control'
import type { Check, RuledCheck } from '@triplane/health'
import type { Clock } from '@triplane/kernel'
import type { Logger } from '@triplane/logging'
import { exportBusStats, exportLostRows, openOtlpExport, type BusTopics, type Metrics } from '@triplane/metrics'
import type { EventualDatabase, HistoryObserver } from '@triplane/storage'
import type { RequestHandler } from 'express'
import type { Service } from '../lifecycle/run-service.ts'
import { listOf, type ServiceConfig } from '../service-config.ts'
import { openHistories } from './histories.ts'
import { showRefusals, storedOf } from './known-series.ts'
import { openLatestState } from './latest.ts'
import { PlaneService, type HostedRun, type PlaneStatus, type RunContext } from './plane-service.ts'
import { serve } from './serve.ts'

/** The edges of a service's process. */
export interface ServiceEdges {
  readonly logger: Logger
  readonly clock: Clock
}

/** The instruments that a service is configured for: those of its venues, in the built-in file and the user's. */
export function configuredInstruments({ market }: ServiceConfig): readonly Instrument[] {
  return instrumentsOf(listOf(market.venues), loadInstruments(market.instrumentFiles))
}

export interface StartOptions<Hosted extends HostedRun> extends ServiceEdges {
  /** data-plane, strategy-plane, order-plane. */
  readonly name: string
  /** The stage of its heartbeats: data, strategy, order. */
  readonly stage: 'data' | 'strategy' | 'order'
  /** What the plane hears on and speaks on. */
  readonly topics: BusTopics
  readonly config: ServiceConfig
  readonly metrics: Metrics<string>
  /** Builds the plane for a run. `metrics` are those of the service, whose gauges end with the run. */
  readonly host: (context: RunContext, beforeScrape: (measure: () => void) => void) => Promise<Hosted>
  /** What is shown at `/status/<name>`, beside `run`. */
  readonly views: (hosted: () => Hosted | undefined) => Readonly<Record<string, () => unknown>>
  readonly checks?: Readonly<Record<string, Check | RuledCheck>>
  /** What the plane serves on its port beside what every plane does: metrics, health, status, profiles. */
  readonly routes?: readonly RequestHandler[]
  /** Told when the plane is held: it cannot take up its run again, and nothing is hosted. */
  readonly onHeld?: (why: string) => Promise<void>
  /** Makes who is told what becomes of the history of these types; else what is lost is counted. */
  readonly observeHistory?: (types: readonly EventType[]) => HistoryObserver
}

/** A plane as a service, and what its app closes before it. */
export interface StartedService extends Service {
  /** The database of its history, where one is configured. */
  readonly database: EventualDatabase | undefined
}

/** Starts a plane as a service: its port first, then Kafka, then the current run. Rejects when the port is taken. */
export async function startPlaneService<Hosted extends HostedRun>(
  options: StartOptions<Hosted>,
): Promise<StartedService> {
  const { name, stage, topics, config, metrics, host, views, checks, routes = [], logger, clock } = options
  mkdirSync(config.state.folder, { recursive: true })
  const latest = openLatestState(config, logger)
  const histories = openHistories({
    config,
    name,
    observe: () => (options.observeHistory ?? ((types) => exportLostRows(metrics, types)))(storedOf(topics)),
    isKeeper: stage === 'data',
    logger,
    clock,
  })
  let hosted: Hosted | undefined
  let measures: (() => void)[] = []
  const begun: { service?: PlaneService } = {}
  const status = (): PlaneStatus => begun.service?.status ?? { phase: 'connecting' }

  metrics.beforeScrape(() => {
    hosted?.observe()
    for (const measure of measures) measure()
    metrics.storageSpilled.set(histories?.health().spilledBytes ?? 0)
  })
  showRefusals(metrics, topics)
  exportBusStats(metrics, topics, () => hosted?.busStats(clock.nowUs()) ?? [])
  const profiles = profileRoute({
    tokens: config.operator.tokens,
    onRefused: (reason) => metrics.stageRefused.inc({ stage: 'control', reason }),
  })

  const server = await serve({
    config,
    metrics,
    status,
    latest,
    history: () => histories?.health(),
    ...(checks && { checks }),
    views: { run: () => describeRun(status()), ...views(() => hosted) },
    routes: [...routes, profiles],
    clock,
  })
  logger.info('Listening', { url: server.url })
  const otlp = await openOtlpExport(metrics, otlpOptions(config, logger))

  const service = new PlaneService({
    name,
    stage,
    config,
    logger,
    clock,
    latest,
    openHistory: (run: Run) => histories?.open(run),
    async host(context) {
      measures = []
      hosted = await host(context, (measure) => void measures.push(measure))
      return hosted
    },
    async onHeld(why) {
      hosted = undefined
      measures = []
      await options.onHeld?.(why)
    },
    onOrigin: (originUs) => metrics.heartbeat.set({ stage }, originUs / 1e6),
    onDeadLetter: (reason) => metrics.stageRefused.inc({ stage: 'decode', reason }),
  })
  begun.service = service
  const closed = service.ended.finally(async () => {
    await histories?.close()
    await latest?.close()
    await otlp?.close()
    await server.close()
  })
  return {
    database: histories?.database,
    ended: closed,
    async stop() {
      await service.stop()
      await closed.catch(() => undefined)
    },
  }
}

function describeRun({ phase, why, run, hosted }: PlaneStatus): unknown {
  return {
    phase,
    why,
    runId: run?.runId,
    mode: run?.mode,
    account: run?.account,
    marketUs: hosted?.marketUs,
    isReady: hosted?.isReady ?? false,
    isFinal: hosted?.isFinal ?? false,
    ...hosted?.describe(),
  }
}

/** Where a service posts its metrics too, and who is told that it cannot. */
export function otlpOptions(
  { metrics }: Pick<ServiceConfig, 'metrics'>,
  logger: Logger,
): Parameters<typeof openOtlpExport>[1] {
  return {
    endpoint: metrics.otlpEndpoint,
    everyMs: metrics.otlpEveryMs,
    onFault(fault) {
      if (fault) logger.warning('Metrics could not be sent by OTLP', { endpoint: metrics.otlpEndpoint, fault })
      else logger.info('Metrics are sent by OTLP again')
    },
  }
}
