import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { invariant, Random, US_PER_SECOND } from '@triplane/kernel'
import { PriceProcess, priceStateSchema } from './price-process.ts'
import { randomStateSchema } from './random-state.ts'
import type { Conditions } from './scenario.ts'
import { bookStateSchema, SimulatedBook, type BookSide, type LevelChange, type Match } from './simulated-book.ts'
import type { SimulatedInstrument } from './simulated-instrument.ts'
import { WireFormat } from './wire-format.ts'

/** The saved state of an instrument of the simulated venue. */
export const symbolStateSchema = stateSchema({
  random: randomStateSchema,
  price: priceStateSchema,
  book: bookStateSchema,
  lastOrderUs: field.timeUs,
  nextOrderUs: field.timeUs,
  lastDiffId: field.count,
  nextTradeId: field.count,
})
export type SymbolState = StateOf<typeof symbolStateSchema>

/** Receives a message that the venue sends. */
export type Print = (kind: 'trade' | 'quote', text: string) => void

const LIMIT_SHARE = 0.5
const CANCEL_SHARE = 0.36
/** How far a flow of buyers shifts the odds of limit and cancel orders, and of market orders, from one half. */
const PASSIVE_TILT = 0.35
const AGGRESSIVE_TILT = 0.45
/** Limit orders rest beyond the half spread by an exponential distance whose mean is this many half spreads. */
const MEAN_DISTANCE_HALF_SPREADS = 3
const MIN_LEVELS = 5
const START_LEVELS = 30
/** After a longer pause (a closed session) the price continues as if only this much time had passed. */
const MAX_STEP_S = 1

/**
 * One instrument of the simulated venue: limit, market and cancel orders arrive at random (Poisson) around a fair price. When
 * the fair price is beyond a resting order, that order is taken; all other orders are tilted to the side of the flow.
 */
export class SimulatedSymbol {
  readonly spec: SimulatedInstrument
  readonly wire: WireFormat
  readonly #meanOrderLots: number
  readonly #random: Random
  readonly #price: PriceProcess
  readonly #book: SimulatedBook
  #lastOrderUs: number
  #nextOrderUs: number
  #lastDiffId: number
  #nextTradeId: number

  constructor(spec: SimulatedInstrument, state: SymbolState) {
    this.spec = spec
    this.wire = new WireFormat(spec)
    this.#meanOrderLots = spec.meanOrderSize / Number(spec.lotSize)
    this.#random = new Random(state.random)
    this.#price = new PriceProcess(spec.annualVolatility, state.price)
    this.#book = new SimulatedBook(state.book)
    this.#lastOrderUs = state.lastOrderUs
    this.#nextOrderUs = state.nextOrderUs
    this.#lastDiffId = state.lastDiffId
    this.#nextTradeId = state.nextTradeId
  }

  /** An instrument that begins to trade at `startUs`, with a full book. */
  static opening(spec: SimulatedInstrument, seed: number, startUs: number): SimulatedSymbol {
    const startTicks = spec.startPrice / Number(spec.tickSize)
    invariant(startTicks >= 1_000, 'a price has room for a book: at least 1000 ticks', startTicks)
    const symbol = new SimulatedSymbol(spec, {
      random: new Random(seed).state(),
      price: { logPrice: Math.log(startTicks), logVolatility: 0, flow: 0 },
      book: {
        bids: { ticks: [], lots: [] },
        asks: { ticks: [], lots: [] },
        changedBids: [],
        changedAsks: [],
        updateId: 0,
      },
      lastOrderUs: startUs,
      nextOrderUs: startUs,
      lastDiffId: 0,
      nextTradeId: 1,
    })
    symbol.#fill(START_LEVELS, 1)
    symbol.#book.takeChanges()
    symbol.#lastDiffId = symbol.#book.updateId
    return symbol
  }

  /** When the next order arrives. */
  get nextOrderUs(): number {
    return this.#nextOrderUs
  }

  /** The id that the next trade will have. */
  get nextTradeId(): number {
    return this.#nextTradeId
  }

  /** The id that the next change of the book will have. */
  get nextUpdateId(): number {
    return this.#book.updateId + 1
  }

