import {
  field,
  stateSchema,
  timeframes as allTimeframes,
  type Bar,
  type StateOf,
  type Timeframe,
  type Trade,
  type EventDraft,
  type InstrumentId,
} from '@triplane/contracts'
import {
  decimalsOf,
  floorTime,
  invariant,
  numberFromFixed,
  US_PER_DAY,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_SECOND,
} from '@triplane/kernel'
import { decimalsFor, isWhole, scaleOf } from '../steps/exact-units.ts'
import { BarHoles, barHolesSchema } from './bar-holes.ts'
import { addSum, addTrade, barSumSchema, emptySum, quoteUnits, refineSum, restartSum, type BarSum } from './bar-sum.ts'

/** Length of a bar in microseconds. Each divides the next, so longer bars are built from shorter ones. */
export const timeframeUs: Readonly<Record<Timeframe, number>> = {
  '1m': US_PER_MINUTE,
  '5m': 5 * US_PER_MINUTE,
  '15m': 15 * US_PER_MINUTE,
  '1h': US_PER_HOUR,
  '1d': US_PER_DAY,
}

/** How long after its end, in event time, a closed bar is kept so that late trades can be added to it. */
export const REVISABLE_US = 15 * US_PER_MINUTE

/** How long after its end a bar waits for late trades while the source is late. */
export const CLOSE_LATE_AFTER_US = 10 * US_PER_SECOND

/** Which bars to build, and from which trades. */
export interface BarBuilderOptions {
  readonly source: string
  readonly instrument: InstrumentId
  /** Decimal strings: sums have as many digits, until a trade has more. */
  readonly tickSize: string
  readonly lotSize: string
  /** All by default. */
  readonly timeframes?: readonly Timeframe[]
  /** How long after its end a bar waits for late trades before silence closes it. Default 1 s. */
  readonly closeAfterUs?: number
  /** The same while the source is late. Default `CLOSE_LATE_AFTER_US`. */
  readonly closeLateAfterUs?: number
}

/** The saved state of a bar builder. */
export const barBuilderSchema = stateSchema({
  sizeDecimals: field.count,
  priceDecimals: field.count,
  /** One for each timeframe, shortest first. */
  sums: field.list(barSumSchema),
  /** The closed bars that may still change, by timeframe, oldest first. */
  closed: field.list(field.list(barSumSchema)),
  holes: barHolesSchema,
  openFromUs: field.timeUs,
  lastEventUs: field.timeUs,
  lastRecvUs: field.timeUs,
  lateTrades: field.count,
})
export type BarBuilderSnapshot = StateOf<typeof barBuilderSchema>

type Emit = (bar: EventDraft<Bar>) => void

/** Creates a bar builder; `snapshot` is from another one with the same options. */
export function createBarBuilder(options: BarBuilderOptions, snapshot?: BarBuilderSnapshot): BarBuilder {
  return new BarBuilder(options, snapshot)
}

/**
 * Builds bars from trades on event time, in intervals aligned to UTC.
 *
 * Invariants
 * 1. A bar closes with the first trade of a later interval or, in silence, when market time less the clock offset of the
 *    source is `closeAfterUs` past its end, `closeLateAfterUs` while the source is late. An interval without a trade has no
 *    bar.
 * 2. A trade of a closed interval is added to its bar, and to the longer bars around it; the closed ones are emitted again,
 *    `revised`. So the newest bars of each interval do not depend on the order of the trades, as far back as `REVISABLE_US`; an
 *    older trade is counted as late, and is in no closed bar.
 * 3. Trades are added to the shortest timeframe only; a bar that closes is added to the next longer one. Shorter bars are
 *    emitted first.
 * 4. A hole in the received data does not end a bar: bars whose interval it touches are `incomplete`, and emitted again if
 *    they were closed before the hole was noticed. A run begins with a hole.
 * 5. Nothing is rounded: sums get more digits with the first trade that has more.
 */
