import type { FillRefusal } from '@triplane/ledger'

/**
 * Why a fill is not booked. `unknown_order`: its order is neither among this plane's intents nor among the orders of the run that
 * the order plane told of, whatever their age: it never was.
 */
export const fillRefusals = ['unknown_order', 'unknown_instrument', 'bad_amount'] as const satisfies readonly (
  FillRefusal | 'unknown_order'
)[]

/** An event in the life of the ledger. */
export type LedgerNotice = { readonly detail: string } & (
  | { readonly code: 'fill_refused'; readonly reason: (typeof fillRefusals)[number] }
  | { readonly code: 'ledgers_differ' | 'ledgers_agree' | 'ledger_adopted' | 'ledger_not_adopted' }
)
