import { dashboardUids } from '@triplane/monitoring'
import { createDashboard, variables } from '../dashboard.ts'
import {
  bookBySide,
  candles,
  depthOverPrice,
  latestTrades,
  orderBook,
  tradesByCandle,
  volumeByCandle,
} from '../market-panels.ts'
import { dataPlane as data, strategyPlane as strategy } from '../metrics.ts'
import { statPanel, timeSeries } from '../panels.ts'
import { byInstrument, createPromql, marketScope } from '../promql.ts'
import { BASIS_POINTS, newest, series } from '../series.ts'

const { rate, lastMinute, max } = createPromql(marketScope)

const bid = max(data.price, byInstrument, 'type="bid"')
const ask = max(data.price, byInstrument, 'type="ask"')
const spreadBps = `20000 * ${max(data.spread, byInstrument)} / (${bid} + ${ask})`
const bought = rate(data.tradeVolumeTotal, [], 'side="buy"')
const sold = rate(data.tradeVolumeTotal, [], 'side="sell"')
const bidDepth = max(data.depth, [], 'side="bid"')
const askDepth = max(data.depth, [], 'side="ask"')
const bookPressure = `(${bidDepth} - ${askDepth}) / (${bidDepth} + ${askDepth})`
const small = { width: 4, height: 4 }

const now = [
  statPanel(
    {
      title: 'Last price',
      worry: 'Worry when it stands still while the session is open.',
      unit: 'none',
      queries: [series(max(data.price, byInstrument, 'type="last"'), '{{symbol}}')],
      ...small,
    },
    { sparkline: true },
  ),
  statPanel(
    {
      title: 'Spread now',
      worry: 'Worry when it is several times what it mostly is.',
      unit: 'none',
      queries: [newest(max(data.spread, byInstrument), '{{symbol}}')],
      ...small,
    },
    {},
  ),
  statPanel(
    {
      title: 'Spread now in basis points',
      shows: 'Spread as a share of the mid price.',
      worry: 'Worry when it is more than the strategy earns on a trade.',
      unit: BASIS_POINTS,
      queries: [newest(spreadBps, '{{symbol}}')],
      ...small,
    },
    { decimals: 2 },
  ),
  statPanel(
    {
      title: 'Trade count (1m)',
      shows: 'Trades of the last minute.',
      worry: 'Worry at 0 while the session is open.',
      unit: 'short',
      queries: [newest(lastMinute(data.trades), 'trades')],
      ...small,
    },
    { decimals: 0 },
  ),
  statPanel(
    {
      title: 'Volume of the last minute',
      worry: 'Worry when it is far below what is usual at this hour: orders are cut down to a share of it.',
      unit: 'short',
      queries: [newest(max(data.tradeVolume, byInstrument), '{{symbol}}')],
      ...small,
    },
    { decimals: 2 },
  ),
  statPanel(
    {
      title: 'Book imbalance',
      shows: 'Bid minus ask quantity of the top 20 levels as a share of both: 1 all bids, -1 all asks.',
      worry: 'No worry in itself; near 1 or -1 one side of the book is missing.',
      unit: 'none',
      queries: [newest(bookPressure, 'bids against asks')],
      ...small,
    },
    { decimals: 2 },
  ),
]

const prices = [
  timeSeries(
    {
      title: 'Price',
      shows: 'Last, best bid and best ask price, with the indicators that are prices.',
      worry: 'Worry when bid and ask go on and the last price does not: trades are missing.',
      unit: 'none',
      queries: [
        series(max(data.price, ['type']), '{{type}}'),
        series(max(strategy.indicator, ['indicator'], 'indicator=~"(ema|sma|vwap|bollinger).*"'), '{{indicator}}'),
      ],
      width: 12,
      height: 10,
    },
    {},
  ),
  candles,
]

