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

/** The saved fed rates. */
export const runRatesSchema = field.list(fedRateSchema)

/** A fed rate in force. */
type FedRate = Omit<{ -readonly [Key in keyof FedRateSnapshot]: FedRateSnapshot[Key] }, 'rate'> & {
  readonly feed: RateFeed
  rate: Rate | undefined
}

/**
 * The rates of a run. Marks move the fed ones: every plane receives them, so at any market time all planes value alike.
 *
 * Invariants
 * 1. A rate stays in force until the next mark, however old it gets, so positions are always valued. Nothing is traded on a
 *    rate that is no longer known (`isKnown`): its instrument is stale, late or disconnected.
 * 2. Followed terms have the rate in force.
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

  /** Whether there is a rate that may be traded on. */
  isKnown(currency: string): boolean {
    for (const fed of this.#fed) {
      if (fed.currency === currency) return fed.rate !== undefined && !fed.isStale && !fed.isLate && !fed.isLost
    }
    return this.has(currency)
  }

  /** Keeps the rate of the terms up to date from now on. */
  follow(terms: TradingTerms): TradingTerms {
    changeRate(terms, this.usdPer(terms.instrument.quote))
    this.#terms.push(terms)
    return terms
  }

  /** Moves the rate that the mark's instrument feeds, unless the rate rounds to 0. */
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

  /** Handles the data plane's status of instruments that feed rates. Returns true if a rate became unknown by it. */
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
