import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { exampleTotals, ledgerTotals } from '../ledger-totals.ts'
import { topics } from '../topics.ts'

export const ledgerAnswer = defineEvent({
  tag: 'ledgerAnswer',
  version: 2,
  wireNumber: 41,
  doc: 'What the ledger of the strategy plane came to when it read a digest of the order plane, which compares it too.',
  schema: {
    effectUs,
    digest: Type.Integer({ minimum: 1, description: 'number of the digest that it answers' }),
    ...ledgerTotals,
  },
  topic: topics.intents,
  key: (_, account) => account,
  rank: rank.strategy,
  example: { effectUs: exampleUs + 5_000, digest: 12, ...exampleTotals },
})
export type LedgerAnswer = EventOf<typeof ledgerAnswer>
