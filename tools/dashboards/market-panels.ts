import { dataPlane as data } from './metrics.ts'
import { fixedColour } from './panel.ts'
import { areaOverNumber, candlestickPanel, tablePanel, timeSeries } from './panels.ts'
import { createPromql, marketScope } from './promql.ts'
import { rows } from './series.ts'
import { column } from './tables.ts'
import { transform } from './transformations.ts'

const { max } = createPromql(marketScope)

/** Restricts rows to the chosen run and instrument, and to the shown time by this column. */
const chosen = (time: string) => `$__timeFilter(${time}) and run_id = \${run:sqlstring}
  and symbol = \${symbol:sqlstring} and exchange = \${exchange:sqlstring}`

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

/** The opening time of the candle in progress, in milliseconds; empty when there is none. */
const openedAt = `0 * ${max(data.candleOpen, [], forming)} + (time() - time() % $timeframe) * 1000`

/**
 * Closed candles from the database, then the one in progress: one series for each of its parts, which become columns of a row
 * below the history.
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
from dashboard_candles
where ${chosen('closed_at')} and timeframe = \${timeframe:sqlstring}
order by time, origin, seq desc`,
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
/** Levels that carry their side, which joins the tables of the depth: `bid 0`. */
const levelsOf = (side: 'bid' | 'ask', expr: string) => `label_replace(${expr}, "level", "${side} $1", "level", "(.*)")`

/** Quantity available down or up to a price: a row for each level of each side, by price. */
export const depthOverPrice = areaOverNumber(
  {
    title: 'Order book depth',
    shows: 'Base quantity of the bids down to a price and of the asks up to it, over the price, top 20 levels.',
    worry: 'Worry when a side is empty, or when the two overlap: the book is crossed.',
    unit: 'short',
    queries: [
      rows(`${levelsOf('bid', max(data.bidPrice, byLevel))} or ${levelsOf('ask', max(data.askPrice, byLevel))}`),
      rows(levelsOf('bid', max(data.bidCumulative, byLevel))),
      rows(levelsOf('ask', max(data.askCumulative, byLevel))),
    ],
    transformations: [
      transform.without('Time'),
      transform.join('level'),
      transform.rename({ 'Value #A': 'price', 'Value #B': 'bids', 'Value #C': 'asks', level: '' }),
      transform.sort('price'),
    ],
    fields: {
      price: [column.unit('none')],
      bids: [
        fixedColour('green'),
        // The quantity available at a price lies at it or above: a level counts down to the next.
        { id: 'custom.lineInterpolation', value: 'stepBefore' },
        { id: 'min', value: 0 },
      ],
      asks: [fixedColour('red'), { id: 'custom.lineInterpolation', value: 'stepAfter' }, { id: 'min', value: 0 }],
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

const ofSides = (bid: string, ask: string) => `${sided('bid', bid)} or ${sided('ask', ask)}`
const [bidPrice, askPrice] = [max(data.bidPrice, byLevel), max(data.askPrice, byLevel)]
const [bidQuantity, askQuantity] = [max(data.bidQuantity, byLevel), max(data.askQuantity, byLevel)]

/** The totals of the top of the book: a row for each side. */
export const bookBySide = tablePanel({
  title: 'Top 20 by side',
  shows: 'Of the top 20 levels of each side: base quantity, lowest and highest price, and value in the quote currency.',
  worry: 'Worry when one side has far less than the other, or its prices lie far apart: the book is thin.',
  unit: 'none',
  queries: [
    rows(ofSides(`sum(${bidQuantity})`, `sum(${askQuantity})`)),
    rows(ofSides(`min(${bidPrice})`, `min(${askPrice})`)),
    rows(ofSides(`max(${bidPrice})`, `max(${askPrice})`)),
    rows(ofSides(`sum(${bidPrice} * ${bidQuantity})`, `sum(${askPrice} * ${askQuantity})`)),
  ],
  transformations: [
    transform.without('Time'),
    transform.join('side'),
    transform.rename({
      side: 'side',
      'Value #A': 'quantity',
      'Value #B': 'lowest price',
      'Value #C': 'highest price',
      'Value #D': 'value',
    }),
    transform.sort('side', true),
  ],
  fields: { side: [column.side, column.coloured] },
  width: 12,
  height: 4,
})

export const latestTrades = tablePanel({
  title: 'Latest trades',
  shows: 'The newest 100 trades: side of the aggressor, price, base quantity, and what was paid.',
  worry: 'Worry when the newest is old while the price moves: trades are not stored.',
  unit: 'none',
  queries: [
    {
      sql: `
select time, side, price, amount, cost
from trades_stream
where ${chosen('time')}
order by time desc limit 100`,
    },
  ],
  transformations: [transform.sort('time', true)],
  fields: { side: [column.side, column.coloured] },
})

/** Bars of dashboard_bars. */
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
from dashboard_bars
where ${chosen('time')} and timeframe = \${timeframe:sqlstring}
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
