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
  },
  'One trade as the venue printed it.',
)
export type Trade = Readonly<Static<typeof tradeSchema>>
