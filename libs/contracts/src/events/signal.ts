import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, oneOf, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const signal = defineEvent({
  tag: 'signal',
  version: 1,
  doc: 'What a strategy thinks of an instrument.',
  schema: {
    strategy: text('OFI, ...'),
    symbol: text('unified symbol'),
    effectUs,
    strength: Type.Number({
      minimum: -1,
      maximum: 1,
      description: '-1 short with full conviction, 1 long with full conviction',
    }),
    direction: oneOf(['BUY', 'SELL', 'FLAT'], 'sign of the strength'),
  },
  topic: topics.signals,
  key: ({ symbol }) => symbol,
  rank: rank.strategy,
  store: { table: 'signals', as: 'signal' },
  example: {
    strategy: 'OFI',
    symbol: 'BTC/USDT',
    effectUs: exampleUs,
    strength: 0.4,
    direction: 'BUY',
  },
})
export type Signal = EventOf<typeof signal>
