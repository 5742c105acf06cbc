import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { exampleMarket, exampleUs, marketFields, ofProducer, real, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const ofi = defineEvent({
  tag: 'ofi',
  version: 2,
  wireNumber: 7,
  doc: 'Order-flow imbalance at the best level.',
  schema: {
    ...marketFields,
    tsEventUs: Type.Optional(timeUs('venue time of the update; absent where the venue gives none')),
    value: real('e_n of this update, base units (Cont, Kukanov, Stoikov 2014)'),
    intervalStartUs: timeUs('start of the interval of receive time'),
    intervalValue: real('sum of e_n in the interval so far, base units'),
    depth: real('mean of the best bid and ask size, base units'),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  store: { table: 'ofi', as: 'ofi' },
  example: {
    ...exampleMarket,
    value: 1.5,
    intervalStartUs: exampleUs,
    intervalValue: 13.684,
    depth: 2.505,
  },
})
export type Ofi = EventOf<typeof ofi>
