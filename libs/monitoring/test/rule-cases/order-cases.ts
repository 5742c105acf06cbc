import type { RuleCase, RuleKey } from './rule-case.ts'

const critical: RuleKey = { severity: 'critical', plane: 'order' }
const warning: RuleKey = { severity: 'warning', plane: 'order' }
const error: RuleKey = { severity: 'error', plane: 'order' }
const file = 'order'

const target = 'service="order_plane", job="order-plane", instance="o:8001"'
const ofTarget = { job: 'order-plane', instance: 'o:8001' }
const state = (name: string) => `orders_trading_state{state="${name}", ${target}}`
const submitted = `orders_submitted_total{strategy="OFI", exchange="sim", symbol="SPY", order_type="LIMIT", direction="BUY", ${target}}`
const filled = (status: string) =>
  `orders_filled_total{strategy="OFI", exchange="sim", symbol="SPY", direction="BUY", status="${status}", ${target}}`
const cancelled = (reason: string) =>
  `orders_cancelled_total{strategy="OFI", exchange="sim", symbol="SPY", reason="${reason}", ${target}}`
const rejected = `orders_rejected_total{strategy="OFI", exchange="sim", symbol="SPY", reason="venue_refused", ${target}}`
const errors = `orders_errors_total{kind="timeout", ${target}}`
const latency = (le: string) =>
  `trading_order_latency_seconds_bucket{le="${le}", exchange="sim", symbol="SPY", ${target}}`
const position = (symbol: string, exchange = 'sim') =>
  `trading_position_value_krw{exchange="${exchange}", symbol="${symbol}", ${target}}`
const unrealized = (symbol: string, exchange = 'sim') =>
  `trading_unrealized_pnl_krw{exchange="${exchange}", symbol="${symbol}", ${target}}`
const difference = (kind: string) => `orders_reconciliation_differences{kind="${kind}", ${target}}`
const started = `process_start_time_seconds{${target}}`
const sessionOpen = `source_exchange_symbol:data_session_open:max{source="sim", exchange="sim", symbol="SPY"}`

const halted = {
  ...critical,
  labels: { ...ofTarget, state: 'halted' },
  description: 'The order plane o:8001 is halted: nothing is approved, working orders are cancelled.',
}
const reducing = {
  ...warning,
  labels: { ...ofTarget, state: 'reducing' },
  description: 'The order plane o:8001 is reducing: opening orders are refused, closing orders pass.',
}

const wanted =
  'triplane_stage_out_total{stage="intents", service="strategy_plane", job="strategy-plane", instance="s:8002"}'
const judged = `triplane_stage_in_total{stage="risk", ${target}}`
const strategyStarted = 'process_start_time_seconds{service="strategy_plane", job="strategy-plane", instance="s:8002"}'

const intentCases: readonly RuleCase[] = [
  {
    title: 'intents that nobody judges',
    alert: 'IntentsIgnored',
    file,
    series: { [wanted]: '0+15x40', [judged]: '7x40', [started]: '0x40', [strategyStarted]: '0x40' },
    at: '5m',
    fires: [
      {
        ...critical,
        labels: {},
        description: 'The strategy plane has published 60 intents in 1m, and the order plane has judged none.',
      },
    ],
  },
  {
    title: 'nothing while intents are ordered or refused, or none is published, or a plane has just started',
    alert: 'IntentsIgnored',
    file,
    series: { [wanted]: '0+15x20 300x40', [judged]: '0+15x20 300x40', [started]: '0x60', [strategyStarted]: '0x60' },
    at: '10m',
    quiet: [critical],
  },
  {
    title: 'nothing for what a plane publishes again when it starts',
    alert: 'IntentsIgnored',
    file,
    series: { [wanted]: '0x16 0+15x8', [judged]: '7x40', [started]: '0x40', [strategyStarted]: '240x40' },
    at: '5m',
    quiet: [critical],
  },
]

