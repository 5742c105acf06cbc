import { createHealth, type Check } from '@triplane/health'
import type { Clock } from '@triplane/kernel'
import { tradableOf, type Rates } from '@triplane/instruments'
import { startMetricsServer, type MetricsServer } from '@triplane/metrics'
import { dataPlane, orderPlane, strategyPlane, warmUpCheck } from '@triplane/planes'
import { databaseCheck, feedCheck, processChecks, statusRoutes } from '@triplane/service'
import type { RequestHandler } from 'express'
import type { StandaloneConfig } from './config.ts'
import { strategyLabels } from '@triplane/strategy'
import type { History } from './history.ts'
import type { Options } from './options.ts'
import type { PlaneMetrics, Planes } from './planes.ts'

/** The metrics of the three planes: each has its own registry, as it would in its own process. */
export function createMetricsOfPlanes({
  config,
  rates,
  ...market
}: Pick<Parameters<typeof dataPlane.createMetrics>[0], 'instruments' | 'source' | 'logger'> & {
  readonly config: Pick<StandaloneConfig, 'strategy' | 'metrics'>
  readonly rates: Rates
}): PlaneMetrics {
  const options = { ...market, ...config.metrics }
  const traded = {
    ...options,
    instruments: tradableOf(market.instruments, rates),
    strategies: strategyLabels(config.strategy.strategies),
  }
  return {
    data: dataPlane.createMetrics(options),
    order: orderPlane.createMetrics(traded),
    strategy: strategyPlane.createMetrics(traded),
  }
}

/** Serves metrics and health of the three planes, each on its own port. Rejects when a port is taken; then none is served. */
export async function startServers(
  metrics: PlaneMetrics,
  { ports, host, storage, varFolder }: Pick<Options, 'ports' | 'host' | 'storage' | 'varFolder'>,
  guard: RequestHandler,
  planes: Planes,
  run: { readonly runId: string; readonly account: string },
  history: () => History | undefined,
  orderRoutes: readonly RequestHandler[],
  clock: Clock,
): Promise<{ readonly urls: readonly string[]; close(): Promise<void> }> {
  if (!ports) return { urls: [], close: () => Promise.resolve() }
  const [dataPort, orderPort, strategyPort] = ports

  const servers: MetricsServer[] = []
  const ofProcess = processChecks(varFolder, clock)
  const close = async () => {
    ofProcess.close()
    for (const server of servers) await server.close()
  }
  const checks = {
    ...ofProcess.checks,
    ...(storage && { database: databaseCheck(() => history()?.health() ?? { isHealthy: true }) }),
  }
  // A paced run has a turn every 100 ms, whatever its market does.
  const feed = feedCheck(() => planes.turnUs(), clock)
  const market: Check = () => ({
    healthy: planes.lockstep.nowUs !== undefined,
    details: { marketTimeUs: planes.lockstep.nowUs },
  })
  const marketUs = () => planes.lockstep.nowUs ?? 0
  const views = orderPlane.views(() => planes.order.core, marketUs)
  const order = statusRoutes({ ...views, run: () => ({ ...run, marketUs: marketUs() }) })
  const strategy = statusRoutes(strategyPlane.views(() => planes.strategy.core, marketUs))
  const readiness = { market }
  const healthy = createHealth({ checks, readiness, clock })
  const healthyData = createHealth({ checks: { ...checks, feed }, readiness, clock })
  const warmUp = warmUpCheck(() => planes.strategy.core)
  const healthyStrategy = createHealth({ checks: { ...checks, warm_up: warmUp }, readiness, clock })
  try {
    servers.push(await startMetricsServer(metrics.data, { port: dataPort, host, guard, health: healthyData }))
    servers.push(
      await startMetricsServer(metrics.order, {
        port: orderPort,
        host,
        guard,
        health: healthy,
        routes: [order, ...orderRoutes],
      }),
    )
    servers.push(
      await startMetricsServer(metrics.strategy, {
        port: strategyPort,
        host,
        guard,
        health: healthyStrategy,
        routes: [strategy],
      }),
    )
  } catch (error) {
    await close()
    throw error
  }
  return { urls: servers.map(({ url }) => url), close }
}
