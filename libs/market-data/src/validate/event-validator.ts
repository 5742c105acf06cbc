import {
  field,
  stateSchema,
  timeframes,
  type Bar,
  type BookDelta,
  type BookSnapshot,
  type Quote,
  type StateOf,
  type Timeframe,
  type Trade,
} from '@triplane/contracts'
import type { ClockOffset, ClockStream } from './clock-offset.ts'
import { IdSequence, idSequenceSchema } from './id-sequence.ts'
import { PriceBand, priceBandSchema, type PriceBandLimits, type Touch } from './price-band.ts'
import { RecentIds, recentIdsSchema } from './recent-ids.ts'
import { firstIdOf, lastIdOf } from './trade-ids.ts'
import { TradeLosses, tradeLossesSchema, type TradeLoss } from './trade-losses.ts'
import type { ErrorOf, ErrorWith, ValidatedEvent, ValidationError } from './validation-error.ts'

/** A price 10 % away from the recent ones of its side is impossible, unless five in a row agree on it. */
const defaultPriceBandLimits: PriceBandLimits = { maxJumpRatio: 0.1, confirmations: 5 }

/** The inputs of an event validator's checks. */
export interface EventValidatorOptions {
  /** The clock of the instrument's source and venue, shared by all of its instruments. */
  readonly clock: ClockOffset
  readonly priceBand?: Partial<PriceBandLimits>
  /** The best prices of the instrument's book, if it has one: any trade between them is possible. */
  readonly touch?: Touch
}

/** The last bar of a timeframe. */
const lastBarSchema = stateSchema({ openTimeUs: field.timeUs, closed: field.flag })
type LastBar = StateOf<typeof lastBarSchema>

/** The saved state of an event validator. */
export const eventValidatorSchema = stateSchema({
  priceBand: priceBandSchema,
  trades: idSequenceSchema,
  /** For trades whose ids are not integers. */
  namedTrades: recentIdsSchema,
  losses: tradeLossesSchema,
  quotes: idSequenceSchema,
  deltas: idSequenceSchema,
  /** In the order of `timeframes`. */
  bars: field.list(lastBarSchema, { minItems: timeframes.length, maxItems: timeframes.length }),
})
export type EventValidatorSnapshot = StateOf<typeof eventValidatorSchema>

/** Creates the validator of one instrument; `snapshot` is from another one with the same options. */
export function createEventValidator(
  options: EventValidatorOptions,
  snapshot?: EventValidatorSnapshot,
): EventValidator {
  return new EventValidator(options, snapshot)
}

/**
 * Refuses events that cannot be true: nonsensical prices and sizes, repeated ids or ids that go back, impossible jumps, times
 * ahead of our clock. The first refusal wins, in the order of that list. Nothing is refused for being late.
 *
 * Invariants
 * 1. A refused event leaves no trace in the state of its stream; refused prices and ids are remembered only to recognise a
 *    crash, a venue that restarts its ids, and missing trades.
 * 2. The band is checked for trades and for both sides of quotes; levels of a book may be anywhere.
 * 3. The clock is asked last, so that it learns from good events only. Snapshots and venue bars are not events of a moment:
 *    the clock does not judge them, nor events without a venue time. It judges deltas but never refuses them: a book needs
 *    every one.
 * 4. A disconnect forgets the last price and lets ids start anew; ids known to have been seen are still duplicates.
 */
export class EventValidator {
  readonly #clock: ClockOffset
  readonly #priceBand: PriceBand
  readonly #trades: IdSequence
  readonly #namedTrades: RecentIds
  readonly #losses: TradeLosses
  readonly #quotes: IdSequence
  readonly #deltas: IdSequence
  readonly #bars: LastBar[]
  #deltasRestarted = false
  #loss: TradeLoss | undefined

  constructor({ clock, priceBand, touch }: EventValidatorOptions, snapshot?: EventValidatorSnapshot) {
    this.#clock = clock
    this.#priceBand = new PriceBand({ ...defaultPriceBandLimits, ...priceBand }, touch, snapshot?.priceBand)
    this.#trades = new IdSequence(snapshot?.trades)
    this.#namedTrades = new RecentIds(snapshot?.namedTrades)
    this.#losses = new TradeLosses(snapshot?.losses)
    this.#quotes = new IdSequence(snapshot?.quotes)
    this.#deltas = new IdSequence(snapshot?.deltas)
    this.#bars = snapshot ? [...snapshot.bars] : timeframes.map(() => ({ openTimeUs: -1, closed: true }))
  }

