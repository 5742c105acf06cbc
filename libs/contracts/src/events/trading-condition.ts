import type { Static } from '@sinclair/typebox'
import { tradingConditions, tradingStates } from '../codes.ts'
import { effectUs, eventSchema, oneOf, text } from '../fields.ts'

export const tradingConditionSchema = eventSchema(
  'tradingCondition',
  {
    effectUs,
    condition: oneOf(tradingConditions, 'what was judged'),
    state: oneOf(tradingStates, 'the trading state that it calls for; active clears it'),
    why: text('one sentence'),
  },
  'The edge of an order plane judged what its core cannot know: liveness, the journal, reconciliation.',
)
export type TradingConditionChange = Readonly<Static<typeof tradingConditionSchema>>
