import { dataPlane as data } from './metrics.ts'
import { areaOverNumber, candlestickPanel, tablePanel, timeSeries } from './panels.ts'
import { createPromql, marketScope } from './promql.ts'
import { rows } from './series.ts'
import { column } from './tables.ts'
import { transform } from './transformations.ts'

const { max } = createPromql(marketScope)

/** Of the chosen run and instrument. A venue is named after its exchange and product: binance_spot. */
const CHOSEN = `$__timeFilter(time) and run_id = \${run:sqlstring}
  and symbol = \${symbol:sqlstring} and split_part(exchange, '_', 1) = \${exchange:sqlstring}`

const labelled = (expr: string, label: string, value: string) =>
  `label_replace(${expr}, "${label}", "${value}", "", "")`

const forming = 'timeframe="$timeframe"'
const candleParts = [
  ['open', data.candleOpen],
  ['high', data.candleHigh],
  ['low', data.candleLow],
  ['close', data.candleClose],
  ['volume', data.candleVolume],
] as const

/** When the candle that is forming was opened, in milliseconds; nothing when there is none. */
const openedAt = `0 * ${max(data.candleOpen, [], forming)} + (time() - time() % $timeframe) * 1000`

/**
 * Closed candles from the database, then the one that is forming: one series for each of its parts, which become columns of a
 * row under the history.
 */
export const candles = candlestickPanel({
  title: 'Candles',
  shows: 'Closed candles from the database and the one still forming from Prometheus, with the base volume.',
  worry: 'Worry when a candle is missing while there were trades.',
  unit: 'none',
  queries: [
    {
      sql: `
select distinct on (time) time, open, high, low, close, volume
from kline_data
where ${CHOSEN} and timeframe = \${timeframe:sqlstring}
order by time, origin`,
    },
    rows(
      [
        ...candleParts.map(([part, metric]) => labelled(max(metric, [], forming), 'part', part)),
        labelled(openedAt, 'part', 'time'),
      ].join('\nor '),
    ),
  ],
  transformations: [
    transform.matrix('B', { columnField: 'part', rowField: 'Time', valueField: 'Value' }),
    transform.without('Time\\part'),
    transform.convert('time', 'time'),
    transform.merge(),
    transform.sort('time'),
  ],
  timeFrom: '$history',
  width: 12,
  height: 10,
})

const byLevel = ['level']
const sided = (side: 'bid' | 'ask', expr: string) => labelled(expr, 'side', side)

/** Quantity that can be had down or up to a price: a row for each level of each side, by price. */
export const depthOverPrice = areaOverNumber(
  {
    title: 'Order book depth',
    shows: 'Base quantity of the bids down to a price and of the asks up to it, over the price, top 20 levels.',
    worry: 'Worry when a side is empty, or when the two overlap: the book is crossed.',
    unit: 'short',
    queries: [
      rows(`${sided('bid', max(data.bidPrice, byLevel))} or ${sided('ask', max(data.askPrice, byLevel))}`),
      rows(sided('bid', max(data.bidCumulative, byLevel))),
      rows(sided('ask', max(data.askCumulative, byLevel))),
    ],
    transformations: [
      transform.without('Time'),
      transform.merge(),
      transform.rename({ 'Value #A': 'price', 'Value #B': 'bids', 'Value #C': 'asks', level: '', side: '' }),
      transform.sort('price'),
    ],
    fields: {
      price: [column.unit('none')],
      bids: [
        { id: 'color', value: { mode: 'fixed', fixedColor: 'green' } },
        // What can be had at a price is what lies at it or above: a level counts down to the next.
        { id: 'custom.lineInterpolation', value: 'stepBefore' },
        { id: 'min', value: 0 },
      ],
      asks: [
        { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
        { id: 'custom.lineInterpolation', value: 'stepAfter' },
        { id: 'min', value: 0 },
      ],
    },
    width: 14,
    height: 10,
  },
  'price',
)

export const orderBook = tablePanel({
  title: 'Order book',
  shows: 'The top 20 levels: price and base quantity of each side.',
  worry: 'Worry when the best bid is not below the best ask.',
  unit: 'none',
  queries: [data.bidQuantity, data.bidPrice, data.askPrice, data.askQuantity].map((metric) =>
    rows(max(metric, byLevel)),
  ),
  transformations: [
    transform.without('Time'),
    transform.join('level'),
    transform.rename({
      level: 'level',
      'Value #A': 'bid quantity',
      'Value #B': 'bid',
      'Value #C': 'ask',
      'Value #D': 'ask quantity',
    }),
    transform.convert('level', 'number'),
    transform.sort('level'),
  ],
  width: 10,
  height: 10,
})

export const latestTrades = tablePanel({
  title: 'Latest trades',
  shows: 'The newest 50 trades, with the side of the aggressor.',
  worry: 'Worry when the newest is old while the price moves: trades are not stored.',
  unit: 'none',
  queries: [
    {
      sql: `
select time, side, price, quantity, amount, exchange
from trades_stream
where ${CHOSEN}
order by time desc limit 50`,
    },
  ],
  transformations: [transform.sort('time', true)],
  fields: { side: [column.side, column.coloured] },
})

/** Bars of ohlcv_data. */
const byCandle = (title: string, shows: string, columns: string) =>
  timeSeries(
    {
      title,
      shows,
      worry: 'Worry at a candle without any while the session was open.',
      unit: 'short',
      queries: [
        {
          sql: `
select time, ${columns}
from ohlcv_data
where ${CHOSEN} and timeframe = \${timeframe:sqlstring}
order by time`,
          format: 'time_series',
        },
      ],
      timeFrom: '$history',
      width: 12,
    },
    { draw: 'bars', stacked: true, min: 0 },
  )

export const volumeByCandle = byCandle(
  'Volume by candle',
  'Base volume of each candle by the side of the aggressor, from the stored trades.',
  'buy_volume as buy, volume - buy_volume as sell',
)
export const tradesByCandle = byCandle('Trades by candle', 'How many trades each candle had.', 'trades')
