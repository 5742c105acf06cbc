import type { Rate } from '@triplane/instruments'
import { MONEY_SCALE, multiplyFixed, numberFromFixed } from '@triplane/kernel'

/** `money` (1e-8 of its currency) in another currency: quote currency to USD, USD to KRW. Rounded half to even. */
export function convertMoney(money: bigint, rate: Rate): bigint {
  return multiplyFixed(money, MONEY_SCALE, rate, MONEY_SCALE, MONEY_SCALE)
}

/** Booked money as a number, for metrics and reports. */
export function numberFromMoney(money: bigint): number {
  return numberFromFixed(money, MONEY_SCALE)
}
