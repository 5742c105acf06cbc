import { isTraded, type Instrument } from '@triplane/contracts'
import { fixed, invariant, MONEY_SCALE, numberFromFixed } from '@triplane/kernel'

/** Units of a target currency for one unit of a source currency, in 1e-8. */
export type Rate = bigint

/** What currencies are worth in US dollars. What has no rate cannot be valued: it is seen, and not traded. */
export interface Rates {
  /** Whether the currency is configured: what is quoted in it may be traded. */
  has(currency: string): boolean
  /** US dollars for one unit; undefined of a currency without a rate. */
  find(currency: string): Rate | undefined
  /** The same of a currency that must have one: throws on another. */
  of(currency: string): Rate
  /** The same as a number, for sizing, metrics and reports. */
  usdPer(currency: string): number
}

/** Rates that are configured: decimals above 0 by currency, `{ USDT: '1', EUR: '1.08' }`. A US dollar is worth one, also where it is not among them. Throws on what is none. */
export function configuredRates(ratesToUsd: Readonly<Record<string, string>>): Rates {
  const rates = new Map<string, Rate>([['USD', fixed('1', MONEY_SCALE)]])
  for (const [currency, text] of Object.entries(ratesToUsd)) {
    const rate = fixed(text, MONEY_SCALE)
    invariant(rate > 0n, 'a rate is > 0', text)
    rates.set(currency, rate)
  }
  const of = (currency: string) => {
    const rate = rates.get(currency)
    invariant(rate !== undefined, 'every quote currency has a rate to USD', currency)
    return rate
  }
  return {
    has: (currency) => ratesToUsd[currency] !== undefined,
    find: (currency) => rates.get(currency),
    of,
    usdPer: (currency) => numberFromFixed(of(currency), MONEY_SCALE),
  }
}

/** Those that are meant to be traded and whose quote currency has a rate: what cannot be valued is seen, and not traded. */
export function tradableOf<Listed extends Pick<Instrument, 'quote' | 'kind' | 'isTraded'>>(
  instruments: readonly Listed[],
  rates: Rates,
): Listed[] {
  return instruments.filter((instrument) => isTraded(instrument) && rates.has(instrument.quote))
}

/** Those that are only quoted: strategies may read them, nobody trades them. */
export function quotedOf<Listed extends Pick<Instrument, 'kind' | 'isTraded'>>(
  instruments: readonly Listed[],
): Listed[] {
  return instruments.filter((instrument) => !isTraded(instrument))
}
