import { dashboardUids, thresholds } from '@triplane/monitoring'
import { createDashboard, variables } from '../dashboard.ts'
import { dataPlane as data } from '../metrics.ts'
import { stateTimeline, timeSeries } from '../panels.ts'
import { byInstrument, createPromql, legendOf, planeScope } from '../promql.ts'
import { series, states } from '../series.ts'

const { of, rate, increase, quantile, max, age } = createPromql(planeScope)
const bySource = ['source', ...byInstrument]
const byDuration = [...byInstrument, 'duration']

const feeds = [
  stateTimeline(
    {
      title: 'Feed connected',
      worry: 'Worry when a source is disconnected for longer than its reconnect takes.',
      unit: 'none',
      queries: [series(`min by (source) (min_over_time(${of(data.feedConnected)}[$__rate_interval]))`, '{{source}}')],
      height: 6,
    },
    states.connected,
  ),
  stateTimeline(
    {
      title: 'Books valid',
      worry: 'Worry when a book stays invalid: strategies do not see it until a fresh snapshot has come.',
      unit: 'none',
      queries: [
        series(
          `min by (exchange, symbol) (min_over_time(${of(data.bookValid)}[$__rate_interval]))`,
          legendOf(byInstrument),
        ),
      ],
      height: 6,
    },
    states.valid,
  ),
  stateTimeline(
    {
      title: 'Sessions',
      worry: 'No worry in itself; outside of a session silence is no fault.',
      unit: 'none',
      queries: [series(max(data.sessionOpen, byInstrument), legendOf(byInstrument))],
      height: 6,
    },
    states.open,
  ),
  timeSeries(
    {
      title: 'Time since the last event',
      shows: 'How long nothing was received of an instrument whose session is open, by the wall clock.',
      worry: 'Worry when it climbs past the dashed line.',
      unit: 's',
      queries: [
        series(
          `(${age(data.lastReceive, bySource)}) and on (exchange, symbol) max by (exchange, symbol) (${of(data.sessionOpen)}) == 1`,
          legendOf(bySource),
        ),
      ],
    },
    { limit: { at: thresholds.marketDataStale.silentSeconds }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Age of the newest event',
      shows: 'Wall time minus the time that the venue gave the newest event.',
      worry: 'Worry when it grows while events are received: the venue or a replay is behind.',
      unit: 's',
      queries: [series(age(data.lastEvent, bySource), legendOf(bySource))],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Disconnects',
      worry: 'Worry when they come back every few minutes: the venue throws us out, or the network is bad.',
      unit: 'short',
      queries: [series(increase(data.feedDisconnects, ['source', 'reason']), '{{source}} {{reason}}', '15s')],
    },
    { draw: 'bars', min: 0 },
  ),
]

const freshness = [
  timeSeries(
    {
      title: 'Freshness p95',
      worry:
        'Worry when it stays above the dashed line, or when one instrument is slower than the others of its source.',
      unit: 's',
      queries: [series(quantile(0.95, data.freshness, bySource), legendOf(bySource))],
      width: 12,
    },
    { limit: { at: thresholds.highDataLatency.aboveSeconds }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Freshness by source',
      worry: 'Worry when the 99th percentile leaves the median behind.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((q) => series(quantile(q, data.freshness, ['source']), `p${q * 100} {{source}}`)),
      width: 12,
    },
    { limit: { at: thresholds.highDataLatency.aboveSeconds }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Clock offset',
      worry: 'Worry when it changes by much between connects: our clock or that of the venue is off.',
      unit: 's',
      queries: [series(max(data.clockOffset, ['source']), '{{source}}')],
    },
    {},
  ),
  timeSeries(
    {
      title: 'Refused for clock drift',
      worry: 'Worry at any: our clock has drifted, or the venue stamps events late.',
      unit: 'eps',
      queries: [
        series(rate(data.ntpRejects, ['source']), '{{source}}'),
        series(rate(data.clockAgreements, ['source']), 'offset taken anew {{source}}'),
      ],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Completeness',
      worry: 'Worry when it falls: intervals are missing.',
      unit: 'percentunit',
      queries: [series(max(data.completeness, byInstrument), legendOf(byInstrument))],
    },
    { min: 0, max: 1 },
  ),
]

