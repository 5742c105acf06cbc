import { defineEvent, type EventOf } from '../define-event.ts'
import { byOperator, effectUs, exampleUs, label, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const tuning = defineEvent({
  tag: 'tuning',
  version: 1,
  wireNumber: 23,
  doc: 'An operator gave a running strategy other parameters.',
  schema: {
    effectUs,
    strategy: label('its name'),
    parameters: text('JSON object of the parameters that change; the others stay'),
    ...byOperator,
  },
  topic: topics.commands,
  key: (_, account) => account,
  rank: rank.command,
  example: {
    effectUs: exampleUs,
    strategy: 'OFI',
    parameters: '{"horizonMs":5000}',
    who: 'ada',
    why: 'the flow is faster today',
  },
})
export type Tuning = EventOf<typeof tuning>
