import { Type } from '@sinclair/typebox'
import { brokerRejects, cancelReasons, orderStates, orderTypes, riskCodes, sides } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { code, decimal, effectUs, exampleUs, instrument, label, oneOf, text, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const orderEvent = defineEvent({
  tag: 'orderEvent',
  version: 2,
  wireNumber: 16,
  doc: 'An order entered a state.',
  schema: {
    intentId: text('identity of the order'),
    strategy: label('whose order'),
    instrument,
    effectUs,
    state: code(orderStates, 'the state entered'),
    reason: Type.Optional(
      code(
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
  topic: topics.orders,
  key: (_, account) => account,
  rank: rank.order,
  store: { table: 'order_journal', as: 'order' },
  example: {
    intentId: 'OFI-1',
    strategy: 'OFI',
    instrument: 'BTC/USDT@sim',
    effectUs: exampleUs + 1_000,
    state: 'denied',
    reason: 'price_collar',
    side: 'BUY',
    orderType: 'LIMIT',
    quantity: '0.1',
    requestedQuantity: '0.1',
    filledQuantity: '0',
    limitPrice: '61800.3',
    tsIntentUs: exampleUs,
    tsStateUs: exampleUs,
    tsPrevStateUs: exampleUs,
  },
})
export type OrderEvent = EventOf<typeof orderEvent>
