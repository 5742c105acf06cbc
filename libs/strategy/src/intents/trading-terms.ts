import { exemptsReduceOnly, stepsOf, unitScale, type Instrument, type Steps } from '@triplane/contracts'
import { fixed, formatFixed, numberFromFixed } from '@triplane/kernel'

/** The steps and smallest sizes in which an instrument trades, ready for arithmetic. */
export interface TradingTerms {
  /** Decimal digits of a quantity and of a price: finer than the steps, which may change. */
  readonly quantityScale: number
  readonly priceScale: number
  /** Those in force. */
  readonly steps: Steps
  readonly lotUnits: bigint
  readonly lotSize: number
  readonly tickUnits: bigint
  readonly tickSize: number
  readonly usdPerQuote: number
  /** Smallest order value, quote currency. */
  readonly minNotional: number
  /** An order that only reduces may be smaller. */
  readonly exemptsReduceOnly: boolean
}

/**
 * Reads the terms of an instrument, whose steps are those of the instruments file unless others are in force; `rateToUsd` is USD
 * for one unit of its quote currency.
 */
export function tradingTerms(
  instrument: Instrument,
  rateToUsd: string,
  steps: Steps = stepsOf(instrument),
): TradingTerms {
  const scales = { quantityScale: unitScale(instrument.lotSize), priceScale: unitScale(instrument.tickSize) }
  const usdPerQuote = Number(rateToUsd)
  return { ...scales, ...inSteps(steps, scales), usdPerQuote, exemptsReduceOnly: exemptsReduceOnly(instrument) }
}

/** Other steps come into force, for everyone who holds the terms. Units stay what they are. */
export function changeSteps(terms: TradingTerms, steps: Steps): void {
  Object.assign(terms, inSteps(steps, terms))
}

function inSteps(steps: Steps, { quantityScale, priceScale }: Pick<TradingTerms, 'quantityScale' | 'priceScale'>) {
  const { lotSize, tickSize, minNotional } = steps
  return {
    steps,
    lotUnits: fixed(lotSize, quantityScale),
    lotSize: Number(lotSize),
    tickUnits: fixed(tickSize, priceScale),
    tickSize: Number(tickSize),
    minNotional: Number(minNotional),
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
