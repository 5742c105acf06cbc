import type { Dashboard, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboardUids, panelIdOf } from '@triplane/monitoring'
import { knownSeries } from '../known-series.ts'
import { createDashboard, variables } from './dashboard.ts'
import { lintRules, type LintRule } from './lint-problem.ts'
import { lintDashboard } from './lint.ts'
import { batchJobs, orderPlane } from './metrics.ts'
import { tablePanel, timeSeries } from './panels.ts'
import { byInstrument, createPromql, legendOf, planeScope } from './promql.ts'
import { series } from './series.ts'

const { rate } = createPromql(planeScope)
const context = { known: knownSeries, transformations: new Set(['merge']), units: new Set(['ops', 'none']) }

/** A dashboard that breaks no rule: rates of orders, and fills from the database. */
function aDashboard(): Dashboard {
  const orders = timeSeries({
    title: 'Orders',
    worry: 'Worry when there are none.',
    unit: 'ops',
    queries: [series(rate(orderPlane.received, byInstrument), legendOf(byInstrument))],
  })
  const fills = tablePanel({
    title: 'Fills',
    shows: 'The fills of the run.',
    worry: 'Worry when there are none.',
    unit: 'none',
    queries: [{ sql: 'select time from dashboard_fills where $__timeFilter(time) and run_id = ${run:sqlstring}' }],
    transformations: [{ id: 'merge', options: {} }],
  })
  const dashboard = createDashboard({
    uid: dashboardUids.order,
    title: 'Orders',
    description: 'Orders.',
    refresh: '5s',
    from: 'now-1h',
    variables: [
      variables.prometheus(),
      variables.postgres(),
      variables.job(),
      variables.several('strategy', 'Strategy', orderPlane.received),
      ...variables.instruments(orderPlane.received),
      variables.run(),
    ],
    rows: [{ title: 'All', panels: [orders, fills] }],
  })
  // The form that a file has.
  return JSON.parse(JSON.stringify(dashboard)) as Dashboard
}

const lint = (dashboard: Dashboard) => lintDashboard(dashboard, context)

it('a good dashboard breaks no rule', () => {
  expect(lint(aDashboard())).toEqual([])
})

type Change = (dashboard: Dashboard) => void

const panelOf = (dashboard: Dashboard, title = 'Orders') =>
  dashboard.panels?.find((panel) => panel.title === title) as Panel
const targetOf = (dashboard: Dashboard, title?: string) =>
  panelOf(dashboard, title).targets?.[0] as unknown as Record<string, unknown>
const variable = (dashboard: Dashboard, name: string) =>
  dashboard.templating.list?.find((one) => one.name === name) as VariableModel

const expr =
  (text: string, legendFormat = 'orders'): Change =>
  (dashboard) =>
    Object.assign(targetOf(dashboard), { expr: text, legendFormat })
const sql =
  (text: string, format = 'table'): Change =>
  (dashboard) =>
    Object.assign(targetOf(dashboard, 'Fills'), { rawSql: text, format })
const received = 'orders_received_total{job=~"$job",strategy=~"$strategy",exchange=~"$exchange",symbol=~"$symbol"}'
const chosen = '$__timeFilter(time) and run_id = ${run:sqlstring}'

