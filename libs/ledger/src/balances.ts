import { fixedFromNumber, MONEY_SCALE, multiplyFixed, rescale } from '@triplane/kernel'
import { PRICE_SCALE, type Position } from './position.ts'

/** The balance of each currency and asset, 1e-8 of it. */
export type Balances = ReadonlyMap<string, bigint>

/** A position, as balances need it. */
export interface HeldPosition {
  readonly position: Position
  readonly base: string
  /** Holds no base and pays no notional: only gains and losses reach the balance. */
  readonly isDerivative: boolean
}

/** Balances from the deposits, `cash` by currency, and from the cash flows of positions and fees since. */
export function balancesOf(cash: Balances, held: Iterable<HeldPosition>): Balances {
  const balances = new Map(cash)
  const add = (currency: string, units: bigint) => {
    if (units !== 0n) balances.set(currency, (balances.get(currency) ?? 0n) + units)
  }
  for (const { position, base, isDerivative } of held) {
    add(position.quoteCurrency, isDerivative ? position.realized : position.cashFlow)
    if (!isDerivative) add(base, rescale(position.quantity, position.quantityScale, MONEY_SCALE))
  }
  return balances
}

/** The worth of `units` (1e-8) of an asset at a price, in 1e-8 of the price's currency; rounded half to even. */
export function worth(units: bigint, price: number): bigint {
  return multiplyFixed(units, MONEY_SCALE, fixedFromNumber(price, PRICE_SCALE), PRICE_SCALE, MONEY_SCALE)
}
