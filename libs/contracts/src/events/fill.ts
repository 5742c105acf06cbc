import { Type, type Static } from '@sinclair/typebox'
import { sides } from '../codes.ts'
import { decimal, effectUs, eventSchema, oneOf, real, text, timeUs } from '../fields.ts'

export const fillSchema = eventSchema(
  'fill',
  {
    fillId: text('unique within a run'),
    intentId: text('identity of the order'),
    strategy: text('whose order'),
    venue: text('where'),
    symbol: text('unified symbol'),
    effectUs,
    side: oneOf(sides, 'direction'),
    quantity: decimal('base units of this fill'),
    price: decimal('quote currency per unit of base'),
    fee: decimal('commission, 8 decimals; negative is a rebate'),
    feeCurrency: Type.Optional(text('currency of the commission; absent: the quote currency')),
    liquidity: oneOf(['maker', 'taker'], 'whether we gave or took liquidity'),
    status: oneOf(['FILLED', 'PARTIAL_FILL'], 'FILLED completes the order'),
    decisionMid: real('mid price at the decision'),
    slippageBps: real('fill against decision mid in basis points; positive is a cost'),
    first: Type.Boolean({ description: 'the first fill of its order' }),
    isLate: Type.Optional(Type.Boolean({ description: 'its order had ended before' })),
    tsIntentUs: timeUs('market time of the intent'),
    tsAckUs: timeUs('market time of the acknowledgement'),
    tsVenueUs: timeUs('market time of the match at the venue'),
  },
  'A fill, booked by the order plane before it is published.',
)
export type Fill = Readonly<Static<typeof fillSchema>>
