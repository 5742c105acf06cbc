import { dashboardUids, thresholds } from '@triplane/monitoring'
import { createDashboard, variables } from '../dashboard.ts'
import { orderPlane as order } from '../metrics.ts'
import { heatmapPanel, stateTimeline, timeSeries } from '../panels.ts'
import { byInstrument, createPromql, legendOf, planeScope } from '../promql.ts'
import { BASIS_POINTS, buckets, series, states } from '../series.ts'
import { recentOrders, slowestFills } from '../tables.ts'

const { of, rate, increase, quantile, max } = createPromql(planeScope)
const byOrder = ['strategy', ...byInstrument]
/** Orders are few: rates over a minute or more. */
const SELDOM = '15s'

const state = [
  stateTimeline(
    {
      title: 'Trading state',
      worry: 'Worry at halted: nothing is approved until an operator resumes; and at reducing that lasts.',
      unit: 'none',
      queries: [series(`max by (state) (max_over_time(${of(order.tradingState)}[$__rate_interval]))`, '{{state}}')],
    },
    states.inForce,
  ),
  timeSeries(
    {
      title: 'Open orders',
      worry: 'Worry when unknown stays above 0, or when orders pile up in one state.',
      unit: 'short',
      queries: [series(`sum by (state) (${of(order.open)})`, '{{state}}')],
    },
    { draw: 'area', stacked: true, min: 0 },
  ),
  timeSeries(
    {
      title: 'Reconciliation differences',
      worry: 'Worry at any: the ledgers of the two planes differ.',
      unit: 'short',
      queries: [series(max(order.reconciliationDifferences, ['kind']), '{{kind}}')],
    },
    { limit: { at: 1 }, draw: 'steps', min: 0 },
  ),
]

