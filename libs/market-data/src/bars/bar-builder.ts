import { timeframes as allTimeframes, type Bar, type Timeframe, type Trade } from '@triplane/contracts'
import {
  decimalsOf,
  floorTime,
  invariant,
  numberFromFixed,
  powerOfTen,
  US_PER_DAY,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_SECOND,
} from '@triplane/kernel'
import { addSum, addTrade, emptySum, quoteUnits, restartSum, type BarSum } from './bar-sum.ts'

/** Length of a bar in microseconds. Each divides the next, so longer bars are made of shorter ones. */
export const timeframeUs: Readonly<Record<Timeframe, number>> = {
  '1m': US_PER_MINUTE,
  '5m': 5 * US_PER_MINUTE,
  '15m': 15 * US_PER_MINUTE,
  '1h': US_PER_HOUR,
  '1d': US_PER_DAY,
}

/** What bars are built of which trades. */
export interface BarBuilderOptions {
  readonly source: string
  readonly venue: string
  readonly symbol: string
  /** Decimal strings: sums are exact to as many digits as these have. */
  readonly tickSize: string
  readonly lotSize: string
  /** All by default. */
  readonly timeframes?: readonly Timeframe[]
  /** How long after its end a bar waits for late trades before silence closes it. Default 1 s. */
  readonly closeAfterUs?: number
}

/** What a bar builder needs to go on from where it was. */
export interface BarBuilderSnapshot {
  readonly sums: readonly BarSum[]
  readonly openFromUs: number
  readonly isAfterHole: boolean
  readonly lastRecvUs: number
  readonly lateTrades: number
}

/** Builds a bar builder; `snapshot` comes from another one of the same options. */
export function createBarBuilder(options: BarBuilderOptions, snapshot?: BarBuilderSnapshot): BarBuilder {
  return new BarBuilder(options, snapshot)
}

/**
 * Builds bars from trades on event time, in intervals aligned to UTC.
 *
 * Invariants
 * 1. A bar closes with the first trade of a later interval or, in silence, when market time less the clock offset of the source is
 *    `closeAfterUs` past its end (`dueUs`, `onTime`). An interval without a trade has no bar.
 * 2. A trade of an interval that is closed already is late: it is counted and in no bar.
 * 3. Trades are added to the shortest timeframe only; a bar that closes is added to the next longer one. Shorter bars are emitted first.
 * 4. A hole in what is received does not end a bar, but marks it: `incomplete` is set on bars that were forming when the
 *    connection was lost and on the first ones of a connection.
 */
export class BarBuilder {
  readonly #options: BarBuilderOptions
  readonly #closeAfterUs: number
  readonly #timeframes: readonly Timeframe[]
  readonly #lengthsUs: readonly number[]
  readonly #sizeDecimals: number
  readonly #quoteDecimals: number
  readonly #priceScale: number
  readonly #sizeScale: number
  /** One for each timeframe, shortest first: what of its interval is in no shorter sum. */
  readonly #sums: readonly BarSum[]
  /** End of the shortest bar that is forming; Infinity when none is. */
  #nextEndUs: number
  /** Trades before this are late. */
  #openFromUs: number
  #isAfterHole: boolean
  #lastRecvUs: number
  #lateTrades: number

