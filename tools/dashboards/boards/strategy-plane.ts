import { dashboardUids, thresholds } from '@triplane/monitoring'
import { createDashboard, variables } from '../dashboard.ts'
import { everyService, strategyPlane as strategy } from '../metrics.ts'
import { stateTimeline, statPanel, timeSeries } from '../panels.ts'
import { byInstrument, createPromql, legendOf, planeScope } from '../promql.ts'
import { newest, series, states } from '../series.ts'
import { operatorCommands } from '../tables.ts'

const { of, rate, increase, quantile, max } = createPromql(planeScope)
const byStrategy = ['strategy', ...byInstrument]
/** Orders of the portfolio stage and changes of state are few: rates over a minute or more. */
const SELDOM = '15s'

const killSwitches = [
  stateTimeline(
    {
      title: 'Kill switches',
      worry: 'Worry at any that is tripped: trading is halted until it is re-armed; `stale_data` may release itself.',
      unit: 'none',
      // The largest since the previous point, so that a trip between two points shows.
      queries: [
        series(
          `max by (switch_type) (max_over_time(${of(strategy.killSwitchActive)}[$__rate_interval]))`,
          '{{switch_type}}',
        ),
      ],
      width: 12,
    },
    states.tripped,
  ),
  timeSeries(
    {
      title: 'Distance to the kill switches',
      shows: 'How near each switch is to its limit: 0 far, 1 tripped.',
      worry: 'Worry above the dashed line: little is missing.',
      unit: 'percentunit',
      queries: [series(max(strategy.killSwitchDistance, ['switch_type']), '{{switch_type}}')],
      width: 12,
    },
    { limit: { at: thresholds.killSwitchNear.aboveRatio }, min: 0, max: 1 },
  ),
  statPanel(
    {
      title: 'Distance now',
      shows: 'How near each switch is to its limit now: 0 far, 1 tripped.',
      worry: 'Worry when one is red.',
      unit: 'percentunit',
      queries: [newest(max(strategy.killSwitchDistance, ['switch_type']), '{{switch_type}}')],
      width: 12,
      height: 6,
    },
    { limit: { at: thresholds.killSwitchNear.aboveRatio }, decimals: 1 },
  ),
  timeSeries(
    {
      title: 'Kill switches tripped',
      worry: 'Worry when one trips again soon after it was re-armed.',
      unit: 'short',
      queries: [series(increase(strategy.killSwitchesTriggered, ['switch_type']), '{{switch_type}}')],
      width: 12,
      height: 6,
    },
    { draw: 'bars', min: 0 },
  ),
  timeSeries(
    {
      title: 'Kill switches released by themselves',
      worry: 'Worry at more than one an hour: a source comes and goes, and the switch latches soon.',
      unit: 'short',
      queries: [series(increase(strategy.killSwitchesReleased, ['switch_type']), '{{switch_type}}')],
      width: 12,
      height: 6,
    },
    { draw: 'bars', min: 0 },
  ),
]

const account = [
  timeSeries(
    {
      title: 'PnL by strategy',
      worry: 'Worry when it falls faster than the strategy was seen to fall before.',
      unit: 'currencyUSD',
      queries: [
        series(max(strategy.pnlTotalUsd, ['strategy']), '{{strategy}} total'),
        series(max(strategy.pnlRealizedUsd, ['strategy']), '{{strategy}} realised'),
        series(max(strategy.pnlUnrealizedUsd, ['strategy']), '{{strategy}} unrealised'),
        series(max(strategy.dailyPnlUsd), 'account since midnight'),
      ],
    },
    {},
  ),
  timeSeries(
    {
      title: 'Drawdown',
      worry: 'Worry above the dashed line.',
      unit: 'percentunit',
      queries: [series(max(strategy.drawdown, ['strategy']), '{{strategy}}')],
    },
    { limit: { at: thresholds.strategyDrawdown.aboveRatio }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Exposure',
      worry: 'Worry when gross exposure is near its limit, or net exposure is far from what the strategy means.',
      unit: 'currencyUSD',
      queries: [series(max(strategy.grossExposureUsd), 'gross'), series(max(strategy.netExposureUsd), 'net')],
    },
    {},
  ),
  timeSeries(
    {
      title: 'Age of marks',
      shows: 'Market time since what the mark of a position is of.',
      worry: 'Worry beyond 10 s: PnL, drawdown and kill switches go by an old price.',
      unit: 's',
      queries: [series(max(strategy.markAge, byInstrument), legendOf(byInstrument))],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Portfolio value',
      worry: 'Worry when it falls while no strategy shows a loss: the ledgers differ.',
      unit: 'currencyUSD',
      queries: [series(max(strategy.portfolioValueUsd), 'equity')],
    },
    {},
  ),
]

