import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nextTurn } from '@triplane/async'
import { createHealth, healthRoutes, type Health } from '@triplane/health'
import express, { type Express, type RequestHandler } from 'express'
import { TEXT_CONTENT_TYPE } from './exposition.ts'
import type { Metrics, MetricSet } from './metrics.ts'
import { selections } from './scrape.ts'

export interface MetricsServerOptions {
  /** 0 picks any free port. */
  readonly port: number
  /** Default 127.0.0.1: reachable from this machine only. */
  readonly host?: string
  /** Default: healthy without a check. */
  readonly health?: Health
  /** Goes before every route of the port. */
  readonly guard?: RequestHandler
  /** Further routes on the port. */
  readonly routes?: readonly RequestHandler[]
}

export interface MetricsServer {
  /** http://127.0.0.1:8000 */
  readonly url: string
  /** Stops listening and closes the open connections. */
  close(): Promise<void>
}

/** The metrics cannot be served at the configured address. */
export class MetricsServerError extends Error {
  readonly code: 'port_in_use' | 'cannot_listen'
  readonly retryable = false

  constructor(code: MetricsServerError['code'], message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'MetricsServerError'
    this.code = code
  }
}

/** How often readiness is checked: as often as planes are scraped. */
const READY_EVERY_MS = 1000

/**
 * Serves `/metrics`, `/metrics?families=core|book`, `/health`, `/ready` and `/health/detailed`; exports the result of `/ready`
 * as `triplane_ready`, and that of each check of `/health` as `triplane_health_check`. Rejects with a `MetricsServerError` when
 * the port is taken.
 */
export async function startMetricsServer(
  metrics: MetricSet & Pick<Metrics<string>, 'ready' | 'healthCheck'>,
  { port, host = '127.0.0.1', health = createHealth({}), guard, routes = [] }: MetricsServerOptions,
): Promise<MetricsServer> {
  const server = createServer(metricsApp(metrics, health, guard ? [guard] : [], routes))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(metrics.service, host, port, cause)))
    server.listen(port, host, resolve)
  })
  const judge = async () => {
    const [isReady, checks] = await Promise.all([health.isReady(), health.checkHealth()])
    metrics.ready.set(isReady ? 1 : 0)
    for (const [check, { status }] of Object.entries(checks))
      metrics.healthCheck.set({ check }, status === 'unhealthy' ? 0 : 1)
  }
  void judge()
  const judging = setInterval(() => void judge(), READY_EVERY_MS).unref()
  const { port: actualPort } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    close: () =>
      new Promise((resolve, reject) => {
        clearInterval(judging)
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}

function metricsApp(
  metrics: MetricSet,
  health: Health,
  guards: readonly RequestHandler[],
  routes: readonly RequestHandler[],
): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  for (const guard of guards) app.use(guard)
  app.get('/metrics', async (request, response) => {
    const asked = request.query['families'] ?? 'all'
    const selection = selections.find((one) => one === asked)
    if (selection === undefined) {
      response
        .status(400)
        .type('text/plain')
        .send(`Expected families to be one of ${selections.join(', ')}, was ${JSON.stringify(asked)}\n`)
      return
    }
    response.set('Content-Type', TEXT_CONTENT_TYPE)
    for (const part of await metrics.exposeParts(selection)) {
      // The client may have disconnected.
      if (response.destroyed) return
      response.write(part)
      await nextTurn()
    }
    response.end()
  })
  app.use(healthRoutes(health))
  for (const route of routes) app.use(route)
  return app
}

function listenError(service: string, host: string, port: number, cause: NodeJS.ErrnoException): MetricsServerError {
  return cause.code === 'EADDRINUSE'
    ? new MetricsServerError(
        'port_in_use',
        `Expected port ${port} on ${host} to be free for the metrics of ${service}, was in use by another program.`,
        cause,
      )
    : new MetricsServerError(
        'cannot_listen',
        `Expected to listen on port ${port} of ${host} for the metrics of ${service}, was ${cause.message}`,
        cause,
      )
}