export class BarBuilder {
  readonly #options: BarBuilderOptions
  readonly #closeAfterUs: number
  readonly #closeLateAfterUs: number
  readonly #timeframes: readonly Timeframe[]
  readonly #lengthsUs: readonly number[]
  /** One for each timeframe, shortest first: the part of its interval that is in no shorter sum. */
  readonly #sums: readonly BarSum[]
  readonly #closed: readonly BarSum[][]
  readonly #holes: BarHoles
  #sizeDecimals: number
  #priceDecimals: number
  #priceScale = 1
  #sizeScale = 1
  /** End of the shortest bar that is forming; Infinity when none is. */
  #nextEndUs: number
  /** Every interval that ended at or before this is closed. */
  #openFromUs: number
  #lastEventUs: number
  #lastRecvUs: number
  #lateTrades: number

  constructor(options: BarBuilderOptions, snapshot?: BarBuilderSnapshot) {
    this.#options = options
    this.#closeAfterUs = options.closeAfterUs ?? US_PER_SECOND
    this.#closeLateAfterUs = options.closeLateAfterUs ?? CLOSE_LATE_AFTER_US
    this.#timeframes = allTimeframes.filter((timeframe) => (options.timeframes ?? allTimeframes).includes(timeframe))
    invariant(this.#timeframes.length > 0, 'there is a timeframe')
    this.#lengthsUs = this.#timeframes.map((timeframe) => timeframeUs[timeframe])
    const saved: BarBuilderSnapshot = snapshot ?? {
      sizeDecimals: decimalsOf(options.lotSize),
      priceDecimals: decimalsOf(options.tickSize),
      sums: this.#timeframes.map(() => emptySum()),
      closed: this.#timeframes.map(() => []),
      holes: new BarHoles().snapshot(),
      openFromUs: 0,
      lastEventUs: 0,
      lastRecvUs: 0,
      lateTrades: 0,
    }
    invariant(saved.sums.length === this.#timeframes.length, 'there is a sum for each timeframe', saved.sums.length)
    this.#priceDecimals = saved.priceDecimals
    this.#sizeDecimals = saved.sizeDecimals
    this.#setScales()
    this.#sums = saved.sums.map((sum) => ({ ...sum }))
    this.#closed = saved.closed.map((sums) => sums.map((sum) => ({ ...sum })))
    this.#holes = new BarHoles(saved.holes)
    this.#openFromUs = saved.openFromUs
    this.#lastEventUs = saved.lastEventUs
    this.#lastRecvUs = saved.lastRecvUs
    this.#lateTrades = saved.lateTrades
    this.#nextEndUs = this.#findNextEnd()
  }

  /** Number of trades that were too late for their closed bars. */
  get lateTrades(): number {
    return this.#lateTrades
  }

  /** Adds a trade, after closing bars that ended before it. */
  onTrade(trade: Trade, emit: Emit): void {
    const { tsEventUs, price, size } = trade
    if (!isWhole(price, this.#priceScale) || !isWhole(size, this.#sizeScale)) this.#refine(price, size)
    if (tsEventUs >= this.#nextEndUs) this.#closeThrough(tsEventUs, trade.tsRecvUs, emit)
    if (this.#holes.isOpen) this.#holes.close(tsEventUs)
    if (tsEventUs > this.#lastEventUs) this.#lastEventUs = tsEventUs
    this.#lastRecvUs = trade.tsRecvUs
    if (tsEventUs < this.#openFromUs) return this.#onLateTrade(trade, emit)
    const shortest = this.#sums[0] as BarSum
    if (shortest.trades === 0) {
      const lengthUs = this.#lengthsUs[0] as number
      restartSum(shortest, floorTime(tsEventUs, lengthUs))
      this.#openFromUs = shortest.openTimeUs
      this.#nextEndUs = shortest.openTimeUs + lengthUs
    }
    this.#add(shortest, trade)
  }

  /** Market time at which silence closes the next bar, given the clock offset of the source; Infinity when none is forming. */
  dueUs(offsetUs: number, isLate = false): number {
    return this.#nextEndUs + this.#waitUs(isLate) + offsetUs
  }

  /** Closes the bars due at market time `tsRecvUs`; `isLate` while the source is late. */
  onTime(tsRecvUs: number, offsetUs: number, emit: Emit, isLate = false): void {
    const timeUs = tsRecvUs - offsetUs - this.#waitUs(isLate)
    if (timeUs >= this.#nextEndUs) this.#closeThrough(timeUs, tsRecvUs, emit)
  }

  /**
   * Notes that trades may be missing from now to the next one: the connection is down, or a trade with a meaningless time was
   * refused.
   */
  onHole(): void {
    this.#holes.open(Math.max(this.#lastEventUs, this.#openFromUs))
  }

  /** Notes that the trades between the last one and the next one, at `untilUs`, are missing. */
  onMissing(untilUs: number, tsRecvUs: number, emit: Emit): void {
    this.#mark(Math.min(this.#lastEventUs, untilUs), Math.max(this.#lastEventUs, untilUs), tsRecvUs, emit)
  }

  /** Notes that a trade of this time was refused. */
  onRefused(tsEventUs: number, tsRecvUs: number, emit: Emit): void {
    this.#mark(tsEventUs, tsEventUs, tsRecvUs, emit)
  }

  /** The currently forming bar; undefined before the first trade of its interval. */
  forming(timeframe: Timeframe): EventDraft<Bar> | undefined {
    const index = this.#timeframes.indexOf(timeframe)
    const whole = emptySum()
    for (let i = index; i >= 0; i--) {
      const sum = this.#sums[i] as BarSum
      if (sum.trades === 0) continue
      if (whole.trades === 0) whole.openTimeUs = floorTime(sum.openTimeUs, this.#lengthsUs[index] as number)
      addSum(whole, sum)
    }
    return whole.trades === 0 ? undefined : this.#barOf(whole, index, this.#lastRecvUs, false, false)
  }

  /** The state from which another builder continues. */
  snapshot(): BarBuilderSnapshot {
    return {
      sizeDecimals: this.#sizeDecimals,
      priceDecimals: this.#priceDecimals,
      sums: this.#sums.map((sum) => ({ ...sum })),
      closed: this.#closed.map((sums) => sums.map((sum) => ({ ...sum }))),
      holes: this.#holes.snapshot(),
      openFromUs: this.#openFromUs,
      lastEventUs: this.#lastEventUs,
      lastRecvUs: this.#lastRecvUs,
      lateTrades: this.#lateTrades,
    }
  }

  /** Adds a trade of a closed interval to its closed bars, and to the shortest longer one that is not closed. */
  #onLateTrade(trade: Trade, emit: Emit): void {
    let isKept = true
    for (let i = 0; i < this.#sums.length; i++) {
      const lengthUs = this.#lengthsUs[i] as number
      const openTimeUs = floorTime(trade.tsEventUs, lengthUs)
      if (openTimeUs + lengthUs > this.#openFromUs) {
        const sum = this.#sums[i] as BarSum
        if (sum.trades === 0) restartSum(sum, openTimeUs)
        this.#add(sum, trade)
        this.#nextEndUs = this.#findNextEnd()
        break
      }
      if (openTimeUs + lengthUs <= this.#openFromUs - REVISABLE_US) {
        isKept = false
        continue
      }
      const sum = this.#closedSum(i, openTimeUs)
      this.#add(sum, trade)
      emit(this.#barOf(sum, i, trade.tsRecvUs, true, true))
    }
    if (!isKept) this.#lateTrades++
  }

  /** The closed sum of an interval; inserts one for an interval without trades. */
  #closedSum(i: number, openTimeUs: number): BarSum {
    const sums = this.#closed[i] as BarSum[]
    const at = sums.findIndex((sum) => sum.openTimeUs >= openTimeUs)
    const found = sums[at]
    if (found?.openTimeUs === openTimeUs) return found
    const made = emptySum(openTimeUs)
    sums.splice(at < 0 ? sums.length : at, 0, made)
    return made
  }

  /** Notes a hole, and re-emits bars that were closed as whole but are not. */
  #mark(fromUs: number, toUs: number, tsRecvUs: number, emit: Emit): void {
    const isMarked = (sum: BarSum, lengthUs: number) => this.#holes.touch(sum.openTimeUs, sum.openTimeUs + lengthUs)
    const whole = this.#closed.map((sums, i) => sums.filter((sum) => !isMarked(sum, this.#lengthsUs[i] as number)))
    this.#holes.add(fromUs, toUs)
    for (const [i, sums] of whole.entries()) {
      for (const sum of sums) {
        if (isMarked(sum, this.#lengthsUs[i] as number)) emit(this.#barOf(sum, i, tsRecvUs, true, true))
      }
    }
  }

  /** Closes every bar that ended at or before `timeUs`, event time. */
  #closeThrough(timeUs: number, tsRecvUs: number, emit: Emit): void {
    for (let i = 0; i < this.#sums.length; i++) {
      const sum = this.#sums[i] as BarSum
      if (sum.trades === 0) continue
      const endUs = sum.openTimeUs + (this.#lengthsUs[i] as number)
      if (timeUs < endUs) break
      emit(this.#barOf(sum, i, tsRecvUs, true, false))
      this.#closed[i]?.push({ ...sum })
      this.#openFromUs = Math.max(this.#openFromUs, endUs)
      const longer = this.#sums[i + 1]
      if (longer) {
        if (longer.trades === 0) restartSum(longer, floorTime(sum.openTimeUs, this.#lengthsUs[i + 1] as number))
        addSum(longer, sum)
      }
      sum.trades = 0
    }
    this.#nextEndUs = this.#findNextEnd()
    this.#forget()
  }

  /** Forgets closed bars that can no longer change, and holes that touch none that can. */
  #forget(): void {
    const keepFromUs = this.#openFromUs - REVISABLE_US
    for (const [i, sums] of this.#closed.entries()) {
      const lengthUs = this.#lengthsUs[i] as number
      while (sums.length > 0 && (sums[0] as BarSum).openTimeUs + lengthUs <= keepFromUs) sums.shift()
    }
    this.#holes.forgetBefore(floorTime(Math.max(0, keepFromUs), this.#lengthsUs.at(-1) as number))
  }

  #findNextEnd(): number {
    const i = this.#sums.findIndex(({ trades }) => trades > 0)
    return i < 0 ? Infinity : (this.#sums[i] as BarSum).openTimeUs + (this.#lengthsUs[i] as number)
  }

  #add(sum: BarSum, trade: Trade): void {
    addTrade(sum, trade, Math.round(trade.price * this.#priceScale), Math.round(trade.size * this.#sizeScale))
  }

  /** Counts in smaller units from now on. */
  #refine(price: number, size: number): void {
    const priceDecimals = decimalsFor(price, this.#priceDecimals)
    const sizeDecimals = decimalsFor(size, this.#sizeDecimals)
    const sizeFactor = scaleOf(sizeDecimals - this.#sizeDecimals)
    const quoteFactor = sizeFactor * scaleOf(priceDecimals - this.#priceDecimals)
    for (const sums of [this.#sums, ...this.#closed]) {
      for (const sum of sums) refineSum(sum, sizeFactor, quoteFactor)
    }
    this.#priceDecimals = priceDecimals
    this.#sizeDecimals = sizeDecimals
    this.#setScales()
  }

  #setScales(): void {
    this.#priceScale = scaleOf(this.#priceDecimals)
    this.#sizeScale = scaleOf(this.#sizeDecimals)
  }

  #waitUs(isLate: boolean): number {
    return isLate ? this.#closeLateAfterUs : this.#closeAfterUs
  }

  #barOf(sum: BarSum, i: number, tsRecvUs: number, closed: boolean, revised: boolean): EventDraft<Bar> {
    const { source, instrument } = this.#options
    return {
      type: 'bar',
      seq: 0,
      source,
      instrument,
      tsRecvUs,
      timeframe: this.#timeframes[i] as Timeframe,
      origin: 'trades',
      openTimeUs: sum.openTimeUs,
      open: sum.open,
      high: sum.high,
      low: sum.low,
      close: sum.close,
      volume: sum.sizeUnits / this.#sizeScale,
      quoteVolume: numberFromFixed(quoteUnits(sum), this.#priceDecimals + this.#sizeDecimals),
      buyVolume: sum.buyUnits / this.#sizeScale,
      trades: sum.trades,
      closed,
      ...(this.#holes.touch(sum.openTimeUs, sum.openTimeUs + (this.#lengthsUs[i] as number)) && { incomplete: true }),
      ...(revised && { revised: true }),
    }
  }
}
