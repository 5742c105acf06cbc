import { field, isAbout, stateSchema, type Mark, type MarketStatus, type StateOf } from '@triplane/contracts'
import { fixedFromNumber, MONEY_SCALE } from '@triplane/kernel'
import { readRates, type ConfiguredRates, type Rate, type RateFeed, type Rates } from './rates.ts'
import { changeRate, type TradingTerms } from './trading-terms.ts'

const fedRateSchema = stateSchema({
  currency: field.text,
  /** US dollars, 1e-8; null before the first. */
  rate: field.orNull(field.units),
  /** Empty before the first mark. */
  source: field.text,
  isStale: field.flag,
  isLate: field.flag,
  /** The connection was lost, and no mark has come since. */
  isLost: field.flag,
})
type FedRateSnapshot = StateOf<typeof fedRateSchema>

/** The rates that are fed, as they are saved. */
export const runRatesSchema = field.list(fedRateSchema)

/** A rate that is fed, in force. */
type FedRate = Omit<{ -readonly [Key in keyof FedRateSnapshot]: FedRateSnapshot[Key] }, 'rate'> & {
  readonly feed: RateFeed
  rate: Rate | undefined
}

/**
 * The rates of a run. Marks move those that are fed: events of the market, which every plane sees, so at any market time planes value alike.
 *
 * Invariants
 * 1. A rate goes on until the next mark, however old it gets: what is held is always valued. Nothing is traded on one that is not known any
 *    more (`isKnown`): its instrument is stale, late or disconnected.
 * 2. Terms that are followed have the rate in force.
 */
export class RunRates implements Rates {
  readonly #rates: Rates
  readonly #fed: readonly FedRate[]
  readonly #terms: TradingTerms[] = []

  constructor(configured: ConfiguredRates, saved: readonly FedRateSnapshot[] = []) {
    this.#fed = configured.feeds.map((feed) => {
      const { currency } = feed
      const { rate, ...known } = saved.find((one) => one.currency === currency) ?? nothingHeard
      return { ...known, feed, currency, rate: rate === null ? configured.find(currency) : BigInt(rate) }
    })
    const fed = new Map(this.#fed.map((one) => [one.currency, one]))
    this.#rates = readRates(configured, (currency) => {
      const one = fed.get(currency)
      return one ? one.rate : configured.find(currency)
    })
  }

  has(currency: string): boolean {
    return this.#rates.has(currency)
  }

  find(currency: string): Rate | undefined {
    return this.#rates.find(currency)
  }

  of(currency: string): Rate {
    return this.#rates.of(currency)
  }

  usdPer(currency: string): number {
    return this.#rates.usdPer(currency)
  }

  /** The currencies whose rates move. */
  get moving(): readonly string[] {
    return this.#fed.map(({ currency }) => currency)
  }

  /** Whether there is a rate by which may be traded. */
  isKnown(currency: string): boolean {
    const fed = this.#fed.find((one) => one.currency === currency)
    if (!fed) return this.has(currency)
    return fed.rate !== undefined && !fed.isStale && !fed.isLate && !fed.isLost
  }

  /** Keeps the rate of the terms the one in force, from now on. */
  follow(terms: TradingTerms): TradingTerms {
    changeRate(terms, this.usdPer(terms.instrument.quote))
    this.#terms.push(terms)
    return terms
  }

  /** Takes a mark: that of an instrument that feeds a rate moves it, unless it rounds to nothing. */
  onMark({ instrument, price, source }: Mark): void {
    for (const fed of this.#fed) {
      const { feed, currency } = fed
      if (feed.instrument !== instrument) continue
      fed.source = source
      fed.isLost = false
      const usd = feed.isInverse ? feed.usdPerOther / price : feed.usdPerOther * price
      const rate = fixedFromNumber(usd, MONEY_SCALE)
      if (rate <= 0n) continue
      fed.rate = rate
      for (const terms of this.#terms) if (terms.instrument.quote === currency) changeRate(terms, this.usdPer(currency))
    }
  }

  /** Takes what the data plane says of the instruments that feed rates. True when some rate became unknown by it. */
  onStatus(event: MarketStatus): boolean {
    const known = this.#fed.filter(({ currency }) => this.isKnown(currency))
    for (const fed of this.#fed) {
      if (!isAbout(event, fed.feed.instrument, fed.source)) continue
      const { status } = event
      if (status === 'stale' || status === 'fresh') fed.isStale = status === 'stale'
      if (status === 'late' || status === 'on_time') fed.isLate = status === 'late'
      if (status === 'disconnected') fed.isLost = true
    }
    return known.some(({ currency }) => !this.isKnown(currency))
  }

  snapshot(): FedRateSnapshot[] {
    return this.#fed.map(({ currency, rate, source, isStale, isLate, isLost }) => {
      return { currency, rate: rate === undefined ? null : String(rate), source, isStale, isLate, isLost }
    })
  }
}

const nothingHeard = { rate: null, source: '', isStale: false, isLate: false, isLost: false }
