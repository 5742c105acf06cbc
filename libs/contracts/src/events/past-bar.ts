import { Type } from '@sinclair/typebox'
import { timeframes } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { exampleMarket, exampleUs, marketFields, ofProducer, oneOf, real, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const pastBar = defineEvent({
  tag: 'pastBar',
  version: 2,
  wireNumber: 6,
  doc: 'A closed bar of before the run, as its venue keeps it: what strategies warm up with. One that was said may be said again.',
  schema: {
    ...marketFields,
    timeframe: oneOf(timeframes, 'length of the bar'),
    openTimeUs: timeUs('start of the bar, event time, aligned to UTC'),
    open: real('first price'),
    high: real('highest price'),
    low: real('lowest price'),
    close: real('last price'),
    volume: real('base units'),
    trades: Type.Integer({ minimum: 0, description: 'number of trades' }),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  example: {
    ...exampleMarket,
    timeframe: '1m',
    openTimeUs: exampleUs - 60_000_000,
    open: 61_800.3,
    high: 61_839.8,
    low: 61_800,
    close: 61_807.8,
    volume: 125.967,
    trades: 1751,
  },
})
export type PastBar = EventOf<typeof pastBar>
