import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { exampleMarket, exampleUs, levels, marketFields, ofProducer, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const bookDelta = defineEvent({
  tag: 'bookDelta',
  version: 2,
  wireNumber: 3,
  doc: 'Changes of book levels; sizes are absolute.',
  schema: {
    ...marketFields,
    tsEventUs: timeUs('venue time of the update'),
    firstUpdateId: Type.Optional(
      Type.Integer({ description: 'first update id in the delta; absent where the venue numbers none' }),
    ),
    lastUpdateId: Type.Optional(
      Type.Integer({ description: 'last update id in the delta; absent where the venue numbers none' }),
    ),
    prevUpdateId: Type.Optional(
      Type.Integer({ description: 'last update id of the delta before, where the venue gives it' }),
    ),
    bids: levels('price, size pairs; size 0 removes the level'),
    asks: levels('price, size pairs; size 0 removes the level'),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  example: {
    ...exampleMarket,
    tsEventUs: exampleUs - 2_000,
    firstUpdateId: 11,
    lastUpdateId: 12,
    prevUpdateId: 10,
    bids: [61_800.2, 2.5],
    asks: [61_800.3, 0],
  },
})
export type BookDelta = EventOf<typeof bookDelta>
