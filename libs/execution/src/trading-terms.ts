import { stepsOf, unitScale, type Instrument, type Steps } from '@triplane/contracts'
import { fixed, formatFixed, numberFromFixed, parseFixed } from '@triplane/kernel'

/** What an order on an instrument is measured in. Units are fixed-point integers: quantity and price each in its own scale. */
export interface TradingTerms {
  readonly instrument: Instrument
  /** Decimal digits of a quantity and of a price: finer than the steps, which may change. */
  readonly quantityScale: number
  readonly priceScale: number
  /** Those in force. */
  readonly steps: Steps
  readonly lotUnits: bigint
  readonly lotSize: number
  readonly tickUnits: bigint
  /** Smallest order value, quote currency. */
  readonly minNotional: number
  /** US dollars for one unit of the quote currency. */
  readonly usdPerQuote: number
}

/** The terms of an instrument, whose steps are those of the instruments file unless others are in force. */
export function tradingTerms(
  instrument: Instrument,
  usdPerQuote: number,
  steps: Steps = stepsOf(instrument),
): TradingTerms {
  const scales = { quantityScale: unitScale(instrument.lotSize), priceScale: unitScale(instrument.tickSize) }
  return { instrument, ...scales, usdPerQuote, ...inSteps(steps, scales) }
}

/** Other steps come into force, for everyone who holds the terms. Units stay what they are. */
export function changeSteps(terms: TradingTerms, steps: Steps): void {
  Object.assign(terms, inSteps(steps, terms))
}

function inSteps(steps: Steps, { quantityScale, priceScale }: Pick<TradingTerms, 'quantityScale' | 'priceScale'>) {
  return {
    steps,
    lotUnits: fixed(steps.lotSize, quantityScale),
    lotSize: Number(steps.lotSize),
    tickUnits: fixed(steps.tickSize, priceScale),
    minNotional: Number(steps.minNotional),
  }
}

/** A decimal quantity in units; 0 when it has digits below a unit's, which no check lets pass. */
export function quantityUnitsOf(quantity: string, terms: TradingTerms): bigint {
  const parsed = parseFixed(quantity, terms.quantityScale)
  return parsed.ok ? parsed.value : 0n
}

/** A decimal price in units; 0 when it has digits below a unit's, which no check lets pass. */
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

/** The units of the largest whole number of lots in `size`, base units. Sizes that are whole but for rounding count as whole. */
export function wholeLots(size: number, { lotSize, lotUnits }: TradingTerms): bigint {
  const lots = size / lotSize
  const nearest = Math.round(lots)
  return BigInt(Math.abs(nearest - lots) < 1e-6 ? nearest : Math.floor(lots)) * lotUnits
}
