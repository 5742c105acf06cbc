import { fixed, invariant, MONEY_SCALE, multiplyFixed, numberFromFixed } from '@triplane/kernel'

/** Units of a target currency for one unit of a source currency, in 1e-8. */
export type Rate = bigint

/** Reads a configured rate such as "1" or "1350.25". Throws when it is not a decimal above 0 with at most 8 decimals. */
export function parseRate(text: string): Rate {
  const rate = fixed(text, MONEY_SCALE)
  invariant(rate > 0n, 'a rate is > 0', text)
  return rate
}

/** `money` (1e-8 of its currency) in another currency: quote currency to USD, USD to KRW. Rounded half to even. */
export function convertMoney(money: bigint, rate: Rate): bigint {
  return multiplyFixed(money, MONEY_SCALE, rate, MONEY_SCALE, MONEY_SCALE)
}

/** Booked money as a number, for metrics and reports. */
export function numberFromMoney(money: bigint): number {
  return numberFromFixed(money, MONEY_SCALE)
}
