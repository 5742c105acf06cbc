import { exemptsReduceOnly, type Instrument } from '@triplane/contracts'
import { decimalsOf, fixed, formatFixed, numberFromFixed } from '@triplane/kernel'

/** The steps and smallest sizes in which an instrument trades, ready for arithmetic. */
export interface TradingTerms {
  readonly quantityScale: number
  readonly lotUnits: bigint
  readonly lotSize: number
  readonly priceScale: number
  readonly tickUnits: bigint
  readonly tickSize: number
  readonly usdPerQuote: number
  /** Smallest order value, quote currency. */
  readonly minNotional: number
  /** An order that only reduces may be smaller. */
  readonly exemptsReduceOnly: boolean
}

/** Reads the terms of an instrument; `rateToUsd` is USD for one unit of its quote currency. */
export function tradingTerms(instrument: Instrument, rateToUsd: string): TradingTerms {
  const { lotSize, tickSize, minNotional } = instrument
  const quantityScale = decimalsOf(lotSize)
  const priceScale = decimalsOf(tickSize)
  const usdPerQuote = Number(rateToUsd)
  return {
    quantityScale,
    lotUnits: fixed(lotSize, quantityScale),
    lotSize: Number(lotSize),
    priceScale,
    tickUnits: fixed(tickSize, priceScale),
    tickSize: Number(tickSize),
    usdPerQuote,
    minNotional: Number(minNotional),
    exemptsReduceOnly: exemptsReduceOnly(instrument),
  }
}

/** The signed quantity that is worth `notionalUsd` at `price`, in whole lots, rounded toward zero. */
export function quantityWorth(notionalUsd: number, price: number, terms: TradingTerms): bigint {
  return BigInt(Math.trunc(notionalUsd / (price * terms.usdPerQuote * terms.lotSize))) * terms.lotUnits
}

/** What a signed quantity is worth at `price`, USD. */
export function worthUsd(quantity: bigint, price: number, terms: TradingTerms): number {
  return numberFromFixed(quantity, terms.quantityScale) * price * terms.usdPerQuote
}

/** What a quantity is worth at `price`, quote currency: as a venue measures it against `minNotional`. */
export function notional(quantity: bigint, price: number, { quantityScale }: TradingTerms): number {
  return numberFromFixed(quantity, quantityScale) * price
}

/**
 * A limit price on the tick grid, `ticksThrough` ticks beyond `price` (negative: short of it), as a decimal. A price between
 * two ticks becomes the one that gives less away: down for a buy, up for a sell.
 */
export function limitPrice(price: number, side: 'BUY' | 'SELL', ticksThrough: number, terms: TradingTerms): string {
  const ticks = price / terms.tickSize
  const nearest = Math.round(ticks)
  const isOnGrid = Math.abs(ticks - nearest) < 1e-6
  const touch = isOnGrid ? nearest : side === 'BUY' ? Math.floor(ticks) : Math.ceil(ticks)
  const limit = side === 'BUY' ? touch + ticksThrough : Math.max(1, touch - ticksThrough)
  return formatFixed(BigInt(limit) * terms.tickUnits, terms.priceScale)
}
