import type { LedgerTotals } from '@triplane/contracts'
import { formatFixed, MONEY_SCALE } from '@triplane/kernel'
import type { Balances } from './balances.ts'
import type { BookingRecordSnapshot } from './booking-record.ts'
import type { Position } from './position.ts'

/** What two ledgers differ in. */
export interface LedgerDifferences {
  /** Fills and crosses that only one of them has, or at least 1 where they said something else or money differs. */
  readonly bookings: number
  /** Instruments of which they hold different quantities. */
  readonly positions: number
}

export const noDifferences: LedgerDifferences = { bookings: 0, positions: 0 }

/** What totals are made of. */
interface Totalled {
  readonly bookings: BookingRecordSnapshot
  readonly positions: Iterable<Position>
  /** Starting cash and deposits, by currency. */
  readonly cash: Balances
  /** Fees were paid in, or deposits made of, other currencies. */
  readonly hasAssets: boolean
}

/** The totals of a ledger: they depend on its bookings only, never on marks or rates. */
export function ledgerTotals({ bookings, positions, cash, hasAssets }: Totalled): LedgerTotals {
  const held: { instrument: string; quantity: string }[] = []
  const money = new Map(cash)
  for (const { instrument, quoteCurrency, quantity, quantityScale, cashFlow } of positions) {
    if (quantity !== 0n) held.push({ instrument, quantity: formatFixed(quantity, quantityScale) })
    if (cashFlow !== 0n) money.set(quoteCurrency, (money.get(quoteCurrency) ?? 0n) + cashFlow)
  }
  const amounts = Array.from(money, ([currency, units]) => ({ currency, amount: formatFixed(units, MONEY_SCALE) }))
  return { ...bookings, positions: held, cash: hasAssets ? [] : amounts }
}

/** What two ledgers of one account differ in. Both are as of the same fill; crosses count only if `withCrosses`. */
export function ledgerDifferences(a: LedgerTotals, b: LedgerTotals, withCrosses: boolean): LedgerDifferences {
  const fills = missing(a.fills - b.fills, a.fillChain === b.fillChain && isSameCash(a, b))
  const crosses = withCrosses ? missing(a.crosses - b.crosses, a.crossChain === b.crossChain) : 0
  return { bookings: fills + crosses, positions: differing(a.positions.map(positionOf), b.positions.map(positionOf)) }
}

/** Whether there are none. */
export function isAgreed({ bookings, positions }: LedgerDifferences): boolean {
  return bookings === 0 && positions === 0
}

/** Amounts by name. */
type Amounts = readonly (readonly [name: string, amount: string])[]

const cashOf = ({ currency, amount }: LedgerTotals['cash'][number]) => [currency, amount] as const
const positionOf = ({ instrument, quantity }: LedgerTotals['positions'][number]) => [instrument, quantity] as const

function missing(count: number, isSameOtherwise: boolean): number {
  return Math.max(Math.abs(count), isSameOtherwise ? 0 : 1)
}

function isSameCash(a: LedgerTotals, b: LedgerTotals): boolean {
  return differing(a.cash.map(cashOf), b.cash.map(cashOf)) === 0
}

/** How many names have another amount in `b` than in `a`; an absent amount is 0. */
function differing(a: Amounts, b: Amounts): number {
  const [ours, theirs] = [new Map(a), new Map(b)]
  const names = [...new Set([...ours.keys(), ...theirs.keys()])]
  return names.filter((name) => (ours.get(name) ?? '0') !== (theirs.get(name) ?? '0')).length
}
