import { skipRoute, type SkipOrder } from '@triplane/control'
import { instrumentsOf, loadInstruments } from '@triplane/config'
import {
  decidesTrading,
  instanceName,
  type EventType,
  type Instrument,
  type PlaneName,
  type Run,
  type Stage,
} from '@triplane/contracts'
import type { RunDesk } from '@triplane/control'
import { reportCheck, type Check, type RuledCheck } from '@triplane/health'
import { exportBusStats, exportLostRows, type BusTopics, type Metrics } from '@triplane/metrics'
import type { EventualDatabase, HistoryObserver } from '@triplane/storage'
import type { Router } from 'express'
import type { Edge } from '../host/edge.ts'
import type { ServiceEdges, ServicePart, ServiceParts } from '../lifecycle/service-part.ts'
import { listOf, type PlaneConfig } from '../service-config.ts'
import { kafkaSource, type BusSource } from './bus-source.ts'
import { openHistories } from './histories.ts'
import { showRecordRefusals, storedOf } from './known-series.ts'
import { openLatestState } from './latest.ts'
import { databaseCheck, kafkaChecks } from './plane-checks.ts'
import { PlaneService, type HostedRun, type PlaneStatus, type RunContext } from './plane-service.ts'
import type { StatusViews } from './status-routes.ts'

/** The instruments of a plane's configured venues, in the built-in file and the user's. */
export function configuredInstruments({ market }: Pick<PlaneConfig, 'market'>): readonly Instrument[] {
  return instrumentsOf(listOf(market.venues), loadInstruments(market.instrumentFiles))
}

export interface PlanePartsOptions<Hosted extends HostedRun> {
  /** Its name, the stage of its heartbeats, and its topics. */
  readonly definition: { readonly name: PlaneName; readonly stage: Stage; readonly topics: BusTopics }
  /** Its instance name, if the run has several such planes. */
  readonly instance?: string | undefined
  readonly metrics: Metrics<string>
  /** Default: the Kafka cluster of the settings. */
  readonly source?: BusSource<Buffer>
  /** Builds the plane for a run. `beforeScrape` registers gauges that end with the run. */
  readonly host: (context: RunContext, beforeScrape: (measure: () => void) => void) => Promise<Hosted>
  /** The views at `/status/<name>`, besides `run`. */
  readonly views: (hosted: () => Hosted | undefined) => StatusViews
  readonly checks?: Readonly<Record<string, Check | RuledCheck>>
  /** Called when the plane is suspended: it cannot resume its run, and nothing is hosted. */
  readonly onSuspended?: (why: string) => Promise<void>
  /** Called when that is because of a record that cannot be read. */
  readonly onUnreadable?: (why: string, edge: Edge) => void
  /** Commits the audit row of a skipped record, where this plane does. */
  readonly auditSkip?: (order: SkipOrder) => Promise<void>
  /** Creates the observer of these types' history; by default, lost rows are counted. */
  readonly observeHistory?: (types: readonly EventType[]) => HistoryObserver
}

/** A plane as parts of a service; the database of its history, if configured, for further parts; and the runs on its bus. */
export interface PlaneParts extends ServiceParts {
  readonly database: EventualDatabase | undefined
  readonly runs: RunDesk
}

/** Builds the parts of a plane as a service: latest state, history, and the plane itself at work on the current run. */
export function planeParts<Hosted extends HostedRun>(
  config: PlaneConfig,
  {
    definition,
    instance,
    metrics,
    source,
    host,
    views,
    checks,
    onSuspended,
    onUnreadable,
    auditSkip,
    observeHistory,
  }: PlanePartsOptions<Hosted>,
  { logger, clock }: ServiceEdges,
): PlaneParts {
  const { stage, topics } = definition
  const name = instanceName(definition.name, instance)
  const latest = openLatestState(config, logger)
  const histories = openHistories({
    config,
    name,
    observe: () => (observeHistory ?? ((types) => exportLostRows(metrics, types)))(storedOf(topics)),
    isKeeper: stage === 'data',
    logger,
    clock,
  })
  let hosted: Hosted | undefined
  let measures: (() => void)[] = []

  metrics.beforeScrape(() => {
    hosted?.observe()
    for (const measure of measures) measure()
    metrics.storageSpilled.set(histories?.health().spilledBytes ?? 0)
  })
  if (topics.consumed.length > 0) showRecordRefusals(metrics)
  exportBusStats(metrics, topics, () => hosted?.busStats(clock.nowUs()) ?? [])

  const service = new PlaneService({
    name,
    stage,
    config,
    source: source ?? kafkaSource(config.kafka, name, { logger, clock }),
    logger,
    clock,
    latest,
    openHistory: (run: Run) => histories?.open(run),
    async host(context) {
      measures = []
      hosted = await host(context, (measure) => void measures.push(measure))
      return hosted
    },
    async onSuspended(why) {
      hosted = undefined
      measures = []
      await onSuspended?.(why)
    },
    onUnreadable,
    onOrigin: (originUs) => metrics.heartbeat.set({ stage }, originUs / 1e6),
    onRefusedRecord: (reason) => metrics.stageRefused.inc({ stage: 'decode', reason }),
  })
  const kafka = kafkaChecks(() => ping(service.status))
  const parts: ServicePart[] = [
    ...(latest
      ? [{ checks: { redis: degraded(reportCheck(() => latest.health())) }, close: () => latest.close() }]
      : []),
    ...(histories
      ? [{ checks: { database: databaseCheck(() => histories.health()) }, close: () => histories.close() }]
      : []),
    {
      checks: { ...kafka.checks, run: planeCheck(() => service.status), ...checks },
      readiness: { run: planeReadiness(() => service.status), ...kafka.readiness },
      views: { run: () => describeRun(service.status), ...views(() => hosted) },
      routes: topics.consumed.some(decidesTrading) ? [skips()] : [],
      run: (stopping) => service.run(stopping),
    },
  ]
  return { metrics, parts, database: histories?.database, runs: service.runs }

  function skips(): Router {
    const reads = (name: string) => topics.consumed.some((topic) => topic.name === name)
    return skipRoute({
      tokens: config.operator.tokens,
      onRefused: (reason) => metrics.stageRefused.inc({ stage: 'control', reason }),
      // Of a topic that this plane does not read it only keeps the audit row.
      whyNot: (order) => (reads(order.topic) || !auditSkip ? service.whyNotSkip(order) : undefined),
      audit: auditSkip,
      skip(order) {
        if (reads(order.topic)) service.skip(order)
        logger.warning('A record is skipped by order of an operator', { ...order })
      },
    })
  }
}

const degraded = (check: Check): RuledCheck => ({ check, failsAs: 'degraded' })

/** Whether the plane may work on its run. */
function planeCheck(status: () => PlaneStatus): Check {
  return () => {
    const { phase, why } = status()
    return { healthy: phase !== 'suspended', details: { phase, ...(why !== undefined && { why }) } }
  }
}

/** Whether it is at work, with all repeated turns done. */
function planeReadiness(status: () => PlaneStatus): Check {
  return () => {
    const { phase, run, hosted } = status()
    return { healthy: phase === 'running' && hosted?.isReady === true, details: { phase, run_id: run?.runId } }
  }
}

async function ping({ bus, phase }: PlaneStatus): Promise<void> {
  if (bus === undefined) throw new Error(phase)
  await bus.ping()
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
