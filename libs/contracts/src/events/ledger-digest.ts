import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { exampleTotals, ledgerTotals } from '../ledger-totals.ts'
import { topics } from '../topics.ts'

export const ledgerDigest = defineEvent({
  tag: 'ledgerDigest',
  version: 2,
  wireNumber: 40,
  doc: 'What the ledger of the order plane comes to, as of the fill before it. The strategy plane compares it with its own.',
  schema: {
    effectUs,
    digest: Type.Integer({ minimum: 1, description: 'number of the digest in its run' }),
    ...ledgerTotals,
    isDisputed: Type.Boolean({ description: 'the newest answer to an earlier one differed' }),
  },
  topic: topics.fills,
  key: (_, account) => account,
  rank: rank.order,
  example: { effectUs: exampleUs + 5_000, digest: 12, ...exampleTotals, isDisputed: false },
})
export type LedgerDigest = EventOf<typeof ledgerDigest>