const bad: readonly [what: string, rule: LintRule, change: Change][] = [
  ['an id of the server that it was made on', 'importable', (it) => (it.id = 7)],
  ['inputs that are asked for at an import', 'importable', (it) => Object.assign(it, { __inputs: [] })],
  ['no uid', 'importable', (it) => delete it.uid],
  ['a refresh that is too slow', 'refresh', (it) => (it.refresh = '1m')],
  ['no refresh', 'refresh', (it) => (it.refresh = '')],
  ['a live market that refreshes every 5 s', 'refresh', (it) => (it.uid = dashboardUids.market)],
  ['a refresh picker without 1s', 'refresh', (it) => (it.timepicker = { refresh_intervals: ['5s'] })],
  ['no links', 'links', (it) => (it.links = [])],
  ['links that forget the time', 'links', (it) => (it.links![0]!.keepTime = false)],
  ['links that forget the variables', 'links', (it) => (it.links![0]!.includeVars = false)],
  ['no annotation of deploys', 'annotations', (it) => it.annotations.list!.pop()],
  ['no annotation of kill switches', 'annotations', (it) => it.annotations.list!.shift()],
  [
    'an annotation of an unknown metric',
    'promql',
    (it) => Object.assign(it.annotations.list![0]!.target!, { expr: 'strategy_kill_switch_active_x' }),
  ],
  [
    'a variable that nothing uses',
    'variables',
    (it) => it.templating.list!.push({ ...variable(it, 'run'), name: 'idle' }),
  ],
  ['a variable that is not there', 'variables', (it) => (panelOf(it).title = '$venue')],
  ['no variable for the job', 'variables', (it) => it.templating.list!.splice(2, 1)],
  [
    'a data source by its uid',
    'data_source',
    (it) => (panelOf(it).datasource = { type: 'prometheus', uid: 'PBFA97CFB590B2093' }),
  ],
  [
    'a query with a data source by its uid',
    'data_source',
    (it) => (targetOf(it)['datasource'] = { type: 'prometheus', uid: 'prometheus' }),
  ],
  [
    'a variable with a data source by its uid',
    'data_source',
    (it) => (variable(it, 'symbol').datasource = { type: 'prometheus', uid: 'prometheus' }),
  ],
  [
    'an annotation with a data source by its uid',
    'data_source',
    (it) => (it.annotations.list![0]!.datasource = { type: 'prometheus', uid: 'prometheus' }),
  ],
  [
    'SQL for Prometheus',
    'data_source',
    (it) => (targetOf(it, 'Fills')['datasource'] = { type: 'prometheus', uid: '${postgres}' }),
  ],
  [
    'a data source that cannot be picked',
    'data_source',
    (it) => Object.assign(variable(it, 'prometheus'), { type: 'constant' }),
  ],
  ['an id that is not that of the title', 'ids', (it) => (panelOf(it).id = 1)],
  [
    'two panels with one id',
    'ids',
    (it) => Object.assign(panelOf(it, 'Fills'), { title: 'Orders', id: panelIdOf('Orders') }),
  ],
  ['panels over each other', 'layout', (it) => (panelOf(it, 'Fills').gridPos!.x = 4)],
  ['a panel beyond the last column', 'layout', (it) => (panelOf(it, 'Fills').gridPos!.x = 20)],
  ['too many panels', 'layout', (it) => it.panels!.push(...Array.from({ length: 24 }, () => panelOf(it)))],
  ['no description', 'description', (it) => (panelOf(it).description = '')],
  ['no unit', 'unit', (it) => delete panelOf(it).fieldConfig!.defaults.unit],
  ['a unit that Grafana does not know', 'unit', (it) => (panelOf(it).fieldConfig!.defaults.unit = 'orders')],
  ['a panel without queries', 'no_query', (it) => (panelOf(it).targets = [])],
  ['an empty query', 'no_query', expr('')],
  ['an unknown transformation', 'transformation', (it) => (panelOf(it, 'Fills').transformations![0]!.id = 'mergeAll')],
  ['an expression that does not parse', 'promql', expr(`rate(${received}[$__rate_interval]`)],
  ['an unknown metric', 'promql', expr('sum(orders_recieved_total)')],
  ['an unknown label', 'promql', expr(`sum by (venue) (rate(${received}[$__rate_interval]))`)],
  ['a value that a label never has', 'promql', expr('max(orders_trading_state{job=~"$job",state="stopped"})')],
  ['a rate of a gauge', 'promql', expr('rate(trading_win_rate{job=~"$job"}[$__rate_interval])')],
  ['a rate over a fixed time', 'rate_interval', expr(`sum(rate(${received}[5m]))`)],
  ['a rate over the interval of points', 'rate_interval', expr(`sum(rate(${received}[$__interval]))`)],
  ['an increase over a fixed time', 'rate_interval', expr(`sum(increase(${received}[1h]))`)],
  [
    'a rate of a fixed time as of now',
    'rate_interval',
    (it) => {
      expr(`sum(rate(${received}[1m]))`)(it)
      Object.assign(targetOf(it), { instant: true, range: false })
    },
  ],
  ['a rate of a subquery', 'rate_interval', expr(`max_over_time(rate(${received}[5m])[1h:])`)],
  [
    'a rate over too short a time for what is scraped every 15 s',
    'rate_interval',
    expr('sum(rate(node_cpu_seconds_total[$__rate_interval]))'),
  ],
  [
    'a metric of every symbol',
    'filters',
    expr('sum(rate(orders_received_total{job=~"$job",strategy=~"$strategy",exchange=~"$exchange"}[$__rate_interval]))'),
  ],
  [
    'a metric of every exchange',
    'filters',
    expr('sum(rate(orders_received_total{job=~"$job",strategy=~"$strategy",symbol=~"$symbol"}[$__rate_interval]))'),
  ],
  [
    'a symbol at two exchanges as one',
    'instruments',
    expr(`sum by (symbol) (rate(${received}[$__rate_interval]))`, '{{symbol}}'),
  ],
  [
    'a join by symbol alone',
    'instruments',
    expr(`sum(rate(${received}[$__rate_interval]) and on (symbol) ${received})`),
  ],
  ['a metric of every job', 'filters', expr('max(trading_win_rate)')],
  ['batch jobs that cannot be chosen', 'filters', expr(`max(${batchJobs.dagRuns.name}{job=~"$job"})`)],
  ['no legend', 'legend', expr(`sum(rate(${received}[$__rate_interval]))`, '')],
  ['a legend by a label that is summed away', 'legend', expr(`sum(rate(${received}[$__rate_interval]))`, '{{symbol}}')],
  ['SQL of a table', 'sql', sql(`select time from fills where ${chosen}`)],
  ['SQL of all time', 'sql', sql('select time from dashboard_fills where run_id = ${run:sqlstring}')],
  [
    'SQL of all time behind a comment',
    'sql',
    sql('select time from dashboard_fills where run_id = ${run:sqlstring} -- $__timeFilter(time)'),
  ],
  [
    'SQL of all time of a second view',
    'sql',
    sql(`select time from dashboard_fills where ${chosen} and symbol in (select symbol from dashboard_orders)`),
  ],
  [
    'SQL with a filter of the time as a number',
    'sql',
    sql('select time from trades_stream where $__timeFilter(timestamp) and run_id = ${run:sqlstring}'),
  ],
  ['SQL of every run', 'sql', sql('select time from dashboard_fills where $__timeFilter(time)')],
  [
    'SQL with a variable that is not quoted',
    'sql',
    sql(`select time from dashboard_fills where ${chosen} and symbol = '$symbol'`),
  ],
  ['SQL with an unknown macro', 'sql', sql(`select $__bucket(time) from dashboard_fills where ${chosen}`)],
  ['a time series in no order', 'sql', sql(`select time, price from dashboard_fills where ${chosen}`, 'time_series')],
]

it.each(bad)('refuses %s', (_, rule, change) => {
  const dashboard = aDashboard()
  change(dashboard)
  expect(new Set(lint(dashboard).map((problem) => problem.rule))).toContain(rule)
})

it('reports where', () => {
  const dashboard = aDashboard()
  expr('sum(orders_recieved_total{strategy=~"$strategy",exchange=~"$exchange",symbol=~"$symbol"})')(dashboard)
  expect(lint(dashboard)).toEqual([
    {
      rule: 'promql',
      where: 'Orders',
      message: expect.stringContaining('Expected a known metric, was orders_recieved_total'),
    },
  ])
})

it('has a bad dashboard for each rule', () => {
  expect(new Set(bad.map(([, rule]) => rule))).toEqual(new Set(lintRules))
})
