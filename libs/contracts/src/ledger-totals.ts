import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { decimal, instrument, label, text } from './fields.ts'

const listOf = <Items extends TSchema>(items: Items, description: string) =>
  Type.Unsafe<readonly Readonly<Static<Items>>[]>(Type.Array(items, { description }))

/** What a ledger came to, in a form that two ledgers of one account can compare. */
export const ledgerTotals = {
  fills: Type.Integer({ minimum: 0, description: 'fills booked in this run' }),
  fillChain: text('hash over what every one of them said, in the order in which they were booked'),
  crosses: Type.Integer({ minimum: 0, description: 'crosses booked in this run' }),
  crossChain: text('the same of them'),
  positions: listOf(
    Type.Object({ instrument, quantity: decimal('signed base units') }),
    'what is held, by id; flat ones are absent',
  ),
  cash: listOf(
    Type.Object({ currency: label('currency'), amount: decimal('cash') }),
    'by currency; empty when fees were paid in another one, at prices that each ledger has for itself',
  ),
}

/** What ledgers are compared by. */
export interface LedgerTotals {
  readonly fills: number
  readonly fillChain: string
  readonly crosses: number
  readonly crossChain: string
  readonly positions: readonly { readonly instrument: string; readonly quantity: string }[]
  readonly cash: readonly { readonly currency: string; readonly amount: string }[]
}

/** The totals in the examples of events. */
export const exampleTotals: LedgerTotals = {
  fills: 1,
  fillChain: '8f3c2b0a91d4e657',
  crosses: 0,
  crossChain: '0',
  positions: [{ instrument: 'BTC/USDT@sim', quantity: '0.1' }],
  cash: [
    { currency: 'USD', amount: '100000' },
    { currency: 'USDT', amount: '-6183.120015' },
  ],
}
