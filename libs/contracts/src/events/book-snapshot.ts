import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { exampleMarket, exampleUs, levels, marketFields, ofProducer, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const bookSnapshot = defineEvent({
  tag: 'bookSnapshot',
  version: 2,
  wireNumber: 4,
  doc: 'The whole book, which replaces what was known.',
  schema: {
    ...marketFields,
    tsEventUs: Type.Optional(timeUs('venue time; absent where the venue gives none')),
    lastUpdateId: Type.Optional(
      Type.Integer({ description: 'the update id that the snapshot includes; absent where the venue numbers none' }),
    ),
    bids: levels('price, size pairs, best first'),
    asks: levels('price, size pairs, best first'),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  example: {
    ...exampleMarket,
    tsEventUs: exampleUs - 2_000,
    lastUpdateId: 10,
    bids: [61_800.2, 2.5, 61_800.1, 4],
    asks: [61_800.3, 2.51, 61_800.4, 3],
  },
})
export type BookSnapshot = EventOf<typeof bookSnapshot>
