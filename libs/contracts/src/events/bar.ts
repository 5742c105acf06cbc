import { Type } from '@sinclair/typebox'
import { timeframes } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { exampleMarket, exampleUs, marketFields, ofProducer, oneOf, real, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const bar = defineEvent({
  tag: 'bar',
  version: 2,
  wireNumber: 5,
  doc: 'Open, high, low, close and volume of an interval of event time.',
  schema: {
    ...marketFields,
    timeframe: oneOf(timeframes, 'length of the bar'),
    origin: oneOf(['trades', 'venue'], "built from trades, or the venue's own kline"),
    openTimeUs: timeUs('start of the bar, event time, aligned to UTC'),
    open: real('first price'),
    high: real('highest price'),
    low: real('lowest price'),
    close: real('last price'),
    volume: real('base units'),
    quoteVolume: real('quote currency'),
    buyVolume: real('base units bought by aggressors'),
    trades: Type.Integer({ minimum: 0, description: 'number of trades' }),
    closed: Type.Boolean({ description: 'false while the bar is still forming' }),
    incomplete: Type.Optional(
      Type.Boolean({ description: 'true when trades of the interval are missing, or may be; else absent' }),
    ),
    revised: Type.Optional(
      Type.Boolean({ description: 'true when the bar was closed before and this is what replaces it; else absent' }),
    ),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  store: { table: 'bars', as: 'bar' },
  example: {
    ...exampleMarket,
    timeframe: '1m',
    origin: 'trades',
    openTimeUs: exampleUs,
    open: 61_800.3,
    high: 61_839.8,
    low: 61_800,
    close: 61_807.8,
    volume: 125.967,
    quoteVolume: 7_786_316.8556,
    buyVolume: 50.874,
    trades: 1751,
    closed: true,
  },
})
export type Bar = EventOf<typeof bar>
