import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { exampleMarket, exampleUs, marketFields, ofProducer, oneOf, real, timeUs, venueId } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const trade = defineEvent({
  tag: 'trade',
  version: 2,
  wireNumber: 1,
  doc: 'One trade, or one aggregate of trades, as the venue printed it.',
  schema: {
    ...marketFields,
    tsEventUs: timeUs('venue time of the trade'),
    tradeId: Type.Optional(
      venueId("the venue's trade id, an integer where it counts them; absent where it gives none"),
    ),
    price: real('quote currency per unit of base'),
    size: real('base units'),
    aggressor: oneOf(['buy', 'sell'], 'the side that took liquidity'),
    firstTradeId: Type.Optional(
      Type.Integer({ description: 'of an aggregate: the first trade that it stands for; tradeId is its own id then' }),
    ),
    lastTradeId: Type.Optional(Type.Integer({ description: 'of an aggregate: the last trade that it stands for' })),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  store: { table: 'trades', as: 'tick' },
  example: {
    ...exampleMarket,
    tsEventUs: exampleUs - 2_000,
    tradeId: 1,
    price: 61_800.3,
    size: 0.006,
    aggressor: 'buy',
  },
})
export type Trade = EventOf<typeof trade>