const stateCases: readonly RuleCase[] = [
  {
    title: 'a halt',
    alert: 'TradingHalted',
    file,
    every: '1s',
    series: { [state('halted')]: '0x9 1x9', [state('active')]: '1x9 0x9', [state('reducing')]: '0x20' },
    at: '10s',
    fires: [halted],
    quiet: [warning],
  },
  {
    title: 'a halt that was in force in one scrape only',
    alert: 'TradingHalted',
    file,
    every: '1s',
    series: { [state('halted')]: '0x9 1 0x20', [state('active')]: '1x9 0 1x20' },
    at: '20s',
    fires: [halted],
  },
  {
    title: 'a halt of a plane that has crashed',
    alert: 'TradingHalted',
    file,
    series: { [state('halted')]: '1x20 stale', [state('active')]: '0x20 stale' },
    at: '1h',
    fires: [halted],
  },
  {
    title: 'a halt of a plane that has started again and does not know yet',
    alert: 'TradingHalted',
    file,
    series: { [state('halted')]: '1x20 stale _x3 0x20', [state('active')]: '0x20 stale _x3 0x20' },
    at: '8m',
    fires: [halted],
  },
  {
    title: 'nothing when trading was resumed',
    alert: 'TradingHalted',
    file,
    every: '1s',
    series: { [state('halted')]: '1x100 0x100', [state('active')]: '0x100 1x100', [state('reducing')]: '0x200' },
    at: '120s',
    quiet: [critical, warning],
  },
  {
    title: 'a minute of reducing',
    alert: 'TradingHalted',
    file,
    series: { [state('halted')]: '0x20', [state('active')]: '0x20', [state('reducing')]: '1x20' },
    at: '1m',
    fires: [reducing],
    quiet: [critical],
  },
  {
    title: 'nothing for half a minute of reducing',
    alert: 'TradingHalted',
    file,
    series: { [state('halted')]: '0x20', [state('active')]: '1x3 0 0 1x20', [state('reducing')]: '0x3 1 1 0x20' },
    at: '90s',
    quiet: [warning],
  },
  {
    title: 'two hours without an order while trading is active and a market open',
    alert: 'NoTradingActivity',
    file,
    every: '1m',
    series: { [submitted]: '5x150', [state('active')]: '1x150', [sessionOpen]: '1x150', [started]: '0x150' },
    at: '2h1m',
    fires: [
      { ...warning, description: 'Not one order in 2h, while trading was active and a session open all the time.' },
    ],
  },
  {
    title: 'nothing when there was an order',
    alert: 'NoTradingActivity',
    file,
    every: '1m',
    series: { [submitted]: '5x60 6x90', [state('active')]: '1x150', [sessionOpen]: '1x150', [started]: '0x150' },
    at: '2h1m',
    quiet: [warning],
  },
  {
    title: 'nothing in the first two hours of a plane',
    alert: 'NoTradingActivity',
    file,
    every: '1m',
    series: { [submitted]: '0x150', [state('active')]: '1x150', [sessionOpen]: '1x150', [started]: '0x150' },
    at: '1h59m',
    quiet: [warning],
  },
  {
    title: 'nothing when trading was not active, or no market open, all the time',
    alert: 'NoTradingActivity',
    file,
    every: '1m',
    series: { [submitted]: '5x150', [state('active')]: '1x150', [sessionOpen]: '1x60 0x5 1x90', [started]: '0x150' },
    at: '2h1m',
    quiet: [warning],
  },
]

const flowCases: readonly RuleCase[] = [
  {
    title: 'six rejections and errors a minute',
    alert: 'HighOrderErrorRate',
    file,
    series: { [rejected]: '0+1x60', [errors]: '0+0.5x60' },
    at: '11m',
    fires: [{ ...warning, description: '6 orders a minute are rejected or fail, the limit is 5.' }],
  },
  {
    title: 'errors alone, where no series of rejections is there',
    alert: 'HighOrderErrorRate',
    file,
    series: { [errors]: '0+2x60' },
    at: '11m',
    fires: [{ ...warning, description: '8 orders a minute are rejected or fail, the limit is 5.' }],
  },
  {
    title: 'nothing for five a minute, or for two minutes',
    alert: 'HighOrderErrorRate',
    file,
    series: { [rejected]: '0+1x60', [errors]: '0+0.25x60' },
    at: '11m',
    quiet: [warning],
  },
  {
    title: 'three orders of four filled, of those that we did not cancel',
    alert: 'LowOrderSuccessRate',
    file,
    series: {
      [submitted]: '0+5x150',
      [filled('FILLED')]: '0+3x150',
      [filled('PARTIAL_FILL')]: '0+9x150',
      [cancelled('replaced')]: '0+1x150',
      [cancelled('immediate_or_cancel')]: '0+1x150',
    },
    at: '31m',
    fires: [
      {
        ...warning,
        labels: { strategy: 'OFI' },
        description: '75% of the orders of OFI are filled, of those that we did not cancel.',
      },
    ],
  },
  {
    title: 'nothing when four of five are filled and we cancelled the rest',
    alert: 'LowOrderSuccessRate',
    file,
    series: { [submitted]: '0+5x150', [filled('FILLED')]: '0+4x150', [cancelled('replaced')]: '0+1x150' },
    at: '31m',
    quiet: [warning],
  },
  {
    title: 'nothing for a handful of orders',
    alert: 'LowOrderSuccessRate',
    file,
    every: '1m',
    series: { [submitted]: '0+1x150', [filled('FILLED')]: '0x150' },
    at: '1h',
    quiet: [warning],
  },
  {
    title: 'one order in ten acknowledged later than after a second',
    alert: 'HighTradeLatency',
    file,
    series: { [latency('1')]: '0+9x60', [latency('2.5')]: '0+10x60', [latency('+Inf')]: '0+10x60' },
    at: '11m',
    fires: [{ ...error, description: 'The 95th percentile of intent to acknowledgement is 1.75s.' }],
  },
  {
    title: 'nothing while 95 in 100 are acknowledged within a second, and none without orders',
    alert: 'HighTradeLatency',
    file,
    series: {
      [latency('1')]: '0+95x60 5700x60',
      [latency('2.5')]: '0+100x60 6000x60',
      [latency('+Inf')]: '0+100x60 6000x60',
    },
    at: '11m',
    quiet: [error],
  },
]

