import { Type } from '@sinclair/typebox'
import { markKinds } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { code, exampleMarket, marketFields, ofProducer, real } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const mark = defineEvent({
  tag: 'mark',
  version: 2,
  wireNumber: 8,
  doc: 'The price at which the ledgers of every plane value an instrument, from now on.',
  schema: {
    ...marketFields,
    price: real('what positions are valued at, quote currency per unit of base'),
    kind: code(markKinds, 'what the price is of'),
    ageUs: Type.Integer({ minimum: 0, description: 'market time since what the price is of' }),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  example: {
    ...exampleMarket,
    price: 61_800.25,
    kind: 'quote',
    ageUs: 120_000,
  },
})
export type Mark = EventOf<typeof mark>
