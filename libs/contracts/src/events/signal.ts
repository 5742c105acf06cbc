import { Type, type Static } from '@sinclair/typebox'
import { effectUs, eventSchema, oneOf, text } from '../fields.ts'

export const signalSchema = eventSchema(
  'signal',
  {
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
  'What a strategy thinks of an instrument.',
)
export type Signal = Readonly<Static<typeof signalSchema>>
