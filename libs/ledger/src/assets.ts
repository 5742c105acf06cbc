import type { EventDraft, Fill, Instrument, InstrumentId } from '@triplane/contracts'
import type { Rates } from '@triplane/instruments'
import { divideHalfEven, invariant, MONEY_SCALE, rescale } from '@triplane/kernel'
import { worth } from './balances.ts'
import { Holding, UNATTRIBUTED, type HoldingSnapshot } from './holding.ts'
import type { Position, RoundTrip } from './position.ts'

/** A price and its currency. */
interface AssetPrice {
  readonly price: number
  readonly quote: string
}

/** The sources of asset prices. */
interface PricedBy {
  readonly rates: Rates
  /** The instruments whose base may be an asset, in order. */
  readonly listed: () => Iterable<readonly [id: InstrumentId, instrument: Pick<Instrument, 'base' | 'quote'>]>
  /** The mark of an instrument; 0 before the first. */
  readonly markOf: (id: InstrumentId) => number
}

/**
 * The account's assets beside its positions: those that were deposited or that fees were paid in. Each is a holding in the
 * currency of its first price.
 */
export class Assets {
  readonly #holdings = new Map<string, Holding>()
  readonly #by: PricedBy

  constructor(by: PricedBy) {
    this.#by = by
  }

  get all(): Iterable<Holding> {
    return this.#holdings.values()
  }

  get size(): number {
    return this.#holdings.size
  }

  /** The price of an asset: the mark of an instrument of which it is the base, the fill's own first; else its rate to USD. */
  priceOf(currency: string, first?: InstrumentId): AssetPrice | undefined {
    const { rates, listed, markOf } = this.#by
    let priced: AssetPrice | undefined
    for (const [id, { base, quote }] of listed()) {
      const price = base === currency ? markOf(id) : 0
      if (price > 0 && (id === first || !priced)) priced = { price, quote }
    }
    if (priced || rates.find(currency) === undefined) return priced
    return { price: rates.usdPer(currency), quote: 'USD' }
  }

  /** The price of a fee's currency: the fill's own for the base, which is the same in every ledger; else that of the asset. */
  priceOfFee(
    feeCurrency: string,
    fill: Pick<Fill, 'price' | 'instrument'>,
    { base, quote }: Pick<Instrument, 'base' | 'quote'>,
  ): AssetPrice {
    if (feeCurrency === base) return { price: Number(fill.price), quote }
    const price = this.priceOf(feeCurrency, fill.instrument)
    invariant(price !== undefined, 'a fee is in a currency with a mark or a rate to USD', feeCurrency)
    return price
  }

  /** Sells the asset that a strategy's fee is paid in; returns the fee in the fill's quote currency. */
  payFee(
    strategy: string,
    feeCurrency: string,
    fee: bigint,
    fill: EventDraft<Fill>,
    instrument: Pick<Instrument, 'base' | 'quote'>,
  ): bigint {
    const { price, quote } = this.priceOfFee(feeCurrency, fill, instrument)
    const asset = this.#of(feeCurrency, quote)
    const { quoteCurrency } = asset.whole
    const proceeds = this.#exchange(worth(fee, price), quote, quoteCurrency)
    asset.book(strategy, -fee, -proceeds, 0n)
    this.#mark(asset)
    return this.#exchange(proceeds, quoteCurrency, instrument.quote)
  }

  /**
   * Covers the part of a fee in the base that exceeds the deposits of it from a strategy's long position, as far as that
   * suffices. Returns whether that ended a round trip.
   */
  coverBase(strategy: string, holding: Holding, base: string, fill: EventDraft<Fill>): RoundTrip {
    const asset = this.#holdings.get(base)
    const { quantity } = holding.part(strategy)
    if (!asset || asset.whole.quantity >= 0n || quantity <= 0n) return 'open'
    const { quantityScale, quoteCurrency } = holding.whole
    const missing = rescale(-asset.whole.quantity, MONEY_SCALE, quantityScale)
    const units = missing < quantity ? missing : quantity
    const taken = rescale(units, quantityScale, MONEY_SCALE)
    const value = worth(taken, Number(fill.price))
    const ended = holding.book(strategy, -units, -value, 0n)
    asset.book(strategy, taken, this.#exchange(value, quoteCurrency, asset.whole.quoteCurrency), 0n)
    this.#mark(asset)
    return ended
  }

  /**
   * Buys `units` (1e-8) of a deposited asset, unattributed to strategies, for cash deposited with them: returns the cost and its
   * currency.
   */
  deposit(currency: string, units: bigint, { price, quote }: AssetPrice): { cost: bigint; quoteCurrency: string } {
    const asset = this.#of(currency, quote)
    const { quoteCurrency } = asset.whole
    const cost = this.#exchange(worth(units, price), quote, quoteCurrency)
    asset.book(UNATTRIBUTED, units, cost, 0n)
    this.#mark(asset)
    return { cost, quoteCurrency }
  }

  /** A holding of an asset, at the asset's newest price. */
  valued({ whole }: Holding): Position {
    return { ...whole, mark: this.#markOf(whole) }
  }

  /** Restores saved holdings in place of those there are. */
  restore(saved: readonly HoldingSnapshot[]): void {
    this.#holdings.clear()
    for (const holding of saved) this.#of(holding.instrument, holding.quoteCurrency).restore(holding)
  }

  snapshot(): HoldingSnapshot[] {
    return Array.from(this.#holdings.values(), (holding) => holding.snapshot())
  }

  #of(currency: string, quote: string): Holding {
    const asset = this.#holdings.get(currency) ?? new Holding(currency, quote, MONEY_SCALE)
    this.#holdings.set(currency, asset)
    return asset
  }

  #exchange(money: bigint, from: string, to: string): bigint {
    const { rates } = this.#by
    return from === to ? money : divideHalfEven(money * rates.of(from), rates.of(to))
  }

  #mark(asset: Holding): void {
    asset.mark(this.#markOf(asset.whole), asset.whole.markUs)
  }

  #markOf({ instrument, quoteCurrency, mark }: Position): number {
    const price = this.priceOf(instrument)
    if (!price) return mark
    const { rates } = this.#by
    return price.price * (Number(rates.of(price.quote)) / Number(rates.of(quoteCurrency)))
  }
}
