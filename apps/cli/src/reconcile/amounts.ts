import { formatFixed, MONEY_SCALE, parseFixed, rescale } from '@triplane/kernel'

/** Decimal digits of quantities, prices and contract sizes here: those of a price in the ledger. */
const SCALE = 12

/** A decimal in units of 1e-12; undefined for anything else, which a row changed by hand may hold. */
export function unitsOf(text: string): bigint | undefined {
  const parsed = parseFixed(text, SCALE)
  return parsed.ok ? parsed.value : undefined
}

/** Units of 1e-12 as a decimal. */
export const decimalOf = (units: bigint) => formatFixed(units, SCALE)

/** Money in 1e-8 as a decimal. */
export const moneyOf = (units: bigint) => formatFixed(units, MONEY_SCALE)

/** Units of 1e-12 as money in 1e-8. */
export const moneyUnits = (units: bigint) => rescale(units, SCALE, MONEY_SCALE)

/** The cost of a signed quantity, in 1e-8 of the quote currency, rounded half to even as the ledger does. */
export function costOf(quantity: bigint, price: bigint, contractSize: bigint): bigint {
  return rescale(quantity * price * contractSize, 3 * SCALE, MONEY_SCALE)
}

/** Whether two decimals are equal, however they are written; other texts are equal when they are the same. */
export function isSameAmount(one: string, other: string): boolean {
  if (one === other) return true
  const units = unitsOf(one)
  return units !== undefined && units === unitsOf(other)
}
