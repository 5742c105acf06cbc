import { Type, type Static } from '@sinclair/typebox'
import { orderTypes, sides, timesInForce } from '../codes.ts'
import { decimal, effectUs, eventSchema, oneOf, real, text, timeUs } from '../fields.ts'

export const orderIntentSchema = eventSchema(
  'orderIntent',
  {
    intentId: text('pure function of the inputs, unique within a run; the identity of the order everywhere'),
    strategy: text('whose order'),
    venue: text('where'),
    symbol: text('unified symbol'),
    effectUs,
    side: oneOf(sides, 'direction'),
    orderType: oneOf(orderTypes, 'MARKET or LIMIT'),
    quantity: decimal('base units, a multiple of the lot size'),
    limitPrice: Type.Optional(decimal('a multiple of the tick size; present for LIMIT')),
    timeInForce: oneOf(timesInForce, 'GTC rests, IOC does not'),
    postOnly: Type.Boolean({ description: 'refused by the venue when it would take liquidity' }),
    reduceOnly: Type.Boolean({ description: 'may only bring the position closer to zero' }),
    decisionMid: real('mid price at the decision, for slippage'),
    decisionRecvUs: timeUs('market time of the newest input of the decision'),
    validUntilUs: timeUs('market time after which it is refused as expired'),
  },
  'An order that the strategy plane wants. Risk has not seen it yet.',
)
export type OrderIntent = Readonly<Static<typeof orderIntentSchema>>