const throughput = [
  timeSeries(
    {
      title: 'Ticks received',
      worry: 'Worry when it falls to 0 while the session is open.',
      unit: 'eps',
      queries: [series(rate(data.ticksReceived, bySource), legendOf(bySource))],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Bars received',
      worry: 'Worry when a duration stops while ticks go on.',
      unit: 'eps',
      queries: [series(rate(data.barsReceived, byDuration), legendOf(byDuration), '15s')],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'OFI events',
      worry: 'Worry when they stop while ticks go on: the book is invalid, or the stage is stuck.',
      unit: 'eps',
      queries: [series(rate(data.ofiEvents, byInstrument), legendOf(byInstrument))],
    },
    { min: 0 },
  ),
]

const quality = [
  timeSeries(
    {
      title: 'Validation errors',
      worry: 'Worry above the dashed line, or when one type is new.',
      unit: 'eps',
      queries: [
        series(
          rate(data.validationErrors, ['source', 'error_type', 'event_type']),
          '{{source}} {{error_type}} {{event_type}}',
        ),
      ],
    },
    { limit: { at: thresholds.highErrorRate.abovePerSecond }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Normalization errors',
      worry: 'Worry at any: the venue has changed its format.',
      unit: 'eps',
      queries: [series(rate(data.normalizationErrors, ['source', 'error_type']), '{{source}} {{error_type}}')],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Dead letters',
      worry: 'Worry above the dashed line; the topic and the database keep what was refused, and why.',
      unit: 'eps',
      queries: [series(rate(data.deadLetters, ['event_type', 'error_type']), '{{event_type}} {{error_type}}')],
    },
    { limit: { at: thresholds.dlqGrowing.abovePerSecond }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Gaps',
      worry: 'Worry at more than 10 in an hour: order flow is reset at each.',
      unit: 'short',
      queries: [series(increase(data.gaps, bySource), legendOf(bySource), '15s')],
    },
    { draw: 'bars', min: 0 },
  ),
  timeSeries(
    {
      title: 'Incomplete bars',
      shows: 'Closed bars of which trades are missing, or may be.',
      worry:
        'Worry when they come without a gap, a disconnect or a refused trade: the first and last bar of a run aside.',
      unit: 'short',
      queries: [
        series(increase(data.barsIncomplete, ['source', ...byDuration]), legendOf(['source', ...byDuration]), '15s'),
      ],
    },
    { draw: 'bars', min: 0 },
  ),
  timeSeries(
    {
      title: 'Finer than the steps',
      shows: 'Events with a price or size that is finer than the steps of the instrument.',
      worry: 'Worry at any: the instrument is not traded until the instruments file has its steps.',
      unit: 'eps',
      queries: [series(rate(data.finerThanSteps, bySource), legendOf(bySource))],
    },
    { min: 0 },
  ),
]

const storage = [
  timeSeries(
    {
      title: 'Storage writes',
      worry: 'Worry at any error, and when a kind stops while events of it are received.',
      unit: 'wps',
      queries: [series(rate(data.storageWrites, ['event_type', 'status']), '{{event_type}} {{status}}', '15s')],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Write latency',
      worry: 'Worry when it stays above a second: the database does not keep up.',
      unit: 's',
      queries: [series(quantile(0.95, data.storageWriteLatency, ['event_type']), 'p95 {{event_type}}', '15s')],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Time since rows were stored',
      shows: 'Wall time since rows of a kind were last stored.',
      worry: 'Worry when it climbs past the dashed line in a session.',
      unit: 's',
      queries: [series(age(data.storageLastWrite, ['event_type']), '{{event_type}}')],
    },
    { limit: { at: thresholds.storageStale.silentSeconds }, min: 0 },
  ),
]

/** The inputs, how fresh and how good they are, and whether they are stored. */
export function createDataPlaneBoard() {
  return createDashboard({
    uid: dashboardUids.data,
    title: 'Data Plane',
    description: 'What comes in from the venues, how fresh and how good it is, and whether it is stored.',
    refresh: '5s',
    from: 'now-30m',
    variables: [variables.prometheus(), variables.job(), ...variables.instruments(data.sessionOpen)],
    rows: [
      { title: 'Feeds', panels: feeds },
      { title: 'Freshness and clocks', panels: freshness },
      { title: 'Quality', panels: quality },
      { title: 'Throughput', panels: throughput },
      { title: 'Storage', panels: storage },
    ],
  })
}