  /** Best price and size of a side, ticks and lots. */
  best(side: BookSide): LevelChange {
    return [this.#book.best(side) as number, this.#book.bestLots(side)]
  }

  /** Pauses orders until `timeUs`. */
  restUntil(timeUs: number): void {
    this.#nextOrderUs = timeUs
  }

  /** Handles the order that arrives at `timeUs`. Prints its trades and, when the best prices changed, the new quote. */
  order(timeUs: number, venueMs: number, conditions: Conditions, print: Print): void {
    const seconds = Math.min(MAX_STEP_S, (timeUs - this.#lastOrderUs) / US_PER_SECOND)
    this.#price.advance(seconds, this.#random, conditions)
    const [bid, bidLots] = this.best('bid')
    const [ask, askLots] = this.best('ask')

    this.#arrive(conditions, venueMs, print)
    this.#fill(MIN_LEVELS, conditions.liquidity)

    const newBid = this.best('bid')
    const newAsk = this.best('ask')
    if (newBid[0] !== bid || newBid[1] !== bidLots || newAsk[0] !== ask || newAsk[1] !== askLots) {
      print('quote', this.wire.quote(venueMs, this.#book.updateId, newBid, newAsk))
    }
    this.#lastOrderUs = timeUs
    const meanGapUs = US_PER_SECOND / (this.spec.ordersPerSecond * conditions.rate)
    this.#nextOrderUs = timeUs + 1 + Math.floor(this.#random.exponential(meanGapUs))
  }

  /** The depth diff since the previous one; undefined without changes. */
  takeDiff(venueMs: number): string | undefined {
    if (!this.#book.hasChanges) return undefined
    const { bids, asks } = this.#book.takeChanges()
    const previousId = this.#lastDiffId
    this.#lastDiffId = this.#book.updateId
    return this.wire.depthDiff(venueMs, previousId, this.#lastDiffId, bids, asks)
  }

  /** The venue's answer to a request for the whole book. */
  bookSnapshot(venueMs: number): string {
    return this.wire.snapshot(venueMs, this.#book.updateId, this.#book.levels('bid'), this.#book.levels('ask'))
  }

  snapshot(): SymbolState {
    return {
      random: this.#random.state(),
      price: this.#price.snapshot(),
      book: this.#book.snapshot(),
      lastOrderUs: this.#lastOrderUs,
      nextOrderUs: this.#nextOrderUs,
      lastDiffId: this.#lastDiffId,
      nextTradeId: this.#nextTradeId,
    }
  }

  #arrive(conditions: Conditions, venueMs: number, print: Print): void {
    const fairTicks = this.#price.priceTicks
    if (fairTicks > this.best('ask')[0]) return this.#aggress('ask', Infinity, fairTicks, venueMs, print)
    if (fairTicks < this.best('bid')[0]) return this.#aggress('bid', Infinity, fairTicks, venueMs, print)

    const flow = this.#price.flow + conditions.flow
    const pressure = flow / (1 + Math.abs(flow))
    const kind = this.#random.uniform()
    if (kind < LIMIT_SHARE) {
      this.#rest(this.#chance(0.5 + PASSIVE_TILT * pressure) ? 'bid' : 'ask', conditions.liquidity)
    } else if (kind < LIMIT_SHARE + CANCEL_SHARE) {
      const side = this.#chance(0.5 + PASSIVE_TILT * pressure) ? 'ask' : 'bid'
      const depth = this.#book.depth(side)
      if (depth > MIN_LEVELS) this.#book.cancel(side, this.#random.below(depth), this.#orderLots(1))
    } else {
      const isBuy = this.#chance(0.5 + AGGRESSIVE_TILT * pressure)
      this.#aggress(isBuy ? 'ask' : 'bid', this.#orderLots(1), isBuy ? Infinity : 0, venueMs, print)
    }
  }

  /** Matches an incoming order against `side` and prints the trades. */
  #aggress(side: BookSide, lots: number, limitTicks: number, venueMs: number, print: Print): void {
    const matches: readonly Match[] = this.#book.match(side, lots, limitTicks)
    for (const match of matches) {
      print('trade', this.wire.trade(venueMs, this.#nextTradeId++, match.ticks, match.lots, side === 'bid'))
    }
  }

  /** Adds a limit order on `side` that does not cross. */
  #rest(side: BookSide, liquidity: number): void {
    const fairTicks = this.#price.priceTicks
    const halfSpreadTicks = fairTicks * this.spec.halfSpreadRatio
    const distanceTicks = halfSpreadTicks + this.#random.exponential(MEAN_DISTANCE_HALF_SPREADS * halfSpreadTicks)
    const lots = this.#orderLots(liquidity)
    if (side === 'bid') {
      const highest = (this.#book.best('ask') ?? Infinity) - 1
      this.#book.add('bid', Math.max(1, Math.min(highest, Math.floor(fairTicks - distanceTicks))), lots)
    } else {
      const lowest = (this.#book.best('bid') ?? 0) + 1
      this.#book.add('ask', Math.max(lowest, Math.ceil(fairTicks + distanceTicks)), lots)
    }
  }

  /** Adds orders of market makers until both sides have `levels` levels. */
  #fill(levels: number, liquidity: number): void {
    while (this.#book.depth('bid') < levels) this.#rest('bid', liquidity)
    while (this.#book.depth('ask') < levels) this.#rest('ask', liquidity)
  }

  /** A size in lots: log-normal with the instrument's mean. */
  #orderLots(factor: number): number {
    const spread = 0.9
    const lots = this.#meanOrderLots * factor * Math.exp(spread * this.#random.normal() - (spread * spread) / 2)
    return Math.max(1, Math.round(lots))
  }

  #chance(probability: number): boolean {
    return this.#random.uniform() < probability
  }
}
