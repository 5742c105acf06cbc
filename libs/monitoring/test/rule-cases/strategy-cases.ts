import type { RuleCase, RuleKey } from './rule-case.ts'

const critical: RuleKey = { severity: 'critical', plane: 'strategy' }
const warning: RuleKey = { severity: 'warning', plane: 'strategy' }
const info: RuleKey = { severity: 'info', plane: 'strategy' }
const failed: RuleKey = { severity: 'error', plane: 'strategy' }
const file = 'strategy'

const target = 'service="strategy_plane", job="strategy-plane", instance="s:8002"'
const active = (switchType: string) => `strategy_kill_switch_active{switch_type="${switchType}", ${target}}`
const distance = (switchType: string) => `strategy_kill_switch_distance_ratio{switch_type="${switchType}", ${target}}`
const released = (switchType: string) => `strategy_kill_switches_released_total{switch_type="${switchType}", ${target}}`
const suspended = (reason: string) => `strategy_suspended{strategy="OFI", reason="${reason}", ${target}}`
const coreRuns = `strategy_portfolio_value_usd{${target}}`
const indicator = (name: string) =>
  `strategy_indicator_value{exchange="sim", symbol="SPY", indicator="${name}", ${target}}`
const ofModel = (metric: string) => `${metric}{model="ridge", ${target}}`
const predictions = (le: string) => `ml_prediction_duration_seconds_bucket{le="${le}", model="ridge", ${target}}`

const tripped = (switchType: string) => ({
  ...critical,
  labels: { switch_type: switchType },
  description: `The kill switch ${switchType} is active. No order passes until it is re-armed.`,
})

const killSwitchCases: readonly RuleCase[] = [
  {
    title: 'a switch that trips',
    alert: 'KillSwitchTriggered',
    file,
    every: '1s',
    series: { [active('drawdown')]: '0x9 1x10', [active('manual')]: '0x20', [coreRuns]: '1e6x20' },
    at: '10s',
    fires: [tripped('drawdown')],
  },
  {
    title: 'a switch that was active in one scrape only',
    alert: 'KillSwitchTriggered',
    file,
    every: '1s',
    series: { [active('drawdown')]: '0x9 1 0x20', [coreRuns]: '1e6x30' },
    at: '20s',
    fires: [tripped('drawdown')],
  },
  {
    title: 'nothing 20 s after a switch was re-armed',
    alert: 'KillSwitchTriggered',
    file,
    every: '1s',
    series: { [active('drawdown')]: '1x120 0x60', [coreRuns]: '1e6x200' },
    at: '141s',
    quiet: [critical],
  },
  {
    title: 'a switch of a plane that crashed an hour ago',
    alert: 'KillSwitchTriggered',
    file,
    series: { [active('pnl')]: '0x9 1x10 stale', [active('psr')]: '0x20 stale', [coreRuns]: '1e6x20 stale' },
    at: '1h',
    fires: [tripped('pnl')],
  },
  {
    title: 'a switch of a plane that crashed in the second in which it tripped',
    alert: 'KillSwitchTriggered',
    file,
    every: '1s',
    series: { [active('pnl')]: '0x99 1 stale', [coreRuns]: '1e6x100 stale' },
    at: '10m',
    fires: [tripped('pnl')],
  },
  {
    title: 'a switch of a plane that has started again and does not know yet',
    alert: 'KillSwitchTriggered',
    file,
    series: { [active('pnl')]: '1x10 stale _x3 0x20', [coreRuns]: '1e6x10 stale' },
    at: '6m',
    fires: [tripped('pnl')],
  },
  {
    title: 'nothing when that plane says that it was re-armed',
    alert: 'KillSwitchTriggered',
    file,
    series: { [active('pnl')]: '1x10 stale _x3 0x20', [coreRuns]: '1e6x10 stale _x6 1e6x20' },
    at: '6m',
    quiet: [critical],
  },
  {
    title: 'nothing of a plane that crashed with its switches clear',
    alert: 'KillSwitchTriggered',
    file,
    series: { [active('pnl')]: '0x10 stale', [coreRuns]: '1e6x10 stale' },
    at: '10m',
    quiet: [critical],
  },
  {
    title: 'a switch close to its limit for a minute',
    alert: 'KillSwitchNear',
    file,
    series: {
      [distance('drawdown')]: '0.85x10',
      [active('drawdown')]: '0x10',
      [distance('pnl')]: '0.8x10',
      [active('pnl')]: '0x10',
      [distance('manual')]: '1x10',
      [active('manual')]: '1x10',
    },
    at: '1m',
    fires: [
      {
        ...warning,
        labels: { switch_type: 'drawdown' },
        description: 'The kill switch drawdown has used 85% of its limit.',
      },
    ],
  },
  {
    title: 'nothing for a switch that is close for less than a minute, at the limit or active',
    alert: 'KillSwitchNear',
    file,
    series: {
      [distance('drawdown')]: '0.5x2 0.85x10',
      [active('drawdown')]: '0x10',
      [distance('pnl')]: '0.8x10',
      [active('pnl')]: '0x10',
      [distance('manual')]: '1x10',
      [active('manual')]: '1x10',
    },
    at: '1m',
    quiet: [warning],
  },
  {
    title: 'a switch that released itself',
    alert: 'StaleDataReleased',
    file,
    series: { [released('stale_data')]: '0x9 1x10', [released('pnl')]: '0x20' },
    at: '3m',
    fires: [
      {
        ...info,
        labels: { switch_type: 'stale_data' },
        description:
          'The kill switch stale_data has released itself: its sources are healthy again, and trading goes on.',
      },
    ],
  },
  {
    title: 'nothing ten minutes after a switch released itself',
    alert: 'StaleDataReleased',
    file,
    series: { [released('stale_data')]: '0x9 1x60' },
    at: '14m',
    quiet: [info],
  },
  {
    title: 'a strategy below its peak by more than its limit, listed or not',
    alert: 'StrategyDrawdown',
    file,
    series: {
      [`strategy_drawdown_ratio{strategy="OFI", ${target}}`]: '0.0021x4',
      [`strategy_drawdown_ratio{strategy="ERN", ${target}}`]: '0.01x4',
    },
    at: '15s',
    fires: [
      { ...warning, labels: { strategy: 'OFI' }, description: 'Strategy OFI is 0.21% below its peak.' },
      { ...warning, labels: { strategy: 'ERN' }, description: 'Strategy ERN is 1% below its peak.' },
    ],
  },
  {
    title: 'nothing for a strategy at its limit',
    alert: 'StrategyDrawdown',
    file,
    series: { [`strategy_drawdown_ratio{strategy="OFI", ${target}}`]: '0.002x4' },
    at: '1m',
    quiet: [warning],
  },
  {
    title: 'a strategy that failed, at once',
    alert: 'StrategySuspended',
    file,
    series: { [suspended('error')]: '0 1x4', [suspended('operator')]: '0x5' },
    at: '15s',
    fires: [
      {
        ...failed,
        labels: { strategy: 'OFI', reason: 'error' },
        description: 'Strategy OFI is suspended by error: it wants nothing until an operator re-arms it.',
      },
    ],
  },
  {
    title: 'nothing for a strategy at work, or suspended by an operator',
    alert: 'StrategySuspended',
    file,
    series: { [suspended('error')]: '0x4', [suspended('operator')]: '1x4' },
    at: '1m',
    quiet: [failed],
  },
]

