import {
  field,
  knownSteps,
  stateSchema,
  stepsSchema,
  tradesAt,
  type BookDelta,
  type BookSnapshot,
  type Instrument,
  type MarketStatus,
  type Quote,
  type StateOf,
  type Trade,
  instrumentId,
  type InstrumentId,
} from '@triplane/contracts'
import {
  participationAllowance,
  RollingVolume,
  rollingVolumeSchema,
  type Broker,
  type InstrumentRisk,
  type MarketWatch,
  type WorkingOrders,
} from '@triplane/execution'
import { changeSteps, type RunRates, type TradingTerms } from '@triplane/instruments'
import type { Position } from '@triplane/ledger'
import { OrderBook, orderBookSchema } from '@triplane/market-data'

export interface TradingDeskDeps {
  readonly terms: TradingTerms
  readonly rates: Pick<RunRates, 'isKnown'>
  readonly isCashTraded: boolean
  readonly broker: Broker
  /** The ledger's and the order store's own objects: they stay current. */
  readonly position: Position
  readonly working: WorkingOrders
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly participation: { readonly maxShareRatio: number; readonly windowUs: number }
}

/** The saved state of a desk. */
export const tradingDeskSchema = stateSchema({
  instrument: field.text,
  source: field.orNull(field.text),
  bid: field.orNull(field.real),
  ask: field.orNull(field.real),
  hasQuotes: field.flag,
  lastMarketUs: field.timeUs,
  isStale: field.flag,
  isLate: field.flag,
  areStepsKnown: field.flag,
  steps: stepsSchema,
  isBookValid: field.flag,
  book: orderBookSchema,
  marketVolume: rollingVolumeSchema,
  ownVolume: rollingVolumeSchema,
})
export type TradingDeskSnapshot = StateOf<typeof tradingDeskSchema>

const nothingHeard = {
  source: null,
  bid: null,
  ask: null,
  hasQuotes: false,
  lastMarketUs: 0,
  isStale: false,
  isLate: false,
  areStepsKnown: true,
  isBookValid: false,
}

/**
 * The order plane's view of one instrument: its live book, newest best prices, traded volume, position and working orders.
 *
 * Invariants
 * 1. The book holds levels only while the data plane reports it valid or is sending its snapshot.
 *    After a disconnect there are no best prices either, until new ones arrive.
 * 2. The broker gets every trade and, while the book is valid, every change of the book.
 * 3. Best prices are as old as the newest quote, or as the newest change of a valid book that shows the same. Trades do not
 *    make them newer.
 */
export class TradingDesk implements InstrumentRisk {
  readonly id: InstrumentId
  readonly terms: TradingTerms
  readonly isCashTraded: boolean
  readonly book: OrderBook
  readonly working: WorkingOrders
  /** Our own traded volume, base units. */
  readonly ownVolume: RollingVolume
  readonly #rates: TradingDeskDeps['rates']
  readonly #watch: MarketWatch
  readonly #position: Position
  readonly #marketVolume: RollingVolume
  readonly #isSessionOpen: TradingDeskDeps['isSessionOpen']
  readonly #maxShareRatio: number
  #hasQuotes: boolean
  source: string | undefined
  bid: number
  ask: number
  lastMarketUs: number
  isStale: boolean
  isLate: boolean
  areStepsKnown: boolean
  isBookValid: boolean

  constructor(deps: TradingDeskDeps, snapshot?: TradingDeskSnapshot) {
    this.id = instrumentId(deps.terms.instrument)
    this.terms = deps.terms
    this.#rates = deps.rates
    this.isCashTraded = deps.isCashTraded
    this.book = new OrderBook(deps.terms.instrument.tickSize, snapshot?.book)
    this.working = deps.working
    this.#watch = deps.broker.list(deps.terms, this.book, { bid: () => this.bid, ask: () => this.ask })
    this.#position = deps.position
    this.#isSessionOpen = deps.isSessionOpen
    this.#maxShareRatio = deps.participation.maxShareRatio
    this.#marketVolume = new RollingVolume(deps.participation.windowUs, snapshot?.marketVolume)
    this.ownVolume = new RollingVolume(deps.participation.windowUs, snapshot?.ownVolume)
    const saved = snapshot ?? nothingHeard
    this.#hasQuotes = saved.hasQuotes
    this.source = saved.source ?? undefined
    this.bid = saved.bid ?? Number.NaN
    this.ask = saved.ask ?? Number.NaN
    this.lastMarketUs = saved.lastMarketUs
    this.isStale = saved.isStale
    this.isLate = saved.isLate
    this.areStepsKnown = saved.areStepsKnown
    this.isBookValid = saved.isBookValid
  }

