import { cancelReasons } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { code, effectUs, exampleUs, instrument, label, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const cancelIntent = defineEvent({
  tag: 'cancelIntent',
  version: 2,
  wireNumber: 14,
  doc: 'A request to cancel a working order. Cancels pass every risk check.',
  schema: {
    intentId: text('the order to cancel'),
    strategy: label('whose order'),
    instrument,
    effectUs,
    reason: code(cancelReasons, 'why'),
  },
  topic: topics.intents,
  key: (_, account) => account,
  rank: rank.strategy,
  example: {
    intentId: 'OFI-1',
    strategy: 'OFI',
    instrument: 'BTC/USDT@sim',
    effectUs: exampleUs,
    reason: 'replaced',
  },
})
export type CancelIntent = EventOf<typeof cancelIntent>