const above = { severity: 'info', plane: 'strategy', level: 'above 70' } as const
const below = { severity: 'info', plane: 'strategy', level: 'below 30' } as const

const indicatorCases: readonly RuleCase[] = [
  {
    title: 'an indicator above the level that was set',
    alert: 'IndicatorThreshold',
    file,
    series: { [indicator('rsi')]: '71.5x4', [indicator('macd')]: '99x4' },
    at: '15s',
    fires: [
      {
        ...above,
        labels: { exchange: 'sim', symbol: 'SPY', indicator: 'rsi' },
        description: 'rsi of SPY at sim is 71.5, above 70.',
      },
    ],
    quiet: [below],
  },
  {
    title: 'an indicator below the level that was set',
    alert: 'IndicatorThreshold',
    file,
    series: { [indicator('rsi')]: '29x4' },
    at: '15s',
    fires: [
      {
        ...below,
        labels: { exchange: 'sim', symbol: 'SPY', indicator: 'rsi' },
        description: 'rsi of SPY at sim is 29, below 30.',
      },
    ],
    quiet: [above],
  },
]

const modelCases: readonly RuleCase[] = [
  {
    title: 'one prediction in ten slower than a second',
    alert: 'HighPredictionLatency',
    file,
    series: { [predictions('1')]: '0+9x60', [predictions('2.5')]: '0+10x60', [predictions('+Inf')]: '0+10x60' },
    at: '11m',
    fires: [
      {
        ...warning,
        labels: { model: 'ridge' },
        description: 'The 95th percentile of a prediction of ridge is 1.75s.',
      },
    ],
  },
  {
    title: 'nothing while 95 predictions in 100 take a second at most',
    alert: 'HighPredictionLatency',
    file,
    series: { [predictions('1')]: '0+95x60', [predictions('2.5')]: '0+100x60', [predictions('+Inf')]: '0+100x60' },
    at: '11m',
    quiet: [warning],
  },
  {
    title: 'a model that is wrong too often for a quarter of an hour',
    alert: 'ModelAccuracyDrop',
    file,
    series: { [ofModel('ml_model_accuracy')]: '0.55x100' },
    at: '15m',
    fires: [
      { ...warning, labels: { model: 'ridge' }, description: '55% of the predictions of ridge had the right sign.' },
    ],
  },
  {
    title: 'nothing at the limit, or for less than a quarter of an hour',
    alert: 'ModelAccuracyDrop',
    file,
    series: {
      [ofModel('ml_model_accuracy')]: '0.6x100',
      [`ml_model_accuracy{model="tree", ${target}}`]: '0.9x4 0.5x100',
    },
    at: '15m',
    quiet: [warning],
  },
  {
    title: 'features unlike those of the training',
    alert: 'DataDriftDetected',
    file,
    series: { [ofModel('ml_data_drift_score')]: '0.35x100' },
    at: '15m',
    fires: [
      {
        ...warning,
        labels: { model: 'ridge' },
        description: 'The population stability index of the features of ridge is 0.35.',
      },
    ],
  },
  {
    title: 'nothing for features at the limit',
    alert: 'DataDriftDetected',
    file,
    series: { [ofModel('ml_data_drift_score')]: '0.3x100' },
    at: '20m',
    quiet: [warning],
  },
  {
    title: 'features older than an hour',
    alert: 'StaleFeatures',
    file,
    series: { [ofModel('ml_feature_freshness_seconds')]: '3700x40' },
    at: '5m',
    fires: [
      { ...warning, labels: { model: 'ridge' }, description: 'The newest feature vector of ridge is 1h 1m 40s old.' },
    ],
  },
  {
    title: 'nothing for features that are an hour old',
    alert: 'StaleFeatures',
    file,
    series: { [ofModel('ml_feature_freshness_seconds')]: '3600x40' },
    at: '6m',
    quiet: [warning],
  },
]

export const strategyCases: readonly RuleCase[] = [...killSwitchCases, ...indicatorCases, ...modelCases]
