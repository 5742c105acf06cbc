import type { OwnedAccount, OwnedHolding } from '@triplane/contracts'
import { fixed, formatFixed, MONEY_SCALE } from '@triplane/kernel'
import type { BookingRecordSnapshot } from './booking-record.ts'
import type { HoldingSnapshot } from './holding.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'
import { assetTerms } from './opening-refusal.ts'

/** What a ledger with this snapshot owns, without its counts (round trips) and its memory (fill ids). */
export function ownedAccount(saved: LedgerSnapshot): OwnedAccount {
  const { startingCashUsd, depositsUsd, cash, positions, assets, peakUsd, maxDrawdownRatio, subLedgers } = saved
  return {
    startingCashUsd: money(startingCashUsd),
    depositsUsd: money(depositsUsd),
    cash: cash.map(({ currency, units }) => ({ currency, amount: money(units) })),
    positions: positions.filter(({ parts }) => parts.length > 0).map(ownedHolding),
    assets: assets.map(ownedHolding),
    peakUsd: money(peakUsd),
    maxDrawdownRatio,
    strategies: subLedgers.map((one) => ({ ...one, peakUsd: money(one.peakUsd) })),
  }
}

function ownedHolding(saved: HoldingSnapshot): OwnedHolding {
  const { instrument, quoteCurrency, quantityScale, contractSize, mark, parts } = saved
  return {
    instrument,
    quoteCurrency,
    contractSize,
    mark,
    parts: parts.map(({ strategy, quantity, costBasis, realized, fees, cashFlow, roundTripResult }) => ({
      strategy,
      quantity: formatFixed(BigInt(quantity), quantityScale),
      costBasis: money(costBasis),
      realized: money(realized),
      fees: money(fees),
      cashFlow: money(cashFlow),
      roundTripResult: money(roundTripResult),
    })),
  }
}

const OPENING = 'opening '
/** The entry of an opening among the fill ids of a ledger. */
export const openingMark = (openingId: string) => `${OPENING}${openingId}`
const isOpeningMark = (entry: string) => entry.startsWith(OPENING)

/**
 * The snapshot of a ledger in the state `own`, without a reason to refuse (`openingRefusal`), opened with `account`. A mark of
 * its own takes precedence over the account's, whose age is unknown and which therefore counts as stale.
 */
export function openedLedger(openingId: string, account: OwnedAccount, own: LedgerSnapshot): LedgerSnapshot {
  return {
    ...withHoldings(account, own),
    fillIds: [openingMark(openingId)],
    peakUsd: units(account.peakUsd),
    maxDrawdownRatio: account.maxDrawdownRatio,
    subLedgers: account.strategies.map((one) => ({ ...one, peakUsd: units(one.peakUsd) })),
  }
}

/**
 * The snapshot of a ledger in the state `own` that holds `account` instead, after these bookings. Its peaks and round trips stay
 * its own. Of the ids of fills it remembers the last: the others may not be those of the account, and later ones are new by their
 * sequence.
 */
export function adoptedLedger(
  account: OwnedAccount,
  { bookings, lastFillId }: { readonly bookings: BookingRecordSnapshot; readonly lastFillId: string | undefined },
  own: LedgerSnapshot,
): LedgerSnapshot {
  const fillIds = [...own.fillIds.filter(isOpeningMark), ...(lastFillId === undefined ? [] : [lastFillId])]
  return { ...withHoldings(account, own), fillIds, bookings }
}

function withHoldings(account: OwnedAccount, own: LedgerSnapshot): LedgerSnapshot {
  const owned = new Map(account.positions.map((holding) => [holding.instrument, holding]))
  return {
    ...own,
    startingCashUsd: units(account.startingCashUsd),
    depositsUsd: units(account.depositsUsd),
    cash: account.cash.map(({ currency, amount }) => ({ currency, units: units(amount) })),
    positions: own.positions.map((terms) => {
      const holding = owned.get(terms.instrument)
      return holding ? openedHolding(holding, terms) : { ...terms, parts: [] }
    }),
    assets: account.assets.map((asset) => {
      const { instrument, quoteCurrency } = asset
      return openedHolding(asset, { instrument, ...assetTerms(quoteCurrency), mark: 0, markUs: 0, parts: [] })
    }),
  }
}

function openedHolding({ mark, parts }: OwnedHolding, own: HoldingSnapshot): HoldingSnapshot {
  return {
    ...own,
    ...(own.mark === 0 && { mark }),
    parts: parts.map(({ strategy, quantity, costBasis, realized, fees, cashFlow, roundTripResult }) => ({
      strategy,
      quantity: String(fixed(quantity, own.quantityScale)),
      costBasis: units(costBasis),
      realized: units(realized),
      fees: units(fees),
      cashFlow: units(cashFlow),
      roundTripResult: units(roundTripResult),
    })),
  }
}

function money(saved: string): string {
  return formatFixed(BigInt(saved), MONEY_SCALE)
}

function units(amount: string): string {
  return String(fixed(amount, MONEY_SCALE))
}
