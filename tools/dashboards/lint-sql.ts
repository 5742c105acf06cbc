import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { LintProblem } from './lint-problem.ts'
import type { SqlTarget } from './panel.ts'
import { expandSql } from './sql-macros.ts'

type Problem = Omit<LintProblem, 'where'>

/** The views that docs/database.md promises. Operator commands belong to the account: they outlive runs. */
const ofRuns = [
  'ohlcv_data',
  'ohlcv_5m',
  'trades_stream',
  'kline_data',
  'dashboard_bars',
  'dashboard_candles',
  'dashboard_orders',
  'dashboard_fills',
  'dashboard_slowest_fills',
  'dashboard_portfolio',
  'dashboard_positions',
]
const documented = [...ofRuns, 'dashboard_runs', 'current_run', 'dashboard_operator_commands']
/** A view with one row per run: no time narrows it. */
const withoutTime = ['current_run']
/**
 * A filter on one of these, outside of comments and strings. `timestamp` is a number in seconds, which does not exclude any
 * partition.
 */
const TIME_FILTER = /\$__timeFilter\((\w+)\)/g
const NOT_CODE = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g

/** Checks that SQL reads documented views only, restricted to the shown time and run, with Grafana's macros. */
export function lintSql({ rawSql, format }: SqlTarget, variables: readonly VariableModel[]): Problem[] {
  const problems: Problem[] = []
  const report = (message: string) => problems.push({ rule: 'sql', message })
  const views = [...rawSql.matchAll(/\b(?:from|join)\s+([a-z_]+)/gi)].map(([, name = '']) => name)
  if (views.length === 0) report('Expected a view to select from')
  for (const view of views) {
    if (!documented.includes(view)) report(`Expected a documented view, was ${view}`)
  }
  const filters = [...rawSql.replace(NOT_CODE, '').matchAll(TIME_FILTER)].map(([, column]) => column)
  const narrowed = views.filter((view) => !withoutTime.includes(view))
  if (filters.length < Math.max(narrowed.length, 1)) report('Expected $__timeFilter for each view that is read')
  if (filters.includes('timestamp')) report('Expected $__timeFilter of a time, was timestamp, a number in seconds')
  const isOfRun = views.some((view) => ofRuns.includes(view))
  if (isOfRun && !rawSql.includes('run_id = ${run:sqlstring}')) report('Expected the run of the variable')
  if (format === 'time_series' && !/\border by\b/i.test(rawSql)) report('Expected rows in order of time')
  try {
    const values = Object.fromEntries(variables.map(({ name }) => [name, 'any']))
    expandSql(rawSql, { fromMs: 0, toMs: 1, intervalSeconds: 1, values })
  } catch (error) {
    report((error as Error).message)
  }
  return problems
}
