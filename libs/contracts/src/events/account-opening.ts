import { defineEvent, type EventOf } from '../define-event.ts'
import { byOperator, effectUs, exampleUs, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { latchedSwitches, ownedAccountSchema } from '../owned-account.ts'
import { topics } from '../topics.ts'
import { exampleAccount } from './account-opened.ts'

export const accountOpening = defineEvent({
  tag: 'accountOpening',
  version: 1,
  wireNumber: 24,
  doc: 'An operator opens the account of a new, flat, halted run with what it owned. Only `accountOpened` says that it was done.',
  schema: {
    effectUs,
    openingId: text('digest of the document: what was opened with it once is not opened again'),
    account: ownedAccountSchema,
    switches: latchedSwitches,
    ...byOperator,
  },
  topic: topics.commands,
  key: (_, account) => account,
  rank: rank.command,
  example: {
    effectUs: exampleUs,
    openingId: '5f2c',
    account: exampleAccount,
    switches: ['drawdown'],
    who: 'ada',
    why: 'upgrade',
  },
})
export type AccountOpening = EventOf<typeof accountOpening>