const positionCases: readonly RuleCase[] = [
  {
    title: 'a large position, long or short',
    alert: 'LargePositionOpened',
    file,
    series: { [position('SPY')]: '10000001x4', [position('TSLA')]: '-20000000x4', [position('QQQ')]: '10000000x4' },
    at: '15s',
    fires: [
      {
        ...warning,
        labels: { exchange: 'sim', symbol: 'SPY' },
        description: 'The position in SPY at sim is worth 10M KRW, long or short.',
      },
      {
        ...warning,
        labels: { exchange: 'sim', symbol: 'TSLA' },
        description: 'The position in TSLA at sim is worth 20M KRW, long or short.',
      },
    ],
  },
  {
    title: 'a position at 80 % of the default limit of 10,000 US dollars, at 1,350 won',
    alert: 'LargePositionOpened',
    file,
    series: { [position('SPY')]: `${0.8 * 10_000 * 1350}x4` },
    at: '15s',
    fires: [
      {
        ...warning,
        labels: { exchange: 'sim', symbol: 'SPY' },
        description: 'The position in SPY at sim is worth 10.8M KRW, long or short.',
      },
    ],
  },
  {
    title: 'each of the large positions in one symbol at two exchanges, by its own size',
    alert: 'LargePositionOpened',
    file,
    series: {
      [position('BTC/USDT')]: '11000000x4',
      [position('BTC/USDT', 'kraken')]: '-20000000x4',
      [position('BTC/USDT', 'mexc')]: '9000000x4',
    },
    at: '15s',
    fires: [
      {
        ...warning,
        labels: { exchange: 'sim', symbol: 'BTC/USDT' },
        description: 'The position in BTC/USDT at sim is worth 11M KRW, long or short.',
      },
      {
        ...warning,
        labels: { exchange: 'kraken', symbol: 'BTC/USDT' },
        description: 'The position in BTC/USDT at kraken is worth 20M KRW, long or short.',
      },
    ],
  },
  {
    title: 'nothing at the limit',
    alert: 'LargePositionOpened',
    file,
    series: { [position('SPY')]: '10000000x4' },
    at: '1m',
    quiet: [warning],
  },
  {
    title: 'a position that loses for a minute',
    alert: 'HighUnrealizedLoss',
    file,
    series: { [unrealized('SPY')]: '-600000x10', [unrealized('TSLA')]: '-500000x10', [state('active')]: '1x10' },
    at: '1m',
    fires: [
      {
        ...critical,
        labels: { ...ofTarget, exchange: 'sim', symbol: 'SPY' },
        description: 'The position in SPY at sim has an unrealised result of -600k KRW.',
      },
    ],
  },
  {
    title: 'the position that loses at one exchange, not that in the same symbol at another',
    alert: 'HighUnrealizedLoss',
    file,
    series: {
      [unrealized('BTC/USDT')]: '900000x10',
      [unrealized('BTC/USDT', 'kraken')]: '-600000x10',
      [state('active')]: '1x10',
    },
    at: '1m',
    fires: [
      {
        ...critical,
        labels: { ...ofTarget, exchange: 'kraken', symbol: 'BTC/USDT' },
        description: 'The position in BTC/USDT at kraken has an unrealised result of -600k KRW.',
      },
    ],
  },
  {
    title: 'a position that loses, of a plane that has crashed',
    alert: 'HighUnrealizedLoss',
    file,
    series: { [unrealized('SPY')]: '-600000x3 stale', [state('active')]: '1x3 stale' },
    at: '1h',
    fires: [
      {
        ...critical,
        labels: { ...ofTarget, exchange: 'sim', symbol: 'SPY' },
        description: 'The position in SPY at sim has an unrealised result of -600k KRW.',
      },
    ],
  },
  {
    title: 'nothing at the limit, for less than a minute, or when the loss is gone',
    alert: 'HighUnrealizedLoss',
    file,
    series: { [unrealized('SPY')]: '-500000x40', [unrealized('TSLA')]: '-1e6x2 0x40', [state('active')]: '1x40' },
    at: '5m',
    quiet: [critical],
  },
  {
    title: 'a difference with the broker for a minute',
    alert: 'ReconciliationDifferences',
    file,
    series: { [difference('fill')]: '2x10', [difference('order')]: '0x10', [state('active')]: '1x10' },
    at: '1m',
    fires: [
      {
        ...critical,
        labels: { ...ofTarget, kind: 'fill' },
        description: '2 differences of kind fill between o:8001 and the strategy plane.',
      },
    ],
  },
  {
    title: 'nothing for differences that are resolved within a minute',
    alert: 'ReconciliationDifferences',
    file,
    series: { [difference('fill')]: '1x2 0x20', [state('active')]: '1x22' },
    at: '2m',
    quiet: [critical],
  },
]

export const orderCases: readonly RuleCase[] = [...stateCases, ...intentCases, ...flowCases, ...positionCases]
