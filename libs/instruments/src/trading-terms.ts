import { exemptsReduceOnly, stepsOf, unitScale, type Instrument, type Side, type Steps } from '@triplane/contracts'
import { decimalsOf, fixed, formatFixed, numberFromFixed, parseFixed } from '@triplane/kernel'

/**
 * The units and steps of orders on an instrument. Units are fixed-point integers: quantity and price each in its own scale. A
 * quantity counts contracts, or the base for an instrument without contracts.
 */
export interface TradingTerms {
  readonly instrument: Instrument
  /** Decimal digits of a quantity and of a price: finer than the steps, which may change. */
  readonly quantityScale: number
  readonly priceScale: number
  /** The steps in force. */
  readonly steps: Steps
  readonly lotUnits: bigint
  readonly lotSize: number
  readonly tickUnits: bigint
  readonly tickSize: number
  /** Smallest order value, quote currency. */
  readonly minNotional: number
  readonly contract: ContractSize
  /** Units of the base in a quantity of 1: the number of `contract`. */
  readonly contractSize: number
  /** US dollars for one unit of the quote currency; 0 before the first rate of one that is fed. */
  readonly usdPerQuote: number
  /** The venue accepts an order below `minNotional` that only reduces. */
  readonly exemptsReduceOnly: boolean
}

/** Units of the base in one contract: `units` of `scale` decimal digits. */
export interface ContractSize {
  readonly units: bigint
  readonly scale: number
}

/** The contract size of an instrument, 1 if it has none; with no more digits than needed, so that 1 is 1n. */
export function contractSizeOf({ contractSize = '1' }: Pick<Instrument, 'contractSize'>): ContractSize {
  const scale = decimalsOf(contractSize)
  return { units: fixed(contractSize, scale), scale }
}

/** Builds the terms of an instrument, with the steps of the instruments file unless others are in force. */
export function tradingTerms(
  instrument: Instrument,
  usdPerQuote: number,
  steps: Steps = stepsOf(instrument),
): TradingTerms {
  const scales = { quantityScale: unitScale(instrument.lotSize), priceScale: unitScale(instrument.tickSize) }
  const contract = contractSizeOf(instrument)
  return {
    instrument,
    ...scales,
    ...inSteps(steps, scales),
    contract,
    contractSize: numberFromFixed(contract.units, contract.scale),
    usdPerQuote,
    exemptsReduceOnly: exemptsReduceOnly(instrument),
  }
}

/** Changes the steps for all holders of the terms. Units stay the same. */
export function changeSteps(terms: TradingTerms, steps: Steps): void {
  Object.assign(terms, inSteps(steps, terms))
}

/** Changes the rate for all holders of the terms: US dollars for one unit of the quote currency. */
export function changeRate(terms: TradingTerms, usdPerQuote: number): void {
  Object.assign(terms, { usdPerQuote })
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

/** A decimal quantity in units; 0 if it has finer digits than a unit, which every check refuses. */
export function quantityUnitsOf(quantity: string, terms: TradingTerms): bigint {
  const parsed = parseFixed(quantity, terms.quantityScale)
  return parsed.ok ? parsed.value : 0n
}

/** A decimal price in units; 0 if it has finer digits than a unit, which every check refuses. */
export function priceUnitsOf(price: string, terms: TradingTerms): bigint {
  const parsed = parseFixed(price, terms.priceScale)
  return parsed.ok ? parsed.value : 0n
}

/** Units as a canonical decimal string. */
export function quantityText(units: bigint, terms: TradingTerms): string {
  return formatFixed(units, terms.quantityScale)
}

/** Units as the nearest double. */
export function quantityNumber(units: bigint, terms: TradingTerms): number {
  return numberFromFixed(units, terms.quantityScale)
}

/** The units of the largest whole number of lots in `size`. Sizes that are whole up to rounding count as whole. */
export function wholeLots(size: number, { lotSize, lotUnits }: TradingTerms): bigint {
  const lots = size / lotSize
  const nearest = Math.round(lots)
  return BigInt(Math.abs(nearest - lots) < 1e-6 ? nearest : Math.floor(lots)) * lotUnits
}

/** The worth of a quantity at `price`, quote currency, as a venue compares it with `minNotional`. */
export function notional(quantity: bigint, price: number, { quantityScale, contractSize }: TradingTerms): number {
  return numberFromFixed(quantity, quantityScale) * price * contractSize
}

/** The worth of a signed quantity at `price`, USD. */
export function worthUsd(quantity: bigint, price: number, terms: TradingTerms): number {
  return notional(quantity, price, terms) * terms.usdPerQuote
}

/** The signed quantity worth `notionalUsd` at `price`, in whole lots, rounded toward zero; 0 while there is no rate. */
export function quantityWorth(notionalUsd: number, price: number, terms: TradingTerms): bigint {
  const { contractSize, usdPerQuote, lotSize, lotUnits } = terms
  if (usdPerQuote === 0) return 0n
  return BigInt(Math.trunc(notionalUsd / (price * contractSize * usdPerQuote * lotSize))) * lotUnits
}

/**
 * A limit price on the tick grid, `ticksThrough` ticks beyond `price` (negative: short of it), as a decimal. A price between
 * two ticks becomes the one that gives less away: down for a buy, up for a sell.
 */
export function limitPrice(price: number, side: Side, ticksThrough: number, terms: TradingTerms): string {
  const ticks = price / terms.tickSize
  const nearest = Math.round(ticks)
  const isOnGrid = Math.abs(ticks - nearest) < 1e-6
  const touch = isOnGrid ? nearest : side === 'BUY' ? Math.floor(ticks) : Math.ceil(ticks)
  const limit = side === 'BUY' ? touch + ticksThrough : Math.max(1, touch - ticksThrough)
  return formatFixed(BigInt(limit) * terms.tickUnits, terms.priceScale)
}
