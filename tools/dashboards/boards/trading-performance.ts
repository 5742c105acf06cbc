import { dashboardUids, thresholds } from '@triplane/monitoring'
import { accountOverTime, fillsByStrategy, positionsNow, recentFills } from '../account-panels.ts'
import { createDashboard, variables } from '../dashboard.ts'
import { orderPlane as order, strategyPlane as strategy } from '../metrics.ts'
import { gaugePanel, statPanel, timeSeries } from '../panels.ts'
import { byInstrument, createPromql, legendOf, planeScope } from '../promql.ts'
import { BASIS_POINTS, newest, series } from '../series.ts'

const { of, rate, lastHour, max } = createPromql(planeScope)
const byAction = [...byInstrument, 'action']
const SELDOM = '15s'
const small = { width: 4, height: 5 }

const now = [
  statPanel(
    {
      title: 'Realised PnL in KRW',
      worry: 'Worry when it falls by more than a day mostly brings.',
      unit: 'currencyKRW',
      queries: [series(max(order.totalPnlKrw), 'realised')],
      ...small,
    },
    { sparkline: true, limit: { at: 0, bad: 'below' }, decimals: 0 },
  ),
  statPanel(
    {
      title: 'Unrealised PnL in KRW',
      worry: 'Worry when it nears the level of the alert on unrealised losses.',
      unit: 'currencyKRW',
      queries: [series(`sum (${max(order.unrealizedPnlKrw, byInstrument)})`, 'unrealised')],
      ...small,
    },
    { sparkline: true, limit: { at: 0, bad: 'below' }, decimals: 0 },
  ),
  statPanel(
    {
      title: 'Account in USD',
      worry: 'Worry when it falls while no strategy shows a loss.',
      unit: 'currencyUSD',
      queries: [series(max(strategy.portfolioValueUsd), 'equity')],
      ...small,
    },
    { sparkline: true, decimals: 0 },
  ),
  statPanel(
    {
      title: 'Open positions',
      worry: 'Worry when there are more than the strategies mean to hold.',
      unit: 'short',
      queries: [newest(max(order.openPositions), 'positions')],
      ...small,
    },
    { decimals: 0 },
  ),
  gaugePanel(
    {
      title: 'Win rate',
      worry: 'Worry when it stays below what the strategy needs at its ratio of gains to losses.',
      unit: 'percentunit',
      queries: [newest(max(order.winRate), 'won')],
      ...small,
    },
    { min: 0, max: 1, limit: { at: 0.4, bad: 'below' } },
  ),
  statPanel(
    {
      title: 'Traded in the last hour',
      shows: 'Notional filled in the last hour, KRW.',
      worry: 'Worry when it is many times what the strategies mostly trade.',
      unit: 'currencyKRW',
      queries: [newest(lastHour(order.orderVolumeKrw), 'traded', '1m')],
      ...small,
    },
    { decimals: 0 },
  ),
]

const risk = [
  timeSeries(
    {
      title: 'Unrealised PnL',
      worry: 'Worry below the dashed line.',
      unit: 'currencyKRW',
      queries: [series(max(order.unrealizedPnlKrw, byInstrument), legendOf(byInstrument))],
    },
    { limit: { at: thresholds.highUnrealizedLoss.belowKrw, bad: 'below' } },
  ),
  timeSeries(
    {
      title: 'Position value',
      worry: 'Worry above the dashed line.',
      unit: 'currencyKRW',
      queries: [series(max(order.positionValueKrw, byInstrument), legendOf(byInstrument))],
    },
    { limit: { at: thresholds.largePosition.aboveKrw } },
  ),
  timeSeries(
    {
      title: 'Drawdown by strategy',
      worry: 'Worry above the dashed line.',
      unit: 'percentunit',
      queries: [series(max(strategy.drawdown, ['strategy']), '{{strategy}}')],
    },
    { limit: { at: thresholds.strategyDrawdown.aboveRatio }, min: 0 },
  ),
]

const results = [
  timeSeries(
    {
      title: 'Profit and loss by strategy',
      worry: 'Worry when it falls faster than the strategy was seen to fall before.',
      unit: 'currencyUSD',
      queries: [series(max(strategy.pnlTotalUsd, ['strategy']), '{{strategy}}')],
    },
    {},
  ),
  timeSeries(
    {
      title: 'Rates that are fed',
      shows:
        'US dollars for one unit of each currency whose rate an instrument feeds; nothing where all are configured.',
      worry: 'Worry when one stands still while its market moves, or jumps.',
      unit: 'short',
      queries: [series(max(order.rateUsd, ['currency']), '{{currency}}')],
    },
    {},
  ),
  timeSeries(
    {
      title: 'Orders by outcome',
      worry: 'Worry when rejected or expired orders are more than a few.',
      unit: 'ops',
      queries: [series(rate(order.tradingOrders, ['status', 'action']), '{{status}} {{action}}', SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Traded volume',
      shows: 'Notional filled in an hour at the rate of each moment, KRW.',
      worry: 'Worry when it is many times what the strategies mostly trade.',
      unit: 'currencyKRW',
      queries: [series(`3600 * ${rate(order.orderVolumeKrw, byAction)}`, legendOf(byAction), SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Exposure of the account',
      worry: 'Worry when gross exposure is near its limit.',
      unit: 'currencyUSD',
      queries: [series(max(strategy.grossExposureUsd), 'gross'), series(max(strategy.netExposureUsd), 'net')],
    },
    {},
  ),
  timeSeries(
    {
      title: 'Mean slippage',
      shows: 'Mean of fills against the mid at the decision, in basis points; positive is a cost.',
      worry: 'Worry when it stays above what the strategy earns on a trade.',
      unit: BASIS_POINTS,
      queries: [
        series(
          `sum by (strategy) (rate(${of(order.slippage, '', '_sum')}[$__rate_interval])) / (sum by (strategy) (rate(${of(order.slippage, '', '_count')}[$__rate_interval])) > 0)`,
          '{{strategy}}',
          '1m',
        ),
      ],
    },
    {},
  ),
  timeSeries(
    {
      title: 'Commission by strategy',
      shows: 'Commission paid in an hour at the rate of each moment, USD.',
      worry: 'Worry when an hour costs more than it earns.',
      unit: 'currencyUSD',
      queries: [series(`3600 * ${rate(order.commission, ['strategy'])}`, '{{strategy}}', SELDOM)],
    },
    { min: 0 },
  ),
]

/** The results, costs and risks of trading. */
export function createTradingPerformanceBoard() {
  return createDashboard({
    uid: dashboardUids.performance,
    title: 'Trading Performance',
    description: 'What trading brings, what it costs and what it risks; the history of a run from the database.',
    refresh: '10s',
    from: 'now-6h',
    variables: [
      variables.prometheus(),
      variables.postgres(),
      variables.job(),
      variables.several('strategy', 'Strategy', order.received),
      ...variables.instruments(order.received),
      variables.run(),
    ],
    rows: [
      { title: 'Now', panels: now },
      { title: 'Risk', panels: risk },
      { title: 'Results', panels: results },
      { title: 'History of the run', panels: [...accountOverTime, positionsNow, fillsByStrategy, recentFills] },
    ],
  })
}
