import type { OwnedAccount, OwnedHolding } from '@triplane/contracts'
import type { Rates } from '@triplane/instruments'
import { fixed, MONEY_SCALE, parseFixed } from '@triplane/kernel'
import type { HoldingSnapshot } from './holding.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'

/** Why an opening is refused. `detail` names the subject. */
export interface OpeningRefusal {
  /**
   * - `traded`: the ledger has booked something in this run
   * - `unknown_instrument`, `unknown_currency`: the owned one is not configured here, or the currency has no rate yet
   * - `other_terms`: the ledger counts an instrument in other units
   * - `inconsistent`: the owned amounts do not add up
   */
  readonly code: 'traded' | 'unknown_instrument' | 'unknown_currency' | 'other_terms' | 'inconsistent'
  readonly detail: string
}

/** The units in which a ledger counts an instrument or an asset. */
type Terms = Pick<HoldingSnapshot, 'quoteCurrency' | 'quantityScale' | 'contractSize'>

/** The terms of an asset whose price is in `quoteCurrency`. */
export const assetTerms = (quoteCurrency: string): Terms => {
  return { quoteCurrency, quantityScale: MONEY_SCALE, contractSize: '1' }
}

/** Why a ledger in the state `own` refuses to open with `account`; undefined if it does not. */
export function openingRefusal(
  account: OwnedAccount,
  own: LedgerSnapshot,
  rates: Pick<Rates, 'find'>,
): OpeningRefusal | undefined {
  const isFlat = own.fillIds.length === 0 && own.positions.every(({ parts }) => parts.length === 0)
  if (!isFlat) return { code: 'traded', detail: 'something was booked in this run' }
  return accountRefusal(account, own, rates)
}

/** Why a ledger with the terms of `own` cannot book `account`, whatever it has booked; undefined if it can. */
export function accountRefusal(
  account: OwnedAccount,
  own: LedgerSnapshot,
  rates: Pick<Rates, 'find'>,
): OpeningRefusal | undefined {
  const { startingCashUsd, depositsUsd, peakUsd, cash, strategies, positions, assets } = account
  const money = [startingCashUsd, depositsUsd, peakUsd, ...cash.map(({ amount }) => amount)]
  if (![...money, ...strategies.map((strategy) => strategy.peakUsd)].every(isMoney))
    return { code: 'inconsistent', detail: 'its money has more than 8 digits' }
  if (fixed(startingCashUsd, MONEY_SCALE) <= 0n) return { code: 'inconsistent', detail: 'it began with no cash' }

  const currencies = new Set(['USD', ...own.positions.map(({ quoteCurrency }) => quoteCurrency)])
  const spent = [...cash.map(({ currency }) => currency), ...assets.map(({ quoteCurrency }) => quoteCurrency)]
  const foreign = spent.find((currency) => !currencies.has(currency))
  if (foreign !== undefined) return { code: 'unknown_currency', detail: foreign }
  const valued = [...spent, ...positions.map(({ quoteCurrency }) => quoteCurrency)]
  const unvalued = valued.find((currency) => currencies.has(currency) && rates.find(currency) === undefined)
  if (unvalued !== undefined) return { code: 'unknown_currency', detail: `${unvalued} has no rate yet` }
  const lists = [
    cash.map(({ currency }) => currency),
    strategies.map(({ strategy }) => strategy),
    ...[positions, assets].map((holdings) => holdings.map(({ instrument }) => instrument)),
  ]
  const twice = lists.flatMap(repeated)[0]
  if (twice !== undefined) return { code: 'inconsistent', detail: `${twice} is there twice` }

  const termsOf = new Map<string, Terms>(own.positions.map((terms) => [terms.instrument, terms]))
  for (const holding of positions) {
    const terms = termsOf.get(holding.instrument)
    if (!terms) return { code: 'unknown_instrument', detail: holding.instrument }
    const refusal = holdingRefusal(holding, terms)
    if (refusal) return refusal
  }
  return assets.map((asset) => holdingRefusal(asset, assetTerms(asset.quoteCurrency))).find((one) => one !== undefined)
}

function holdingRefusal(
  { instrument, quoteCurrency, contractSize, mark, parts }: OwnedHolding,
  terms: Terms,
): OpeningRefusal | undefined {
  const { quantityScale } = terms
  if (quoteCurrency !== terms.quoteCurrency || contractSize !== terms.contractSize) {
    const [expected, found] = [terms, { quoteCurrency, contractSize }].map(
      (one) => `contracts of ${one.contractSize} in ${one.quoteCurrency}`,
    )
    return { code: 'other_terms', detail: `${instrument}: expected ${expected}, was ${found}` }
  }
  const inconsistent = (detail: string): OpeningRefusal => {
    return { code: 'inconsistent', detail: `${instrument}: ${detail}` }
  }
  const twice = repeated(parts.map(({ strategy }) => strategy))[0]
  if (twice !== undefined) return inconsistent(`${twice} is there twice`)
  for (const { strategy, quantity, ...amounts } of parts) {
    const units = parseFixed(quantity, quantityScale)
    if (!units.ok)
      return {
        code: 'other_terms',
        detail: `${instrument}: expected quantities of at most ${quantityScale} digits, was ${quantity}`,
      }
    if (!Object.values(amounts).every(isMoney)) return inconsistent(`money of ${strategy} has more than 8 digits`)
    const [realized, costBasis, cashFlow] = [amounts.realized, amounts.costBasis, amounts.cashFlow].map((amount) =>
      fixed(amount, MONEY_SCALE),
    ) as [bigint, bigint, bigint]
    if (realized - costBasis !== cashFlow)
      return inconsistent(`realised less cost basis of ${strategy} is not its cash flow`)
    if (units.value === 0n && costBasis !== 0n) return inconsistent(`${strategy} holds nothing that has a cost basis`)
    if (units.value !== 0n && mark <= 0) return inconsistent('what is held has no mark')
  }
  return undefined
}

function isMoney(amount: string): boolean {
  return parseFixed(amount, MONEY_SCALE).ok
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, i) => names.indexOf(name) !== i)
}
