import { instrumentId, isTraded, type Instrument, type InstrumentId } from '@triplane/contracts'
import { fixed, invariant, MONEY_SCALE, numberFromFixed, parseFixed } from '@triplane/kernel'

/** Units of a target currency for one unit of a source currency, in 1e-8. */
export type Rate = bigint

/** Rates of currencies in US dollars. Without a rate nothing can be valued: an instrument is then quoted, never traded. */
export interface Rates {
  /** Whether the currency is configured: instruments quoted in it may be traded as soon as it has a rate. */
  has(currency: string): boolean
  /** US dollars for one unit; undefined for a currency without a rate. */
  find(currency: string): Rate | undefined
  /** The same for a configured currency: 0 before the first rate of a fed one. Throws for any other. */
  of(currency: string): Rate
  /** The same as a number, for sizing, metrics and reports. */
  usdPer(currency: string): number
}

/** The configured rate of a currency: US dollars, or the instrument whose marks feed it and the rate before the first mark. */
export type RateSetting = string | { readonly instrument: InstrumentId; readonly initial?: string | undefined }

/** A currency whose rate is fed. */
export interface RateFeed {
  readonly currency: string
  readonly instrument: InstrumentId
  /** Prices are in the currency, so its rate falls when they rise. */
  readonly isInverse: boolean
  /** US dollars for one unit of the other currency of the instrument. */
  readonly usdPerOther: number
}

/** Rates at the start of a run, and the feeds of those that move. */
export interface ConfiguredRates extends Rates {
  readonly feeds: readonly RateFeed[]
}

/** A rate setting that cannot be used. */
export class RateSettingError extends Error {
  readonly currency: string
  readonly expected: string
  readonly found: string

  constructor(currency: string, expected: string, found: string) {
    super(`Expected of the rate of ${currency}: ${expected}, was ${found}`)
    this.name = 'RateSettingError'
    this.currency = currency
    this.expected = expected
    this.found = found
  }
}

/**
 * Reads the configured rates by currency: `{ USDT: '1', KRW: { instrument: 'USDT/KRW@upbit', initial: '0.00074' } }`. Decimals
 * are above 0. A feeding instrument belongs to the run and trades this currency against another whose rate is a decimal; its
 * base and quote say which of the two its prices are in. A US dollar is worth one, even if it is not configured. Throws
 * RateSettingError on anything else.
 */
export function configuredRates(
  ratesToUsd: Readonly<Record<string, RateSetting>>,
  instruments: readonly Pick<Instrument, 'symbol' | 'venue' | 'base' | 'quote'>[] = [],
): ConfiguredRates {
  const rates = new Map<string, Rate>([['USD', ONE]])
  const stated = new Map(rates)
  for (const [currency, setting] of Object.entries(ratesToUsd)) {
    const text = typeof setting === 'string' ? setting : setting.initial
    const rate = text === undefined ? undefined : readRate(currency, text)
    if (rate !== undefined) rates.set(currency, rate)
    if (rate !== undefined && setting === text) stated.set(currency, rate)
  }
  const feeds = Object.entries(ratesToUsd).flatMap(([currency, setting]) =>
    typeof setting === 'string' ? [] : [feedOf(currency, setting.instrument, stated, instruments)],
  )
  return { feeds, ...readRates({ has: (currency) => ratesToUsd[currency] !== undefined }, (one) => rates.get(one)) }
}

const ONE = fixed('1', MONEY_SCALE)

function readRate(currency: string, text: string): Rate {
  const rate = parseFixed(text, MONEY_SCALE)
  if (!rate.ok || rate.value <= 0n) throw new RateSettingError(currency, 'a decimal above 0, of at most 8 digits', text)
  if (currency === 'USD' && rate.value !== ONE) throw new RateSettingError(currency, '1', text)
  return rate.value
}

function feedOf(
  currency: string,
  id: InstrumentId,
  stated: ReadonlyMap<string, Rate>,
  instruments: Parameters<typeof configuredRates>[1] = [],
): RateFeed {
  const instrument = instruments.find((one) => instrumentId(one) === id)
  if (currency === 'USD') throw new RateSettingError(currency, '1', id)
  if (!instrument) throw new RateSettingError(currency, 'an instrument of the run', id)
  const { base, quote } = instrument
  if (base !== currency && quote !== currency)
    throw new RateSettingError(currency, `an instrument of ${currency}`, `${id}, of ${base} in ${quote}`)
  const isInverse = quote === currency
  const other = isInverse ? base : quote
  const usdPerOther = stated.get(other)
  if (usdPerOther === undefined)
    throw new RateSettingError(
      currency,
      'an instrument whose other currency has a decimal for a rate',
      `${id}, of ${other}`,
    )
  return { currency, instrument: id, isInverse, usdPerOther: numberFromFixed(usdPerOther, MONEY_SCALE) }
}

/** Builds rates from a function that finds them. */
export function readRates(configured: Pick<Rates, 'has'>, find: Rates['find']): Rates {
  const of = (currency: string) => {
    const rate = find(currency) ?? (configured.has(currency) ? 0n : undefined)
    invariant(rate !== undefined, 'every quote currency has a rate to USD', currency)
    return rate
  }
  return {
    has: (currency) => configured.has(currency),
    find,
    of,
    usdPer: (currency) => numberFromFixed(of(currency), MONEY_SCALE),
  }
}

/** The traded instruments whose quote currency is configured: an instrument that cannot be valued is not traded. */
export function tradableOf<Listed extends Pick<Instrument, 'quote' | 'kind' | 'isTraded'>>(
  instruments: readonly Listed[],
  rates: Rates,
): Listed[] {
  return instruments.filter((instrument) => isTraded(instrument) && rates.has(instrument.quote))
}

/** The instruments that are only quoted: strategies may read them, but no one trades them. */
export function quotedOf<Listed extends Pick<Instrument, 'kind' | 'isTraded'>>(
  instruments: readonly Listed[],
): Listed[] {
  return instruments.filter((instrument) => !isTraded(instrument))
}
