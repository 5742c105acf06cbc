import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { latchedSwitches, ownedAccountSchema, type OwnedAccount } from '../owned-account.ts'
import { topics } from '../topics.ts'

/** The account in the examples of events. */
export const exampleAccount: OwnedAccount = {
  startingCashUsd: '100000',
  depositsUsd: '0',
  cash: [{ currency: 'USD', amount: '100000' }],
  positions: [
    {
      instrument: 'BTC/USDT@sim',
      quoteCurrency: 'USDT',
      contractSize: '1',
      mark: 61_850.25,
      parts: [
        {
          strategy: 'OFI',
          quantity: '0.1',
          costBasis: '6180.03',
          realized: '-3.090015',
          fees: '3.090015',
          cashFlow: '-6183.120015',
          roundTripResult: '-3.090015',
        },
      ],
    },
  ],
  assets: [],
  peakUsd: '100012.5',
  maxDrawdownRatio: 0.0002,
  strategies: [{ strategy: 'OFI', peakUsd: '12.5', maxDrawdownRatio: 0.0002 }],
}

export const accountOpened = defineEvent({
  tag: 'accountOpened',
  version: 2,
  wireNumber: 18,
  doc: 'The order plane has opened the account with what it owned before the run: every ledger books it, once, and goes on from it.',
  schema: {
    effectUs,
    openingId: text('digest of the document'),
    account: ownedAccountSchema,
    switches: latchedSwitches,
  },
  topic: topics.fills,
  key: (_, account) => account,
  rank: rank.order,
  store: { table: 'account_openings', as: 'account_opened' },
  example: {
    effectUs: exampleUs + 5_000,
    openingId: '5f2c',
    account: exampleAccount,
    switches: ['drawdown'],
  },
})
export type AccountOpened = EventOf<typeof accountOpened>