  get positionUnits(): bigint {
    return this.#position.quantity
  }

  get mark(): number {
    return this.#position.mark
  }

  get isRateKnown(): boolean {
    return this.#rates.isKnown(this.terms.instrument.quote)
  }

  get workingBuyUnits(): bigint {
    return this.working.buyUnits
  }

  get workingSellUnits(): bigint {
    return this.working.sellUnits
  }

  isSessionOpen(nowUs: number): boolean {
    return tradesAt(this.terms.instrument, nowUs, this.#isSessionOpen)
  }

  participationUnits(nowUs: number): bigint {
    return participationAllowance(
      {
        share: this.#maxShareRatio,
        market: this.#marketVolume.sum(nowUs),
        own: this.ownVolume.sum(nowUs),
        workingUnits: this.working.buyUnits + this.working.sellUnits,
      },
      this.terms,
    )
  }

  onQuote(quote: Quote): void {
    this.source = quote.source
    this.lastMarketUs = quote.tsRecvUs
    this.#hasQuotes = true
    this.bid = quote.bid
    this.ask = quote.ask
  }

  onTrade(trade: Trade, nowUs: number): void {
    this.source = trade.source
    this.#marketVolume.add(nowUs, trade.size)
    if (this.#watch.watchesTrades) this.#watch.onTrade(trade, nowUs)
  }

  onBookDelta(delta: BookDelta, nowUs: number): void {
    this.source = delta.source
    this.book.apply(delta.bids, delta.asks)
    this.#bookChanged(nowUs)
  }

  onBookSnapshot(snapshot: BookSnapshot, nowUs: number): void {
    this.source = snapshot.source
    this.book.replace(snapshot.bids, snapshot.asks)
    this.#bookChanged(nowUs)
  }

  onStatus(event: MarketStatus, nowUs: number): void {
    const { status } = event
    switch (status) {
      case 'book_valid':
        this.isBookValid = true
        this.#bookChanged(nowUs)
        break
      case 'disconnected':
        this.bid = this.ask = Number.NaN
        this.#loseBook()
        break
      case 'book_invalid':
      case 'gap':
        this.#loseBook()
        break
      case 'stale':
      case 'fresh':
        this.isStale = status === 'stale'
        break
      case 'late':
      case 'on_time':
        this.isLate = status === 'late'
        break
      case 'steps_unknown':
      case 'steps_known': {
        this.areStepsKnown = status === 'steps_known'
        const steps = knownSteps(event)
        if (steps) changeSteps(this.terms, steps)
        break
      }
      case 'connected':
      case 'trade_stream_ignored':
        break
    }
  }

  snapshot(): TradingDeskSnapshot {
    return {
      instrument: this.id,
      source: this.source ?? null,
      bid: this.bid > 0 ? this.bid : null,
      ask: this.ask > 0 ? this.ask : null,
      hasQuotes: this.#hasQuotes,
      lastMarketUs: this.lastMarketUs,
      isStale: this.isStale,
      isLate: this.isLate,
      areStepsKnown: this.areStepsKnown,
      steps: this.terms.steps,
      isBookValid: this.isBookValid,
      book: this.book.snapshot(),
      marketVolume: this.#marketVolume.snapshot(),
      ownVolume: this.ownVolume.snapshot(),
    }
  }

  #loseBook(): void {
    this.isBookValid = false
    this.book.clear()
  }

  #bookChanged(nowUs: number): void {
    const bid = this.book.bidPrice(0)
    const ask = this.book.askPrice(0)
    if (!this.#hasQuotes) {
      this.bid = bid
      this.ask = ask
    }
    if (this.bid === bid && this.ask === ask) this.lastMarketUs = nowUs
    if (this.isBookValid && this.#watch.watchesBook) this.#watch.onBook(nowUs)
  }
}
