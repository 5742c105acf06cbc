import { fixed, formatFixed, MONEY_SCALE } from '@triplane/kernel'
import type { LedgerConfig } from './ledger.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'

/** Says that a restored ledger goes on with other cash than is configured now; undefined when it does not. */
export function keptCashNotice(
  saved: Pick<LedgerSnapshot, 'startingCashUsd'> | undefined,
  { startingCashUsd }: Pick<LedgerConfig, 'startingCashUsd'>,
): string | undefined {
  if (saved === undefined || BigInt(saved.startingCashUsd) === fixed(startingCashUsd, MONEY_SCALE)) return undefined
  const kept = formatFixed(BigInt(saved.startingCashUsd), MONEY_SCALE)
  return `The account goes on with the ${kept} USD that it began with: ${startingCashUsd} are for a new run`
}
