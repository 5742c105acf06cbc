import type { Clock } from '@triplane/kernel'
import {
  cpuCheck,
  createHealth,
  diskCheck,
  eventLoopCheck,
  memoryCheck,
  probeCheck,
  reportCheck,
  type Check,
  type RuledCheck,
} from '@triplane/health'
import { startMetricsServer, type Metrics, type MetricsServer } from '@triplane/metrics'
import type { LatestState } from '@triplane/state'
import type { RequestHandler } from 'express'
import type { ServiceConfig } from '../service-config.ts'
import type { PlaneStatus } from './plane-service.ts'
import { statusRoutes, type StatusViews } from './status-routes.ts'

/** Free bytes of the disk below which a service is not healthy: the input log has to go somewhere. */
const MIN_FREE_BYTES = 500_000_000
const MAX_EVENT_LOOP_LAG_SECONDS = 1
const MAX_CPU_RATIO = 0.98

export interface ServeOptions {
  readonly config: ServiceConfig
  readonly metrics: Metrics<string>
  readonly status: () => PlaneStatus
  readonly latest: LatestState | undefined
  /** Whether history takes what it is given; absent when nothing is stored. */
  readonly history: () => { readonly isHealthy: boolean; readonly fault?: Error } | undefined
  /** The plane's own checks: the feed of the data plane. */
  readonly checks?: Readonly<Record<string, Check | RuledCheck>>
  /** What is shown at `/status/<name>`: name and value. */
  readonly views: StatusViews
  readonly routes: readonly RequestHandler[]
  readonly clock: Clock
}

export interface ServiceServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves metrics, health, status and what else the plane has, on one port. It is there before Kafka is. */
export async function serve(options: ServeOptions): Promise<ServiceServer> {
  const { config, metrics, status, latest, history, checks = {}, views, routes, clock } = options
  const eventLoop = eventLoopCheck({ maxLagSeconds: MAX_EVENT_LOOP_LAG_SECONDS, clock })
  const all: Record<string, Check | RuledCheck> = {
    kafka: { check: probeCheck('Kafka', async () => ping(status())), timeoutMs: 3000, failsAs: 'degraded' },
    disk: diskCheck({ folder: config.state.folder, minFreeBytes: MIN_FREE_BYTES }),
    memory: memoryCheck(),
    cpu: { check: cpuCheck({ maxRatio: MAX_CPU_RATIO, clock }), failsAs: 'degraded' },
    event_loop: eventLoop.check,
    run: () => {
      const { phase, why } = status()
      return { healthy: phase !== 'held', details: { phase, ...(why !== undefined && { why }) } }
    },
    ...checks,
  }
  if (config.storage.url !== undefined) {
    all['database'] = { check: reportCheck(() => history() ?? { isHealthy: true }), failsAs: 'degraded' }
  }
  if (latest) all['redis'] = { check: reportCheck(() => latest.health()), failsAs: 'degraded' }
  const readiness = {
    run: () => {
      const { phase, run, hosted } = status()
      return { healthy: phase === 'running' && hosted?.isReady === true, details: { phase, run_id: run?.runId } }
    },
    kafka: probeCheck('Kafka', async () => ping(status())),
  }
  const health = createHealth({ checks: all, readiness, clock })
  const server: MetricsServer = await startMetricsServer(metrics, {
    port: config.http.port,
    host: config.http.host,
    health,
    routes: [statusRoutes(views), ...routes],
  })
  return {
    url: server.url,
    async close() {
      eventLoop.close()
      await server.close()
    },
  }
}

async function ping({ bus, phase }: PlaneStatus): Promise<void> {
  if (bus === undefined) throw new Error(phase)
  await bus.ping()
}
