import { fixedFromNumber, formatFixed, MONEY_SCALE, rescale } from '@triplane/kernel'
import type { TradingTerms } from '@triplane/instruments'

/** Fee rates of a venue, basis points of the notional; negative is a rebate. */
export interface FeeRates {
  readonly makerBps: number
  readonly takerBps: number
}

/** Fee rates by venue. */
export type FeeSchedule = Readonly<Record<string, FeeRates>>

/** A basis point is 1e-4, so bps with 8 decimals have 12. */
const RATE_SCALE = 12

/** Commission of a fill as a decimal string of the quote currency: notional times rate, rounded once, half to even, at 1e-8. */
export function commission(quantityUnits: bigint, priceUnits: bigint, rateBps: number, terms: TradingTerms): string {
  const rateUnits = fixedFromNumber(rateBps, RATE_SCALE - 4)
  const { quantityScale, priceScale, contract } = terms
  const scale = quantityScale + contract.scale + priceScale + RATE_SCALE
  return formatFixed(rescale(quantityUnits * contract.units * priceUnits * rateUnits, scale, MONEY_SCALE), MONEY_SCALE)
}