const signals = [
  timeSeries(
    {
      title: 'Signals',
      worry: 'Worry when they stop in a session, or all point one way.',
      unit: 'eps',
      queries: [series(rate(strategy.signals, ['strategy', 'direction']), '{{strategy}} {{direction}}', SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Signal strength',
      worry: 'Worry when all are near 1, or near 0: the scale of the features has changed.',
      unit: 'percentunit',
      queries: [0.5, 0.95].map((q) =>
        series(quantile(q, strategy.signalStrength, ['strategy']), `p${q * 100} {{strategy}}`, SELDOM),
      ),
    },
    { min: 0, max: 1 },
  ),
  timeSeries(
    {
      title: 'Indicators',
      worry: 'No worry in itself; levels that matter to you go into alert_rules.yaml.',
      unit: 'short',
      queries: [
        series(max(strategy.indicator, [...byInstrument, 'indicator']), `${legendOf(byInstrument)} {{indicator}}`),
        series(max(strategy.signalValue, byStrategy), `${legendOf(byStrategy)} signal`),
      ],
    },
    {},
  ),
]

const decisions = [
  stateTimeline(
    {
      title: 'Suspended strategies',
      worry: 'Worry at any that is suspended: it decides nothing until somebody releases it.',
      unit: 'none',
      queries: [series(max(strategy.suspended, ['strategy', 'reason']), '{{strategy}} {{reason}}')],
    },
    states.suspended,
  ),
  timeSeries({
    title: 'Instruments that warm up',
    worry:
      'Worry when it does not fall to 0: past bars do not come, or fewer than the strategy needs; it warms up by live bars then.',
    unit: 'none',
    queries: [series(max(strategy.warmingUp, ['strategy']), '{{strategy}}')],
  }),
  stateTimeline(
    {
      title: 'Regime',
      worry: 'Worry when it changes every few minutes: its thresholds are too near to each other.',
      unit: 'none',
      queries: [
        series(max(strategy.regimeState), 'account'),
        series(max(strategy.marketRegimeState, byInstrument), legendOf(byInstrument)),
      ],
    },
    states.regime,
  ),
  timeSeries(
    {
      title: 'Regime changes',
      worry: 'Worry when calm turns to storm without normal between.',
      unit: 'short',
      queries: [
        series(
          increase(strategy.regimeTransitions, ['from_regime', 'to_regime']),
          '{{from_regime}} to {{to_regime}}',
          SELDOM,
        ),
      ],
    },
    { draw: 'bars', min: 0 },
  ),
  timeSeries(
    {
      title: 'Portfolio optimisation time',
      worry: 'Worry when it nears the time between two decisions.',
      unit: 's',
      queries: [0.5, 0.99].map((q) => series(quantile(q, strategy.qpSolveTime), `p${q * 100}`, SELDOM)),
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Portfolio optimisations',
      worry: 'Worry when more than a few are not optimal: the targets then stay as they were.',
      unit: 'ops',
      queries: [series(rate(strategy.qpSolves, ['status']), '{{status}}', SELDOM)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Stages of the strategy plane',
      worry: 'Worry when something comes into a stage and nothing goes out of it.',
      unit: 'eps',
      queries: [
        series(rate(everyService.stageIn, ['stage']), '{{stage}} in'),
        series(rate(everyService.stageOut, ['stage']), '{{stage}} out'),
        series(rate(everyService.stageRefused, ['stage', 'reason']), '{{stage}} refused {{reason}}'),
      ],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Signals by symbol',
      worry: 'Worry when a symbol that is traded has none.',
      unit: 'eps',
      queries: [series(rate(strategy.signals, byStrategy), legendOf(byStrategy), SELDOM)],
    },
    { min: 0 },
  ),
]

/** The targets of the strategies, their results, and their distance from being stopped. */
export function createStrategyPlaneBoard() {
  return createDashboard({
    uid: dashboardUids.strategy,
    title: 'Strategy Plane',
    description: 'Kill switches and the distance to them, what the strategies want and how they fare.',
    refresh: '5s',
    from: 'now-1h',
    variables: [
      variables.prometheus(),
      variables.postgres(),
      variables.job(),
      variables.several('strategy', 'Strategy', strategy.pnlTotalUsd),
      ...variables.instruments(strategy.signals),
    ],
    rows: [
      { title: 'Kill switches', panels: [...killSwitches, operatorCommands] },
      { title: 'Account', panels: account },
      { title: 'Signals', panels: signals },
      { title: 'Decisions', panels: decisions },
    ],
  })
}
