import { fixedFromNumber, MONEY_SCALE, multiplyFixed, rescale } from '@triplane/kernel'
import { PRICE_SCALE, type Position } from './position.ts'

/** What is held of each currency and asset, 1e-8 of it. */
export type Balances = ReadonlyMap<string, bigint>

/** One position as the balances see it. */
export interface HeldPosition {
  readonly position: Position
  readonly base: string
  /** Nothing of the base is held and no notional is paid: only gains and losses reach the balance. */
  readonly isDerivative: boolean
}

/** Balances from what was deposited, `cash` by currency, and from what positions and fees have moved since. */
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

/** What `units` (1e-8) of an asset are worth at a price, 1e-8 of the currency of the price; rounded half to even. */
export function worth(units: bigint, price: number): bigint {
  return multiplyFixed(units, MONEY_SCALE, fixedFromNumber(price, PRICE_SCALE), PRICE_SCALE, MONEY_SCALE)
}