const flow = [
  timeSeries(
    {
      title: 'Orders on their way',
      worry: 'Worry when submitted stays behind received without risk rejections, or filled behind submitted.',
      unit: 'ops',
      queries: [
        series(rate(order.received), 'received', SELDOM),
        series(rate(order.submitted), 'submitted', SELDOM),
        series(rate(order.filled, [], 'status="FILLED"'), 'filled', SELDOM),
        series(rate(order.cancelled), 'cancelled', SELDOM),
      ],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Orders submitted',
      worry: 'Worry when there are none for hours while markets are open and trading is active.',
      unit: 'short',
      queries: [
        series(
          increase(order.submitted, ['strategy', 'order_type', 'direction']),
          '{{strategy}} {{order_type}} {{direction}}',
          SELDOM,
        ),
      ],
    },
    { draw: 'bars', stacked: true, min: 0 },
  ),
  timeSeries(
    {
      title: 'Order success ratio',
      shows: 'Orders filled as a share of those submitted and not cancelled by us.',
      worry: 'Worry when it stays below the dashed line over 20 orders or more.',
      unit: 'percentunit',
      queries: [
        series(
          `${rate(order.filled, ['strategy'], 'status="FILLED"')} / (${rate(order.submitted, ['strategy'])} - ${rate(order.cancelled, ['strategy'])} > 0)`,
          '{{strategy}}',
          '1m',
        ),
      ],
    },
    { limit: { at: thresholds.lowOrderSuccessRate.belowRatio, bad: 'below' }, min: 0, max: 1 },
  ),
  timeSeries(
    {
      title: 'Rejections and errors',
      shows: 'Orders that the broker rejected, and faults on the way to it, in a minute.',
      worry: 'Worry above the dashed line.',
      unit: 'opm',
      queries: [
        series(`60 * ${rate(order.rejected, ['reason'])}`, 'rejected: {{reason}}', SELDOM),
        series(`60 * ${rate(order.errors, ['kind'])}`, 'error: {{kind}}', SELDOM),
      ],
    },
    { limit: { at: thresholds.highOrderErrorRate.abovePerMinute }, draw: 'bars', stacked: true, min: 0 },
  ),
  timeSeries(
    {
      title: 'Risk rejections',
      worry: 'Worry when a check refuses most of what a strategy wants.',
      unit: 'ops',
      queries: [series(rate(order.riskRejections, ['strategy', 'check_type']), '{{strategy}} {{check_type}}', SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Cancellations',
      worry: 'Worry when expired orders grow: the market moves away before they fill.',
      unit: 'ops',
      queries: [series(rate(order.cancelled, ['strategy', 'reason']), '{{strategy}} {{reason}}', SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Fills and cut-downs',
      shows:
        'Fills by status, those of orders that had ended before, orders cut down to the participation cap, and those lowered while reducing.',
      worry: 'Worry when most orders are cut down: the strategy wants more than the market trades.',
      unit: 'ops',
      queries: [
        series(rate(order.filled, ['status', 'direction']), '{{status}} {{direction}}', SELDOM),
        series(rate(order.lateFills, byInstrument), `late ${legendOf(byInstrument)}`, SELDOM),
        series(rate(order.povDownscales, byInstrument), `cut down ${legendOf(byInstrument)}`, SELDOM),
        series(rate(order.amendments, ['outcome']), 'lowered while reducing: {{outcome}}', SELDOM),
      ],
    },
    { min: 0 },
  ),
]

const latency = [
  timeSeries(
    {
      title: 'Intent to acknowledgement',
      worry: 'Worry when the 95th percentile stays above the dashed line.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((q) => series(quantile(q, order.orderLatency), `p${q * 100}`, SELDOM)),
    },
    { limit: { at: thresholds.highTradeLatency.aboveSeconds }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Submit to acknowledgement',
      worry: 'Worry when more than one in a hundred is above the dashed line: that is the objective.',
      unit: 's',
      queries: [
        series(quantile(0.5, order.submitToAck), 'p50', SELDOM),
        series(quantile(0.99, order.submitToAck), 'p99', SELDOM),
        series(quantile(0.99, order.submitToAck, byOrder), `p99 ${legendOf(byOrder)}`, SELDOM),
      ],
    },
    { limit: { at: thresholds.slos.submitToAck.withinSeconds }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Intent to submit',
      worry: 'Worry when it grows: the plane itself is slow, or the journal is.',
      unit: 's',
      queries: [series(quantile(0.95, order.intentToSubmit, byOrder), `p95 ${legendOf(byOrder)}`, SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Acknowledgement to first fill',
      worry: 'No worry in itself; limit orders wait for the market.',
      unit: 's',
      queries: [series(quantile(0.95, order.ackToFill, byOrder), `p95 ${legendOf(byOrder)}`, SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Intent to last fill',
      worry: 'Worry when it grows while the steps before it do not.',
      unit: 's',
      queries: [series(quantile(0.95, order.totalFillLatency, byOrder), `p95 ${legendOf(byOrder)}`, SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Tick to order',
      worry: 'Worry when the 99th percentile grows by much after a deploy.',
      unit: 's',
      queries: [0.5, 0.99].map((q) => series(quantile(q, order.tickToOrder), `p${q * 100}`, SELDOM)),
    },
    { min: 0 },
  ),
]

const costs = [
  timeSeries(
    {
      title: 'Slippage',
      worry: 'Worry when the median stays above what the strategy earns on a trade.',
      unit: BASIS_POINTS,
      queries: [
        series(quantile(0.5, order.slippage, ['strategy', 'direction']), 'p50 {{strategy}} {{direction}}', SELDOM),
        series(quantile(0.95, order.slippage, ['strategy', 'direction']), 'p95 {{strategy}} {{direction}}', SELDOM),
      ],
    },
    {},
  ),
  heatmapPanel({
    title: 'Slippage of all fills',
    shows: 'How many fills had which slippage, in basis points against the mid at the decision; positive is a cost.',
    worry: 'Worry when the cloud moves up, or grows a second one.',
    unit: BASIS_POINTS,
    queries: [buckets(`sum by (le) (increase(${of(order.slippage, '', '_bucket')}[$__rate_interval]))`, SELDOM)],
  }),
  timeSeries(
    {
      title: 'Commission',
      worry: 'Worry when an hour costs more than it earns.',
      unit: 'currencyUSD',
      queries: [series(`3600 * ${rate(order.commission, byOrder)}`, `${legendOf(byOrder)} an hour`, SELDOM)],
    },
    { min: 0 },
  ),
]

const tables = [
  slowestFills,
  recentOrders,
  timeSeries(
    {
      title: 'Reconciliations',
      worry: 'Worry at error: the broker could not be asked.',
      unit: 'short',
      queries: [series(increase(order.reconciliationRuns, ['result']), '{{result}}', SELDOM)],
      width: 24,
      height: 6,
    },
    { draw: 'bars', min: 0 },
  ),
]

/** Whether orders go out, how fast, and what they cost. */
export function createOrderPlaneBoard() {
  return createDashboard({
    uid: dashboardUids.order,
    title: 'Order Plane',
    description: 'Whether orders go out, how fast they are answered and filled, and what they cost.',
    refresh: '5s',
    from: 'now-1h',
    variables: [
      variables.prometheus(),
      variables.postgres(),
      variables.job(),
      variables.several('strategy', 'Strategy', order.received),
      ...variables.instruments(order.received),
      variables.run(),
      variables.traces(),
    ],
    rows: [
      { title: 'State', panels: state },
      { title: 'Orders', panels: flow },
      { title: 'Latency', panels: latency },
      { title: 'Costs', panels: costs },
      { title: 'From the journal', panels: tables },
    ],
  })
}
