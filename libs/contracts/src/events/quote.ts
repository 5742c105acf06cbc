import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { exampleMarket, exampleUs, marketFields, ofProducer, real, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const quote = defineEvent({
  tag: 'quote',
  version: 2,
  wireNumber: 2,
  doc: 'Best bid and ask.',
  schema: {
    ...marketFields,
    tsEventUs: Type.Optional(timeUs('venue time; absent where the venue gives none')),
    updateId: Type.Optional(Type.Integer({ description: "the venue's book update id; absent where it gives none" })),
    bid: real('best bid price'),
    bidSize: real('size at the best bid, base units'),
    ask: real('best ask price'),
    askSize: real('size at the best ask, base units'),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  store: { table: 'quotes', as: 'quote' },
  example: {
    ...exampleMarket,
    tsEventUs: exampleUs - 2_000,
    updateId: 1,
    bid: 61_800.2,
    bidSize: 2.5,
    ask: 61_800.3,
    askSize: 2.51,
  },
})
export type Quote = EventOf<typeof quote>
