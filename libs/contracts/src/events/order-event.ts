import { Type, type Static } from '@sinclair/typebox'
import { brokerRejects, cancelReasons, orderStates, orderTypes, riskCodes, sides } from '../codes.ts'
import { decimal, effectUs, eventSchema, oneOf, text, timeUs } from '../fields.ts'

export const orderEventSchema = eventSchema(
  'orderEvent',
  {
    intentId: text('identity of the order'),
    strategy: text('whose order'),
    venue: text('where'),
    symbol: text('unified symbol'),
    effectUs,
    state: oneOf(orderStates, 'the state entered'),
    reason: Type.Optional(
      oneOf(
        [...riskCodes, ...brokerRejects, ...cancelReasons],
        'why it was denied, rejected or cancelled; of an approved one: what cut it down',
      ),
    ),
    side: oneOf(sides, 'direction'),
    orderType: oneOf(orderTypes, 'MARKET or LIMIT'),
    quantity: decimal('base units after sizing'),
    requestedQuantity: decimal('base units as intended'),
    filledQuantity: decimal('base units filled so far'),
    limitPrice: Type.Optional(decimal('present for LIMIT')),
    tsIntentUs: timeUs('market time of the intent'),
    tsStateUs: timeUs('market time at which the state was entered'),
    tsPrevStateUs: timeUs('market time at which the state before was entered'),
  },
  'An order entered a state.',
)
export type OrderEvent = Readonly<Static<typeof orderEventSchema>>
