import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { exampleTotals, ledgerTotals } from '../ledger-totals.ts'
import { ownedAccountSchema } from '../owned-account.ts'
import { topics } from '../topics.ts'
import { exampleAccount } from './account-opened.ts'

export const ledgerStated = defineEvent({
  tag: 'ledgerStated',
  version: 2,
  wireNumber: 42,
  doc: 'The whole ledger of the order plane, as of the fill before it, by an order of an operator. A strategy plane whose ledger differs adopts it.',
  schema: {
    effectUs,
    account: ownedAccountSchema,
    ...ledgerTotals,
    lastFillId: Type.Optional(text('id of the last of the fills; absent before the first')),
  },
  topic: topics.fills,
  key: (_, account) => account,
  rank: rank.order,
  example: { effectUs: exampleUs + 5_000, account: exampleAccount, ...exampleTotals, lastFillId: 'OFI-1/1' },
})
export type LedgerStated = EventOf<typeof ledgerStated>
