import { regimes } from '../codes.ts'
import { defineEvent } from '../define-event.ts'
import { code, effectUs, exampleUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const regimeChange = defineEvent({
  tag: 'regimeChange',
  version: 1,
  wireNumber: 20,
  doc: 'The market regime changed.',
  schema: { effectUs, from: code(regimes, 'the regime left'), to: code(regimes, 'the regime entered') },
  topic: topics.regime,
  key: (_, account) => account,
  rank: rank.strategy,
  example: {
    effectUs: exampleUs,
    from: 'calm',
    to: 'storm',
  },
})
