import { fixed, formatFixed, MONEY_SCALE } from '@triplane/kernel'
import type { LedgerConfig } from './ledger.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'

/** Notice that a restored ledger keeps a starting cash other than the configured one; undefined if they are equal. */
export function keptCashNotice(
  saved: Pick<LedgerSnapshot, 'startingCashUsd'> | undefined,
  { startingCashUsd }: Pick<LedgerConfig, 'startingCashUsd'>,
): string | undefined {
  if (saved === undefined || BigInt(saved.startingCashUsd) === fixed(startingCashUsd, MONEY_SCALE)) return undefined
  const kept = formatFixed(BigInt(saved.startingCashUsd), MONEY_SCALE)
  return `The account goes on with the ${kept} USD that it began with: ${startingCashUsd} are for a new run`
}