  /** Why `event` is refused; undefined when it is good, and then remembers it. */
  validate(event: ValidatedEvent): ValidationError | undefined {
    switch (event.type) {
      case 'trade':
        return this.#validateTrade(event)
      case 'quote':
        return this.#validateQuote(event)
      case 'bookDelta':
        return this.#validateDelta(event)
      case 'bookSnapshot':
        return badSnapshot(event)
      case 'bar':
        return this.#validateBar(event)
    }
  }

  /** True, once, when the delta just accepted restarts its update ids: the book before it is obsolete. */
  takeDeltaRestart(): boolean {
    const restarted = this.#deltasRestarted
    this.#deltasRestarted = false
    return restarted
  }

  /** The trades lost before the one just accepted, once. */
  takeTradeLoss(): TradeLoss | undefined {
    const loss = this.#loss
    this.#loss = undefined
    return loss
  }

  /** True when trades or deltas up to `afterId` have not been seen, and may still arrive. */
  isMissing(stream: 'trade' | 'bookDelta', afterId: number): boolean {
    if (stream === 'bookDelta') return this.#deltas.isMissing(afterId)
    return this.#trades.isMissing(afterId) && this.#losses.isMissing(afterId)
  }

  /** Notes a trade that is not of the order book. */
  noteOffBook(tradeId: number): void {
    this.#losses.offBook(tradeId)
  }

  /** Notes a trade that could not be read, except for its id. */
  noteUnread(tradeId: number): void {
    this.#losses.refused(tradeId, tradeId, -1)
  }

  /** The connection is down. `isHole`: trades are known to be missing, and are not counted when the ids continue. */
  onDisconnect(isHole = false): void {
    if (isHole) this.#losses.reset()
    this.#priceBand.reset()
    this.#trades.onDisconnect()
    this.#quotes.onDisconnect()
    this.#deltas.onDisconnect()
  }

  /** The state from which another validator continues, without the clock. */
  snapshot(): EventValidatorSnapshot {
    return {
      priceBand: this.#priceBand.snapshot(),
      trades: this.#trades.snapshot(),
      namedTrades: this.#namedTrades.snapshot(),
      losses: this.#losses.snapshot(),
      quotes: this.#quotes.snapshot(),
      deltas: this.#deltas.snapshot(),
      bars: [...this.#bars],
    }
  }

  #validateTrade(trade: Trade): ErrorOf<'trade'> | undefined {
    const firstId = firstIdOf(trade)
    const lastId = lastIdOf(trade)
    const refusal = this.#refuseTrade(trade, firstId, lastId)
    if (refusal) {
      const lostUs = refusal.code === 'clock_drift' ? -1 : trade.tsEventUs
      if (refusal.code !== 'duplicate' && firstId !== undefined && lastId !== undefined)
        this.#losses.refused(firstId, lastId, lostUs)
      return refusal
    }
    if (firstId !== undefined && lastId !== undefined) {
      this.#trades.accept(firstId, lastId)
      this.#loss = this.#losses.accept(firstId, lastId)
    }
    if (typeof trade.tradeId === 'string') this.#namedTrades.accept(trade.tradeId)
    this.#priceBand.acceptTrade(trade.price, trade.aggressor)
    return undefined
  }

