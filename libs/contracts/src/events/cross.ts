import { defineEvent, type EventOf } from '../define-event.ts'
import { decimal, effectUs, exampleUs, instrument, shares, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const cross = defineEvent({
  tag: 'cross',
  version: 2,
  wireNumber: 15,
  doc: 'Strategies that want the opposite trade it with one another at the mark. No order is sent; the position of the account stays.',
  schema: {
    crossId: text('unique within a run'),
    instrument,
    effectUs,
    price: decimal('the mark, quote currency per unit of base'),
    shares: shares('what each strategy gets; they sum to 0'),
  },
  topic: topics.intents,
  key: (_, account) => account,
  rank: rank.strategy,
  example: {
    crossId: 'X-7',
    instrument: 'BTC/USDT@sim',
    effectUs: exampleUs,
    price: '61800.25',
    shares: [
      { strategy: 'OFI', quantity: '0.1' },
      { strategy: 'MOM', quantity: '-0.1' },
    ],
  },
})
export type Cross = EventOf<typeof cross>
