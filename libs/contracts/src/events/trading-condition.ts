import { tradingConditions, tradingStates } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, oneOf, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const tradingCondition = defineEvent({
  tag: 'tradingCondition',
  version: 1,
  wireNumber: 25,
  doc: 'The edge of an order plane judged what its core cannot know: liveness, the journal, reconciliation, a pause, duplicates.',
  schema: {
    effectUs,
    condition: oneOf(tradingConditions, 'what was judged'),
    state: oneOf(tradingStates, 'the trading state that it calls for; active clears it'),
    why: text('one sentence'),
  },
  topic: topics.commands,
  key: (_, account) => account,
  rank: rank.command,
  example: {
    effectUs: exampleUs,
    condition: 'heartbeat',
    state: 'reducing',
    why: 'no heartbeat of the strategy plane for 5 s',
  },
})
export type TradingConditionChange = EventOf<typeof tradingCondition>
