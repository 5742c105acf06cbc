import type { Trade } from '@triplane/contracts'

/** Quote units beyond this go to `quoteHigh`, so that sums past 2^53 stay exact. */
const LIMB = 2 ** 50

/**
 * A running sum of the trades of one interval. Volumes are integers: sizes in units of 10^-sizeDecimals, quote volume in
 * 10^-(priceDecimals + sizeDecimals), as `quoteHigh * 2^50 + quoteLow`. While `trades` is 0 the rest means nothing.
 */
export interface BarSum {
  openTimeUs: number
  /** True when part of the interval was not received. */
  isIncomplete: boolean
  open: number
  high: number
  low: number
  close: number
  sizeUnits: number
  buyUnits: number
  quoteLow: number
  quoteHigh: number
  trades: number
}

/** A sum without trades. */
export function emptySum(): BarSum {
  return {
    openTimeUs: 0,
    isIncomplete: false,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    sizeUnits: 0,
    buyUnits: 0,
    quoteLow: 0,
    quoteHigh: 0,
    trades: 0,
  }
}

/** Starts `sum` anew for the interval that begins at `openTimeUs`. */
export function restartSum(sum: BarSum, openTimeUs: number, isIncomplete: boolean): void {
  sum.openTimeUs = openTimeUs
  sum.isIncomplete = isIncomplete
  sum.sizeUnits = sum.buyUnits = sum.quoteLow = sum.quoteHigh = sum.trades = 0
}

/** Adds a trade. `priceScale` and `sizeScale` are units per 1; what is off that grid counts at its nearest point. */
export function addTrade(sum: BarSum, trade: Trade, priceScale: number, sizeScale: number): void {
  const { price } = trade
  if (sum.trades++ === 0) {
    sum.open = sum.high = sum.low = price
  } else if (price > sum.high) {
    sum.high = price
  } else if (price < sum.low) {
    sum.low = price
  }
  sum.close = price
  const sizeUnits = Math.round(trade.size * sizeScale)
  sum.sizeUnits += sizeUnits
  if (trade.aggressor === 'buy') sum.buyUnits += sizeUnits
  addQuoteUnits(sum, Math.round(price * priceScale) * sizeUnits)
}

/** Adds `part`, which has trades, all later than those of `sum`. */
export function addSum(sum: BarSum, part: BarSum): void {
  if (sum.trades === 0) {
    sum.open = part.open
    sum.high = part.high
    sum.low = part.low
  } else {
    sum.high = Math.max(sum.high, part.high)
    sum.low = Math.min(sum.low, part.low)
  }
  sum.close = part.close
  sum.isIncomplete ||= part.isIncomplete
  sum.trades += part.trades
  sum.sizeUnits += part.sizeUnits
  sum.buyUnits += part.buyUnits
  sum.quoteHigh += part.quoteHigh
  addQuoteUnits(sum, part.quoteLow)
}

/** Quote units as one integer. */
export function quoteUnits(sum: BarSum): bigint {
  return BigInt(sum.quoteHigh) * BigInt(LIMB) + BigInt(sum.quoteLow)
}

function addQuoteUnits(sum: BarSum, units: number): void {
  sum.quoteLow += units
  if (sum.quoteLow < LIMB) return
  const carry = Math.floor(sum.quoteLow / LIMB)
  sum.quoteHigh += carry
  sum.quoteLow -= carry * LIMB
}
