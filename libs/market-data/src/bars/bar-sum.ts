import { field, stateSchema, type Trade } from '@triplane/contracts'

/** Quote units beyond this go to `quoteHigh`, so that sums past 2^53 stay exact. */
const LIMB = 2 ** 50

/**
 * A running sum of the trades of one interval. Volumes are integers: sizes in units of 10^-sizeDecimals, quote volume in
 * 10^-(priceDecimals + sizeDecimals), as `quoteHigh * 2^50 + quoteLow`. Open and close are the first and last trade by event
 * time, then id, whatever their order of arrival; by arrival where the venue does not number its trades. While `trades` is 0
 * the rest has no meaning.
 */
export interface BarSum {
  openTimeUs: number
  open: number
  openedUs: number
  /** Null for a trade without an integer id. */
  openedId: number | null
  high: number
  low: number
  close: number
  closedUs: number
  closedId: number | null
  sizeUnits: number
  buyUnits: number
  quoteLow: number
  quoteHigh: number
  trades: number
}

/** A sum as it is saved. */
export const barSumSchema = stateSchema({
  openTimeUs: field.timeUs,
  open: field.real,
  openedUs: field.timeUs,
  openedId: field.orNull(field.integer),
  high: field.real,
  low: field.real,
  close: field.real,
  closedUs: field.timeUs,
  closedId: field.orNull(field.integer),
  sizeUnits: field.real,
  buyUnits: field.real,
  quoteLow: field.real,
  quoteHigh: field.real,
  trades: field.count,
})

/** A sum without trades, for the interval that begins at `openTimeUs`. */
export function emptySum(openTimeUs = 0): BarSum {
  return {
    openTimeUs,
    open: 0,
    openedUs: 0,
    openedId: 0,
    high: 0,
    low: 0,
    close: 0,
    closedUs: 0,
    closedId: 0,
    sizeUnits: 0,
    buyUnits: 0,
    quoteLow: 0,
    quoteHigh: 0,
    trades: 0,
  }
}

/** Resets `sum` for the interval that begins at `openTimeUs`. */
export function restartSum(sum: BarSum, openTimeUs: number): void {
  sum.openTimeUs = openTimeUs
  sum.sizeUnits = sum.buyUnits = sum.quoteLow = sum.quoteHigh = sum.trades = 0
}

/** Adds a trade; its price and size are also given in units. */
export function addTrade(sum: BarSum, trade: Trade, priceUnits: number, sizeUnits: number): void {
  const { price, tsEventUs } = trade
  const tradeId = typeof trade.tradeId === 'number' ? trade.tradeId : null
  if (sum.trades++ === 0) {
    sum.open = sum.high = sum.low = sum.close = price
    sum.openedUs = sum.closedUs = tsEventUs
    sum.openedId = sum.closedId = tradeId
  } else {
    if (price > sum.high) sum.high = price
    else if (price < sum.low) sum.low = price
    noteOpen(sum, price, tsEventUs, tradeId)
    noteClose(sum, price, tsEventUs, tradeId)
  }
  sum.sizeUnits += sizeUnits
  if (trade.aggressor === 'buy') sum.buyUnits += sizeUnits
  addQuoteUnits(sum, priceUnits * sizeUnits)
}

/** Adds `part`, which has trades. */
export function addSum(sum: BarSum, part: BarSum): void {
  if (sum.trades === 0) {
    Object.assign(sum, part, { openTimeUs: sum.openTimeUs })
    return
  }
  sum.high = Math.max(sum.high, part.high)
  sum.low = Math.min(sum.low, part.low)
  noteOpen(sum, part.open, part.openedUs, part.openedId)
  noteClose(sum, part.close, part.closedUs, part.closedId)
  sum.trades += part.trades
  sum.sizeUnits += part.sizeUnits
  sum.buyUnits += part.buyUnits
  sum.quoteHigh += part.quoteHigh
  addQuoteUnits(sum, part.quoteLow)
}

/** Rescales to units that are smaller by these factors, so that nothing is rounded. */
export function refineSum(sum: BarSum, sizeFactor: number, quoteFactor: number): void {
  sum.sizeUnits *= sizeFactor
  sum.buyUnits *= sizeFactor
  const units = quoteUnits(sum) * BigInt(quoteFactor)
  sum.quoteHigh = Number(units / BigInt(LIMB))
  sum.quoteLow = Number(units % BigInt(LIMB))
}

/** Quote units as one integer. */
export function quoteUnits(sum: BarSum): bigint {
  return BigInt(sum.quoteHigh) * BigInt(LIMB) + BigInt(sum.quoteLow)
}

function noteOpen(sum: BarSum, price: number, tsEventUs: number, tradeId: number | null): void {
  if (tsEventUs > sum.openedUs || (tsEventUs === sum.openedUs && !isBefore(tradeId, sum.openedId))) return
  sum.open = price
  sum.openedUs = tsEventUs
  sum.openedId = tradeId
}

function noteClose(sum: BarSum, price: number, tsEventUs: number, tradeId: number | null): void {
  if (tsEventUs < sum.closedUs || (tsEventUs === sum.closedUs && isBefore(tradeId, sum.closedId))) return
  sum.close = price
  sum.closedUs = tsEventUs
  sum.closedId = tradeId
}

/** Whether a later arrival belongs before a trade of the same time: only their ids can decide. */
function isBefore(tradeId: number | null, otherId: number | null): boolean {
  return tradeId !== null && otherId !== null && tradeId < otherId
}

function addQuoteUnits(sum: BarSum, units: number): void {
  sum.quoteLow += units
  if (sum.quoteLow < LIMB) return
  const carry = Math.floor(sum.quoteLow / LIMB)
  sum.quoteHigh += carry
  sum.quoteLow -= carry * LIMB
}
