import { Type } from '@sinclair/typebox'
import { orderTypes, sides, timesInForce } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { decimal, effectUs, exampleUs, instrument, label, oneOf, real, shares, text, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const orderIntent = defineEvent({
  tag: 'orderIntent',
  version: 2,
  wireNumber: 13,
  doc: 'An order that the strategy plane wants. Risk has not seen it yet.',
  schema: {
    intentId: text('pure function of the inputs, unique within a run; the identity of the order everywhere'),
    strategy: label('whose order; NET: that of several'),
    shares: Type.Optional(shares('of several: who wants how much of it; they sum to its signed quantity')),
    instrument,
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
  topic: topics.intents,
  key: (_, account) => account,
  rank: rank.strategy,
  example: {
    intentId: 'OFI-1',
    strategy: 'OFI',
    instrument: 'BTC/USDT@sim',
    effectUs: exampleUs,
    side: 'BUY',
    orderType: 'LIMIT',
    quantity: '0.1',
    limitPrice: '61800.3',
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    decisionMid: 61_800.25,
    decisionRecvUs: exampleUs,
    validUntilUs: exampleUs + 2_000_000,
  },
})
export type OrderIntent = EventOf<typeof orderIntent>
