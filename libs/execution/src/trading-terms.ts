import type { Instrument } from '@triplane/contracts'
import { decimalsOf, fixed, formatFixed, numberFromFixed, parseFixed, powerOfTen } from '@triplane/kernel'

/** What an order on an instrument is measured in. Units are fixed-point integers: quantity and price each in its own scale. */
export interface TradingTerms {
  readonly instrument: Instrument
  /** Decimal digits of a quantity, those of the lot size. */
  readonly quantityScale: number
  /** Decimal digits of a price, those of the tick size. */
  readonly priceScale: number
  /** Units in one base unit: 10 to the power of the quantity's scale. */
  readonly unitsPerBase: number
  readonly lotUnits: bigint
  readonly tickUnits: bigint
  /** Smallest order value, quote currency. */
  readonly minNotional: number
  /** US dollars for one unit of the quote currency. */
  readonly usdPerQuote: number
}

/** The terms of an instrument. */
export function tradingTerms(instrument: Instrument, usdPerQuote: number): TradingTerms {
  const quantityScale = decimalsOf(instrument.lotSize)
  const priceScale = decimalsOf(instrument.tickSize)
  return {
    instrument,
    quantityScale,
    priceScale,
    unitsPerBase: Number(powerOfTen(quantityScale)),
    lotUnits: fixed(instrument.lotSize, quantityScale),
    tickUnits: fixed(instrument.tickSize, priceScale),
    minNotional: Number(instrument.minNotional),
    usdPerQuote,
  }
}

/** A decimal quantity in units; 0 when it has digits below the lot size's, which no check lets pass. */
export function quantityUnitsOf(quantity: string, terms: TradingTerms): bigint {
  const parsed = parseFixed(quantity, terms.quantityScale)
  return parsed.ok ? parsed.value : 0n
}

/** A decimal price in units; 0 when it has digits below the tick size's, which no check lets pass. */
export function priceUnitsOf(price: string, terms: TradingTerms): bigint {
  const parsed = parseFixed(price, terms.priceScale)
  return parsed.ok ? parsed.value : 0n
}

/** Units as a canonical decimal string. */
export function quantityText(units: bigint, terms: TradingTerms): string {
  return formatFixed(units, terms.quantityScale)
}

/** Units as the nearest double, base units. */
export function quantityNumber(units: bigint, terms: TradingTerms): number {
  return numberFromFixed(units, terms.quantityScale)
}

/** The largest whole number of units in `size`, a double of base units. Sizes that are whole but for rounding count as whole. */
export function wholeUnits(size: number, terms: TradingTerms): bigint {
  const scaled = size * terms.unitsPerBase
  const nearest = Math.round(scaled)
  return BigInt(Math.abs(nearest - scaled) < 1e-6 ? nearest : Math.floor(scaled))
}

/** `units` rounded down to a whole number of lots. */
export function wholeLots(units: bigint, terms: TradingTerms): bigint {
  return units - (units % terms.lotUnits)
}
