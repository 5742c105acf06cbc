import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { metricsOf } from './help.ts'
import { jsonText } from './json-text.ts'
import { isSql, panelsOf, targetsOf } from './queries.ts'
import { createDataPlaneBoard } from './boards/data-plane.ts'
import { createLiveMarketBoard } from './boards/live-market.ts'
import { createMlPipelineBoard } from './boards/ml-pipeline.ts'
import { createOrderPlaneBoard } from './boards/order-plane.ts'
import { createServicesBoard } from './boards/services.ts'
import { createSloBoard } from './boards/slos.ts'
import { createStrategyPlaneBoard } from './boards/strategy-plane.ts'
import { createSystemOverviewBoard } from './boards/system-overview.ts'
import { createTradingPerformanceBoard } from './boards/trading-performance.ts'

/** The folder of the committed dashboards, from the root of the repository. */
export const DASHBOARD_FOLDER = 'infrastructure/grafana/dashboards'

/** Every dashboard. */
export function createDashboards(): Dashboard[] {
  const boards = [
    createSystemOverviewBoard(),
    createDataPlaneBoard(),
    createOrderPlaneBoard(),
    createStrategyPlaneBoard(),
    createLiveMarketBoard(),
    createTradingPerformanceBoard(),
    createMlPipelineBoard(),
    createSloBoard(),
  ]
  return [...boards, createServicesBoard(shownMetrics(boards))]
}

/** The names of the metrics that dashboards show. */
export function shownMetrics(dashboards: readonly Dashboard[]): ReadonlySet<string> {
  const targets = dashboards.flatMap(panelsOf).flatMap(targetsOf)
  return new Set(targets.flatMap((target) => (isSql(target) ? [] : metricsOf(target.expr))))
}

/** The dashboards for Grafana's import: from a file name, made of the title, to text. */
export function generateDashboards(): Map<string, string> {
  return new Map(
    createDashboards().map((dashboard) => [
      `${(dashboard.title ?? '').toLowerCase().replaceAll(' ', '-')}.json`,
      `${jsonText(dashboard)}\n`,
    ]),
  )
}