const book = [
  depthOverPrice,
  orderBook,
  bookBySide,
  timeSeries(
    {
      title: 'Spread',
      worry: 'Worry when it stays wide: the book is thin, or one side is not updated.',
      unit: 'none',
      queries: [series(max(data.spread, byInstrument), 'spread')],
      width: 6,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Spread in basis points',
      shows: 'Spread as a share of the mid price.',
      worry: 'Worry when it stays above what the strategy earns on a trade.',
      unit: BASIS_POINTS,
      queries: [series(spreadBps, 'spread')],
      width: 6,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Total bids and asks',
      worry: 'Worry when one of them falls away: the market is about to move, or the book is wrong.',
      unit: 'short',
      queries: [series(max(data.totalBids), 'bids'), series(max(data.totalAsks), 'asks')],
      width: 6,
    },
    { draw: 'area', min: 0 },
  ),
  timeSeries(
    {
      title: 'Quantity in the book',
      worry: 'Worry when it is small against the orders that are sent.',
      unit: 'short',
      queries: [series(bidDepth, 'bids'), series(askDepth, 'asks')],
      width: 6,
    },
    { draw: 'area', min: 0 },
  ),
]

const trades = [
  latestTrades,
  timeSeries(
    {
      title: 'Trade count',
      shows: 'Trades a second by the side of the aggressor.',
      worry: 'Worry when there are none while the session is open.',
      unit: 'ops',
      queries: [series(rate(data.trades, ['side']), '{{side}}')],
    },
    { draw: 'bars', stacked: true, min: 0 },
  ),
  timeSeries(
    {
      title: 'Trade volume',
      shows: 'Base volume a second by the side of the aggressor.',
      worry: 'Worry when it is far below what is usual at this hour.',
      unit: 'short',
      queries: [series(rate(data.tradeVolumeTotal, ['side']), '{{side}}')],
    },
    { draw: 'bars', stacked: true, min: 0 },
  ),
  timeSeries(
    {
      title: 'Buy and sell pressure',
      shows:
        'Bought minus sold volume as a share of both, and the same of the quantity in the book: 1 all buy, -1 all sell.',
      worry: 'No worry in itself; the two against each other mean that someone is taking the book away.',
      unit: 'none',
      queries: [series(`(${bought} - ${sold}) / (${bought} + ${sold})`, 'trades', '15s'), series(bookPressure, 'book')],
    },
    { min: -1, max: 1 },
  ),
  volumeByCandle,
  tradesByCandle,
]

const indicators = [
  timeSeries(
    {
      title: 'RSI',
      worry: 'No worry in itself; below 30 is called oversold, above 70 overbought.',
      unit: 'none',
      queries: [series(max(strategy.indicator, ['indicator'], 'indicator=~"rsi.*"'), '{{indicator}}')],
      width: 12,
    },
    { limit: { at: 70 }, min: 0, max: 100 },
  ),
  timeSeries(
    {
      title: 'Indicators',
      worry: 'No worry in itself; levels that matter to you go into alert_rules.yaml.',
      unit: 'short',
      queries: [
        series(max(strategy.indicator, ['indicator'], 'indicator!~"(ema|sma|vwap|bollinger).*"'), '{{indicator}}'),
      ],
      width: 12,
    },
    {},
  ),
]

/** One instrument, second by second. */
export function createLiveMarketBoard() {
  return createDashboard({
    uid: dashboardUids.market,
    title: 'Live Market',
    description: 'One instrument, second by second: price, book, trades and indicators.',
    refresh: '1s',
    from: 'now-5m',
    variables: [
      variables.prometheus(),
      variables.postgres(),
      variables.job(),
      variables.one('exchange', 'Exchange', data.price),
      variables.one('symbol', 'Symbol', data.price, 'job=~"$job",exchange="$exchange"'),
      variables.timeframe(),
      variables.history(),
      variables.run(),
    ],
    rows: [
      { title: 'Now', panels: now },
      { title: 'Price and candles', panels: prices },
      { title: 'Order book', panels: book },
      { title: 'Trades', panels: trades },
      { title: 'Indicators', panels: indicators },
    ],
  })
}
