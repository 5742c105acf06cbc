import { Type } from '@sinclair/typebox'
import { sides } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { decimal, effectUs, exampleUs, instrument, label, oneOf, real, shares, text, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const fill = defineEvent({
  tag: 'fill',
  version: 2,
  wireNumber: 17,
  doc: 'A fill, booked by the order plane before it is published.',
  schema: {
    fillId: text('unique within a run'),
    intentId: text('identity of the order'),
    strategy: label('whose order; NET: that of several'),
    shares: Type.Optional(shares('of several: who gets how much of it; they sum to its signed quantity')),
    instrument,
    effectUs,
    side: oneOf(sides, 'direction'),
    quantity: decimal('base units of this fill'),
    price: decimal('quote currency per unit of base'),
    fee: decimal('commission, 8 decimals; negative is a rebate'),
    feeCurrency: Type.Optional(label('currency of the commission; absent: the quote currency')),
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
  topic: topics.fills,
  key: (_, account) => account,
  rank: rank.order,
  store: { table: 'fills', as: 'fill' },
  example: {
    fillId: 'OFI-1/1',
    intentId: 'OFI-1',
    strategy: 'OFI',
    instrument: 'BTC/USDT@sim',
    effectUs: exampleUs + 10_000,
    side: 'BUY',
    quantity: '0.1',
    price: '61800.3',
    fee: '3.090015',
    liquidity: 'taker',
    status: 'FILLED',
    decisionMid: 61_800.25,
    slippageBps: 0.008,
    first: true,
    tsIntentUs: exampleUs,
    tsAckUs: exampleUs + 5_000,
    tsVenueUs: exampleUs + 9_000,
  },
})
export type Fill = EventOf<typeof fill>
