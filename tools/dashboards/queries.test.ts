import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboardUids } from '@triplane/monitoring'
import { createDashboards } from './index.ts'
import { queriesOf, type DashboardQuery, type View } from './queries.ts'
import { expandSql } from './sql-macros.ts'

const dashboards = createDashboards()
const toMs = Date.parse('2026-07-20T10:00:07.500Z')
const view: View = {
  fromMs: toMs - 300_000,
  toMs,
  stepSeconds: 2,
  values: { exchange: 'binance', symbol: 'BTC/USDT', run: 'run-1', strategy: ['OFI', "E'RN"] },
}

const board = (uid: string) => dashboards.find((dashboard) => dashboard.uid === uid) as Dashboard
function query(uid: string, from: string, refId = 'A', seen = view): DashboardQuery {
  const found = queriesOf(board(uid), seen).find((one) => one.from === from && one.refId === refId)
  if (!found) throw new Error(`Expected a query ${refId} of ${from}`)
  return found
}

it('every query of every dashboard is complete', () => {
  const all = dashboards.flatMap((dashboard) => queriesOf(dashboard, view))
  const panels = dashboards.flatMap(({ panels = [] }) => panels).filter(({ type }) => type !== 'row')
  expect(
    new Set(all.filter(({ of }) => of === 'panel').map(({ dashboard, from }) => `${dashboard}: ${from}`)).size,
  ).toBe(panels.length)
  // The `$` at the end of a regular expression is not a variable.
  const texts = all.map((one) => ('sql' in one ? one.sql : one.expr))
  expect(texts.filter((text) => /\$[a-z_{]/i.test(text))).toEqual([])
})

it('a range begins and ends at whole steps, and rates cover at least four scrapes', () => {
  expect(query(dashboardUids.market, 'Trade count')).toEqual({
    dashboard: 'Live Market',
    from: 'Trade count',
    of: 'panel',
    refId: 'A',
    kind: 'range',
    expr: 'sum by (side) (rate(crypto_trades_total{job=~".+",exchange="binance",symbol="BTC/USDT"}[4s]))',
    startMs: Date.parse('2026-07-20T09:55:06Z'),
    endMs: Date.parse('2026-07-20T10:00:06Z'),
    stepSeconds: 2,
  })
})

it.each([
  { name: 'a wide step', seen: { ...view, stepSeconds: 30 }, title: 'Trade count', range: '[31s]', step: 30 },
  { name: 'a least step of the query', seen: view, title: 'Buy and sell pressure', range: '[60s]', step: 15 },
])('takes rates over the step and a scrape more: $name', ({ seen, title, range, step }) => {
  const found = query(dashboardUids.market, title, 'A', seen)
  expect(found).toMatchObject({ kind: 'range', stepSeconds: step, expr: expect.stringContaining(range) })
})

it('an instant query is at the end of the range', () => {
  expect(query(dashboardUids.market, 'Spread now')).toMatchObject({ kind: 'instant', timeMs: toMs })
})

it('several values become an alternative, escaped', () => {
  const values = { ...view.values, symbol: ['BTC/USDT', 'BRK.B'] }
  const found = query(dashboardUids.order, 'Risk rejections', 'A', { ...view, values })
  expect(found).toMatchObject({ expr: expect.stringContaining(`strategy=~"(OFI|E\\\\'RN)"`) })
  const bySymbol = query(dashboardUids.order, 'Commission', 'A', { ...view, values })
  expect(bySymbol).toMatchObject({ expr: expect.stringContaining('symbol=~"(BTC/USDT|BRK\\\\.B)"') })
})

it('a panel with a separate time range goes back from the end', () => {
  const values = { ...view.values, history: '12h', timeframe: '5m' }
  const found = query(dashboardUids.market, 'Candles', 'A', { ...view, values })
  expect(found).toMatchObject({
    kind: 'sql',
    sql: `select distinct on (time) time, open, high, low, close, volume
from dashboard_candles
where closed_at BETWEEN '2026-07-19T22:00:07.500Z' AND '2026-07-20T10:00:07.500Z' and run_id = 'run-1'
  and symbol = 'BTC/USDT' and exchange = 'binance' and timeframe = '5m'
order by time, origin, seq desc`,
  })
})

it('annotations and the options of variables are queries too', () => {
  expect(query(dashboardUids.market, 'Deploys', 'Anno')).toMatchObject({
    of: 'annotation',
    kind: 'range',
    expr: expect.stringContaining('(last_over_time(triplane_build_info[10m] offset 15s))'),
  })
  expect(query(dashboardUids.market, 'symbol', 'symbol')).toMatchObject({
    of: 'variable',
    kind: 'instant',
    expr: 'group by (symbol) (crypto_price{job=~".+",exchange="binance"})',
  })
  expect(query(dashboardUids.market, 'run', 'run')).toMatchObject({ of: 'variable', kind: 'sql' })
})

describe('SQL', () => {
  const values = { symbol: ["O'X", 'BTC/USDT'], run: 'run-1' }
  const expand = (sql: string) => expandSql(sql, { fromMs: 0, toMs: 1000, intervalSeconds: 5, values })

  it.each([
    ['$__timeFilter(time)', "time BETWEEN '1970-01-01T00:00:00.000Z' AND '1970-01-01T00:00:01.000Z'"],
    ['$__timeFrom()', "'1970-01-01T00:00:00.000Z'"],
    ['$__timeTo()', "'1970-01-01T00:00:01.000Z'"],
    ['$__timeGroup(time, $__interval)', 'floor(extract(epoch from time)/5)*5'],
    ['$__timeGroupAlias(time, 1s)', 'floor(extract(epoch from time)/1)*1 AS "time"'],
    ['symbol in (${symbol:sqlstring})', "symbol in ('O''X','BTC/USDT')"],
    ['run_id = ${run:sqlstring}', "run_id = 'run-1'"],
  ])('%s', (sql, expanded) => {
    expect(expand(sql)).toBe(expanded)
  })

  it.each(['${venue:sqlstring}', '$run', '${run}', '$__bucket(time)'])('refuses %s', (sql) => {
    expect(() => expand(sql)).toThrow(/^Expected /)
  })
})