  #refuseTrade(trade: Trade, firstId?: number, lastId?: number): ErrorOf<'trade'> | undefined {
    const { price, size, tradeId } = trade
    if (!isPositive(price)) return { code: 'bad_price', price }
    if (!isPositive(size)) return { code: 'bad_size', size }
    return (
      (firstId === undefined ? undefined : this.#trades.check(firstId, lastId)) ??
      (typeof tradeId === 'string' ? this.#namedTrades.check(tradeId) : undefined) ??
      this.#priceBand.checkTrade(price, trade.aggressor) ??
      this.#checkClock(trade.tsRecvUs, trade.tsEventUs, 'trade')
    )
  }

  #validateQuote({ bid, bidSize, ask, askSize, updateId, tsRecvUs, tsEventUs }: Quote): ErrorOf<'quote'> | undefined {
    if (!isPositive(bid)) return { code: 'bad_price', price: bid }
    if (!isPositive(ask)) return { code: 'bad_price', price: ask }
    if (!isPositive(bidSize)) return { code: 'bad_size', size: bidSize }
    if (!isPositive(askSize)) return { code: 'bad_size', size: askSize }
    if (bid >= ask) return { code: 'crossed_quote', bid, ask }
    const refusal =
      (updateId === undefined ? undefined : this.#quotes.check(updateId)) ??
      this.#priceBand.checkQuote(bid, ask) ??
      this.#checkClock(tsRecvUs, tsEventUs, 'quote')
    if (refusal) return refusal
    if (updateId !== undefined) this.#quotes.accept(updateId)
    this.#priceBand.acceptQuote(bid, ask)
    return undefined
  }

  #validateDelta({ bids, asks, lastUpdateId, tsRecvUs, tsEventUs }: BookDelta): ErrorOf<'bookDelta'> | undefined {
    const refusal =
      badLevel(bids) ?? badLevel(asks) ?? (lastUpdateId === undefined ? undefined : this.#deltas.check(lastUpdateId))
    if (refusal) return refusal
    this.#clock.admit(tsRecvUs, tsEventUs, 'bookDelta')
    if (lastUpdateId !== undefined) this.#deltasRestarted ||= this.#deltas.accept(lastUpdateId)
    return undefined
  }

  #validateBar(bar: Bar): ErrorOf<'bar'> | undefined {
    const refusal = badBarNumber(bar) ?? this.#checkBarOrder(bar)
    if (refusal) return refusal
    this.#bars[indexOf(bar.timeframe)] = { openTimeUs: bar.openTimeUs, closed: bar.closed }
    return undefined
  }

  /** A forming bar arrives many times; a closed one once. */
  #checkBarOrder({ timeframe, openTimeUs }: Bar): ErrorWith<'duplicate' | 'out_of_order'> | undefined {
    const last = this.#bars[indexOf(timeframe)] as LastBar
    if (openTimeUs < last.openTimeUs) return { code: 'out_of_order', id: openTimeUs, lastId: last.openTimeUs }
    return openTimeUs === last.openTimeUs && last.closed ? { code: 'duplicate', id: openTimeUs } : undefined
  }

  #checkClock(
    tsRecvUs: number,
    tsEventUs: number | undefined,
    stream: ClockStream,
  ): ErrorWith<'clock_drift'> | undefined {
    if (tsEventUs === undefined || this.#clock.admit(tsRecvUs, tsEventUs, stream) !== 'impossible') return undefined
    const { newestDelayUs, maxDriftUs } = this.#clock
    return { code: 'clock_drift', driftUs: newestDelayUs, limitUs: maxDriftUs }
  }
}

const indexOf = (timeframe: Timeframe) => timeframes.indexOf(timeframe)

/** False for NaN and infinities too. */
const isPositive = (value: number) => value > 0 && value < Infinity
const isNotNegative = (value: number) => value >= 0 && value < Infinity

function badLevel(levels: readonly number[]): ErrorWith<'bad_price' | 'bad_size'> | undefined {
  for (let i = 0; i < levels.length; i += 2) {
    const price = levels[i] as number
    const size = levels[i + 1] as number
    if (!isPositive(price)) return { code: 'bad_price', price }
    if (!isNotNegative(size)) return { code: 'bad_size', size }
  }
  return undefined
}

function badSnapshot(snapshot: BookSnapshot): ErrorOf<'bookSnapshot'> | undefined {
  return badLevel(snapshot.bids) ?? badLevel(snapshot.asks) ?? crossedTop(snapshot)
}

function crossedTop({ bids: [bid], asks: [ask] }: BookSnapshot): ErrorWith<'crossed_quote'> | undefined {
  return bid !== undefined && ask !== undefined && bid >= ask ? { code: 'crossed_quote', bid, ask } : undefined
}

function badBarNumber({
  open,
  high,
  low,
  close,
  volume,
  quoteVolume,
  buyVolume,
}: Bar): ErrorWith<'bad_price' | 'bad_size'> | undefined {
  for (const price of [low, high, open, close]) {
    if (!isPositive(price) || price < low || price > high) return { code: 'bad_price', price }
  }
  for (const size of [volume, quoteVolume, buyVolume]) if (!isNotNegative(size)) return { code: 'bad_size', size }
  return undefined
}
