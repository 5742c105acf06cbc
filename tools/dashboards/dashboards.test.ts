import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { processCatalog, type Catalog } from '@triplane/metrics'
import { alertRules, dashboardUids } from '@triplane/monitoring'
import { families } from '../families.ts'
import { knownSeries } from '../known-series.ts'
import { grafanaData, grafanaNames } from './grafana-data.ts'
import { framesOf } from './grafana-frames.ts'
import { createServicesBoard } from './boards/services.ts'
import { createDashboards, DASHBOARD_FOLDER, generateDashboards, shownMetrics } from './index.ts'
import { lintDashboard } from './lint.ts'
import { isSql, panelsOf, targetsOf } from './queries.ts'

const folder = join(__dirname, '../..', DASHBOARD_FOLDER)
const generated = generateDashboards()
const dashboards = createDashboards()
const named = dashboards.map((dashboard) => [dashboard.title, dashboard] as const)

const metricNames = (catalog: Catalog) => Object.values(catalog).map(({ name }) => name)

it('the committed files match the generated ones', () => {
  const committed = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  expect(new Map(committed)).toEqual(generated)
})

it('there is a dashboard for each uid', () => {
  expect(dashboards.map(({ uid }) => uid).sort()).toEqual(Object.values(dashboardUids).sort())
})

it.each(named)('%s keeps the house rules', async (_, dashboard) => {
  expect(lintDashboard(dashboard, { known: knownSeries, ...(await grafanaNames()) })).toEqual([])
})

it('a panel about the last hour counts over the last hour', () => {
  const said = dashboards
    .flatMap(panelsOf)
    .filter(({ title = '', description = '' }) => /last hour/i.test(`${title} ${description}`))
  expect(said.map(({ title }) => title)).toContain('Traded in the last hour')
  for (const panel of said)
    for (const target of targetsOf(panel))
      expect(isSql(target) ? target.rawSql : target.expr).toMatch(/increase\([^()]*\[1h\]\)|:1h\b/)
})

it('the panel of every alert exists', () => {
  const panels = dashboards.flatMap((dashboard) => panelsOf(dashboard).map(({ title }) => `${dashboard.uid}: ${title}`))
  const wanted = alertRules().map(({ picture }) => `${picture.dashboard}: ${picture.panel}`)
  expect(wanted.filter((panel) => !panels.includes(panel))).toEqual([])
})

it('every metric is on a dashboard', () => {
  const shown = shownMetrics(dashboards)
  const every = families.flatMap(([, family]) => metricNames(family))
  expect(every.filter((name) => !shown.has(name))).toEqual([])
  // Of the default metrics of Node and the process, the useful ones.
  const ofProcess = metricNames(processCatalog).filter((name) => shown.has(name))
  expect(ofProcess).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_heap_size_used_bytes']))
})

it('a metric of a plane that no other dashboard shows is on the one of the services, by the house rules', async () => {
  const shown = new Set(shownMetrics(dashboards))
  const left = ['data_gaps_total', 'orders_slippage_bps', 'strategy_signal_value']
  for (const name of left) shown.delete(name)
  const board = createServicesBoard(shown)
  const titles = panelsOf(board).map(({ title }) => title)
  expect(titles).toEqual([...titles.filter((title) => title?.startsWith('heartbeat_watch_')), ...left])
  expect(lintDashboard(board, { known: knownSeries, ...(await grafanaNames()) })).toEqual([])
})

it('a slow fill leads to its trace', async () => {
  const board = dashboards.find(({ uid }) => uid === dashboardUids.order) as Dashboard
  const panel = panelsOf(board).find(({ title }) => title === 'Slowest fills')!
  const [frame] = framesOf(panel, { A: [{ strategy: 'OFI', total_seconds: 1.5, trace_id: 'ab12' }] })
  const [override] = panel.fieldConfig?.overrides.filter(({ matcher }) => matcher.options === 'trace_id') ?? []
  const [link] = override?.properties.find(({ id }) => id === 'links')?.value as [{ url: string }]
  const { getFieldDisplayValuesProxy } = await grafanaData()
  const fields = getFieldDisplayValuesProxy({ frame: frame!, rowIndex: 0 })
  const [, name = ''] = /\$\{__data\.fields\.(\w+)\}/.exec(link.url) ?? []
  expect(fields[name]?.text).toBe('ab12')
  const variable = board.templating.list?.find((one) => one.name === 'traces')
  expect(link.url).toBe('${traces:raw}${__data.fields.trace_id}')
  expect(variable?.current?.value).toMatch(/^http.*\/$/)
})