  constructor(options: BarBuilderOptions, snapshot?: BarBuilderSnapshot) {
    this.#options = options
    this.#closeAfterUs = options.closeAfterUs ?? US_PER_SECOND
    this.#timeframes = allTimeframes.filter((timeframe) => (options.timeframes ?? allTimeframes).includes(timeframe))
    invariant(this.#timeframes.length > 0, 'there is a timeframe')
    this.#lengthsUs = this.#timeframes.map((timeframe) => timeframeUs[timeframe])
    const priceDecimals = decimalsOf(options.tickSize)
    this.#sizeDecimals = decimalsOf(options.lotSize)
    this.#quoteDecimals = priceDecimals + this.#sizeDecimals
    this.#priceScale = Number(powerOfTen(priceDecimals))
    this.#sizeScale = Number(powerOfTen(this.#sizeDecimals))
    this.#sums = this.#timeframes.map((_, i) => ({ ...(snapshot?.sums[i] ?? emptySum()) }))
    this.#nextEndUs = this.#findNextEnd()
    this.#openFromUs = snapshot?.openFromUs ?? 0
    this.#isAfterHole = snapshot?.isAfterHole ?? true
    this.#lastRecvUs = snapshot?.lastRecvUs ?? 0
    this.#lateTrades = snapshot?.lateTrades ?? 0
  }

  /** Number of trades that came after their bar was closed. */
  get lateTrades(): number {
    return this.#lateTrades
  }

  /** Adds a trade, after closing what ended before it. */
  onTrade(trade: Trade, emit: (bar: Bar) => void): void {
    const { tsEventUs } = trade
    if (tsEventUs < this.#openFromUs) {
      this.#lateTrades++
      return
    }
    if (tsEventUs >= this.#nextEndUs) this.#closeThrough(tsEventUs, trade.tsRecvUs, emit)
    const shortest = this.#sums[0] as BarSum
    if (shortest.trades === 0) {
      const lengthUs = this.#lengthsUs[0] as number
      restartSum(shortest, floorTime(tsEventUs, lengthUs), this.#isAfterHole)
      this.#isAfterHole = false
      this.#openFromUs = shortest.openTimeUs
      this.#nextEndUs = shortest.openTimeUs + lengthUs
    }
    addTrade(shortest, trade, this.#priceScale, this.#sizeScale)
    this.#lastRecvUs = trade.tsRecvUs
  }

  /** Market time at which silence closes the next bar, given the clock offset of the source; Infinity when none is forming. */
  dueUs(offsetUs: number): number {
    return this.#nextEndUs + this.#closeAfterUs + offsetUs
  }

  /** Closes what is due at market time `tsRecvUs`. */
  onTime(tsRecvUs: number, offsetUs: number, emit: (bar: Bar) => void): void {
    const timeUs = tsRecvUs - offsetUs - this.#closeAfterUs
    if (timeUs >= this.#nextEndUs) this.#closeThrough(timeUs, tsRecvUs, emit)
  }

  /** The connection is down: bars that are forming, and the first ones afterwards, are incomplete. */
  onDisconnect(): void {
    for (const sum of this.#sums) sum.isIncomplete = true
    this.#isAfterHole = true
  }

  /** The bar that is forming now; undefined before the first trade of its interval. */
  forming(timeframe: Timeframe): Bar | undefined {
    const index = this.#timeframes.indexOf(timeframe)
    const whole = emptySum()
    for (let i = index; i >= 0; i--) {
      const sum = this.#sums[i] as BarSum
      if (sum.trades === 0) continue
      if (whole.trades === 0) whole.openTimeUs = floorTime(sum.openTimeUs, this.#lengthsUs[index] as number)
      addSum(whole, sum)
    }
    return whole.trades === 0 ? undefined : this.#barOf(whole, timeframe, this.#lastRecvUs, false)
  }

  /** Everything that another builder needs to go on from here. */
  snapshot(): BarBuilderSnapshot {
    return {
      sums: this.#sums.map((sum) => ({ ...sum })),
      openFromUs: this.#openFromUs,
      isAfterHole: this.#isAfterHole,
      lastRecvUs: this.#lastRecvUs,
      lateTrades: this.#lateTrades,
    }
  }

  /** Closes every bar that ended at or before `timeUs`, event time. */
  #closeThrough(timeUs: number, tsRecvUs: number, emit: (bar: Bar) => void): void {
    for (let i = 0; i < this.#sums.length; i++) {
      const sum = this.#sums[i] as BarSum
      if (sum.trades === 0) continue
      const endUs = sum.openTimeUs + (this.#lengthsUs[i] as number)
      if (timeUs < endUs) break
      emit(this.#barOf(sum, this.#timeframes[i] as Timeframe, tsRecvUs, true))
      this.#openFromUs = Math.max(this.#openFromUs, endUs)
      const longer = this.#sums[i + 1]
      if (longer) {
        if (longer.trades === 0) restartSum(longer, floorTime(sum.openTimeUs, this.#lengthsUs[i + 1] as number), false)
        addSum(longer, sum)
      }
      sum.trades = 0
    }
    this.#nextEndUs = this.#findNextEnd()
  }

  #findNextEnd(): number {
    const i = this.#sums.findIndex(({ trades }) => trades > 0)
    return i < 0 ? Infinity : (this.#sums[i] as BarSum).openTimeUs + (this.#lengthsUs[i] as number)
  }

  #barOf(sum: BarSum, timeframe: Timeframe, tsRecvUs: number, closed: boolean): Bar {
    const { source, venue, symbol } = this.#options
    return {
      type: 'bar',
      seq: 0,
      source,
      venue,
      symbol,
      tsRecvUs,
      timeframe,
      origin: 'trades',
      openTimeUs: sum.openTimeUs,
      open: sum.open,
      high: sum.high,
      low: sum.low,
      close: sum.close,
      volume: sum.sizeUnits / this.#sizeScale,
      quoteVolume: numberFromFixed(quoteUnits(sum), this.#quoteDecimals),
      buyVolume: sum.buyUnits / this.#sizeScale,
      trades: sum.trades,
      closed,
      ...(sum.isIncomplete && { incomplete: true }),
    }
  }
}
