import { portfolioState, type Valuation } from '@triplane/ledger'

/** The account as JSON shows it: money and quantities as decimal strings. */
export function portfolioOf(account: Valuation | undefined, marketUs: number) {
  if (account === undefined) return undefined
  const { type: _, seq: __, ...portfolio } = portfolioState(account, marketUs)
  return portfolio
}
