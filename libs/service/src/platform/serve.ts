import type { Clock } from '@triplane/kernel'
import { createHealth, probeCheck, reportCheck, type Check, type RuledCheck } from '@triplane/health'
import { startMetricsServer, type Metrics, type MetricsServer } from '@triplane/metrics'
import type { LatestState } from '@triplane/state'
import type { RequestHandler } from 'express'
import type { ServiceConfig } from '../service-config.ts'
import { databaseCheck, processChecks } from './plane-checks.ts'
import type { PlaneStatus } from './plane-service.ts'
import { statusRoutes, type StatusViews } from './status-routes.ts'

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
  const ofProcess = processChecks(config.state.folder, clock)
  const all: Record<string, Check | RuledCheck> = {
    ...ofProcess.checks,
    kafka: { check: probeCheck('Kafka', async () => ping(status())), timeoutMs: 3000, failsAs: 'degraded' },
    run: () => {
      const { phase, why } = status()
      return { healthy: phase !== 'held', details: { phase, ...(why !== undefined && { why }) } }
    },
    ...checks,
  }
  if (config.storage.url !== undefined) {
    all['database'] = databaseCheck(() => history() ?? { isHealthy: true })
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
      ofProcess.close()
      await server.close()
    },
  }
}

async function ping({ bus, phase }: PlaneStatus): Promise<void> {
  if (bus === undefined) throw new Error(phase)
  await bus.ping()
}
