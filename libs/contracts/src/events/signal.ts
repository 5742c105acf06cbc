import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, instrument, label, oneOf } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const signal = defineEvent({
  tag: 'signal',
  version: 2,
  wireNumber: 11,
  doc: 'What a strategy thinks of an instrument.',
  schema: {
    strategy: label('OFI, ...'),
    instrument,
    effectUs,
    strength: Type.Number({
      minimum: -1,
      maximum: 1,
      description: '-1 short with full conviction, 1 long with full conviction',
    }),
    direction: oneOf(['BUY', 'SELL', 'FLAT'], 'sign of the strength'),
  },
  topic: topics.signals,
  key: ({ instrument }) => instrument,
  rank: rank.strategy,
  store: { table: 'signals', as: 'signal' },
  example: {
    strategy: 'OFI',
    instrument: 'BTC/USDT@sim',
    effectUs: exampleUs,
    strength: 0.4,
    direction: 'BUY',
  },
})
export type Signal = EventOf<typeof signal>
