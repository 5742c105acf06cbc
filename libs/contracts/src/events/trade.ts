import { Type, type Static } from '@sinclair/typebox'
import { eventSchema, marketFields, oneOf, real, timeUs } from '../fields.ts'

export const tradeSchema = eventSchema(
  'trade',
  {
    ...marketFields,
    tsEventUs: timeUs('venue time of the trade'),
    tradeId: Type.Integer({ description: "the venue's trade id" }),
    price: real('quote currency per unit of base'),
    size: real('base units'),
    aggressor: oneOf(['buy', 'sell'], 'the side that took liquidity'),
    firstTradeId: Type.Optional(
      Type.Integer({ description: 'of an aggregate: the first trade that it stands for; tradeId is its own id then' }),
    ),
    lastTradeId: Type.Optional(Type.Integer({ description: 'of an aggregate: the last trade that it stands for' })),
  },
  'One trade, or one aggregate of trades, as the venue printed it.',
)
export type Trade = Readonly<Static<typeof tradeSchema>>
