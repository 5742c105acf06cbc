import {
  normalizeRefusals,
  Outbox,
  instrumentId,
  tradesAt,
  type MarketEvent,
  type NormalizeRefusal,
  type Quote,
  type Trade,
  type ValidationRefusal,
} from '@triplane/contracts'
import { floorTime, ok, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import {
  createClockOffset,
  createGapLedger,
  explainValidationError,
  type BadLine,
  type ClockOffset,
  type Connect,
  type Disconnect,
  type FeedItem,
  type Frame,
  type FrameRefusal,
  type GapLedger,
  type IsMissing,
  type NormalizedEvent,
  type ValidationError,
} from '@triplane/market-data'
import { createNormalizer, readInstrumentList, type Normalizer } from '@triplane/venues'
import type { DataPlaneConfig } from './config.ts'
import { beforeFirstItem, type DataPlaneDeps, type DataPlaneSnapshot } from './data-plane-core.ts'
import { createLane, snapshotLane, type Emit, type Lane } from './lane.ts'
import { pastBarsOf } from './past-bars.ts'
import { deadLetterOf, lineRefusal, type Refusal, type RefusedAt } from './refused-frames.ts'
import { onIgnoredTrade, onRefusedTrade, onTradeLoss, onUnreadTrade } from './trade-losses.ts'

/** How often staleness is judged and marks are published, in market time. */
const TIMER_US = US_PER_SECOND
/** The same once nothing has been connected for so long: then only bars can still end. */
const IDLE_TIMER_US = US_PER_MINUTE

/**
 * A trade further ahead of our clock than this goes into the bar of its receipt: its own time might close every bar of
 * today.
 */
const MAX_AHEAD_IN_BARS_US = 10 * US_PER_SECOND

/** Builds the core of the data plane, from a snapshot if there is one. */
export function createDataCore(config: DataPlaneConfig, deps: DataPlaneDeps, snapshot?: DataPlaneSnapshot): DataCore {
  return new DataCore(config, deps, snapshot)
}

/**
 * The life of a tick. Read it top to bottom.
 *
 * Invariants
 * 1. Every item in a frame ends, each by itself, as events, as a dead letter, as a book update that the book did not need, as a
 *    trade that the venue prints in another stream too (`ignored`), as a list of instruments whose steps are known, or as past
 *    bars: nothing is lost. A control message, which has no market data, only counts (`controls`). While the instrument is late
 *    a frame of one event may wait for frames that it has overtaken.
 * 2. Market time is the receive time made monotone. Timers are due at whole seconds of it, after the data of their microsecond,
 *    so how finely time advances changes nothing. While nothing is connected they are due at whole minutes.
 * 3. No stage remembers the content of a refused event.
 */
export class DataCore {
  readonly outbox: Outbox<MarketEvent>
  readonly lanes: readonly Lane[]
  readonly refused: Record<NormalizeRefusal | ValidationRefusal, number>
  readonly #deps: DataPlaneDeps
  readonly #normalizer: Normalizer
  readonly #laneOf: ReadonlyMap<string, Lane>
  readonly #clockOf: ReadonlyMap<string, ClockOffset>
  readonly #gaps: GapLedger
  readonly #connectedVenues: Set<string>
  readonly #emit: Emit
  #nowUs: number
  #nextTimerUs: number
  #downSinceUs: number
  #framesIn: number
  #controls: number
  #further: number

  constructor(config: DataPlaneConfig, deps: DataPlaneDeps, saved: DataPlaneSnapshot = beforeFirstItem) {
    const { instruments, source } = deps
    this.outbox = new Outbox(saved.lastSeq)
    this.#deps = deps
    this.#normalizer = createNormalizer(instruments)
    const savedClock = new Map(saved.clocks.map(({ venue, clock }) => [venue, clock]))
    const venues = [...new Set(instruments.map(({ venue }) => venue))]
    const limits = { maxDriftUs: config.maxDriftUs }
    this.#clockOf = new Map(venues.map((venue) => [venue, createClockOffset(limits, savedClock.get(venue))]))
    const savedLane = new Map(saved.lanes.map((lane) => [lane.instrument, lane]))
    this.lanes = instruments.map((instrument) => {
      const clock = this.#clockOf.get(instrument.venue) as ClockOffset
      return createLane(instrument, source, clock, config, savedLane.get(instrumentId(instrument)))
    })
    this.#laneOf = new Map(this.lanes.map((lane) => [lane.id, lane]))
    this.#gaps = createGapLedger(saved.gaps)
    this.#connectedVenues = new Set(saved.connectedVenues)
    this.#emit = (event) => {
      if (event.type === 'marketStatus') this.#gaps.onStatus(event)
      this.outbox.add(event)
    }
    this.refused = { ...saved.refused }
    this.#nowUs = saved.nowUs
    this.#nextTimerUs = saved.nextTimerUs ?? Number.POSITIVE_INFINITY
    this.#downSinceUs = saved.downSinceUs ?? Number.POSITIVE_INFINITY
    this.#framesIn = saved.framesIn
    this.#controls = saved.controls
    this.#further = saved.further
  }

  /** The number of frames and lines handed over, refused ones included. */
  get framesIn(): number {
    return this.#framesIn
  }

  /** The number of frames without a word about the market: heartbeats, answers to a subscription. */
  get controls(): number {
    return this.#controls
  }

  /** The number of events understood from frames, and of REST answers with a list: instruments, past bars. */
  get understood(): number {
    const refused = normalizeRefusals.reduce((sum, code) => sum + this.refused[code], 0)
    return this.#framesIn + this.#further - this.#controls - refused
  }

  /** The number of trades ignored because another stream carries the same. */
  get ignored(): number {
    return this.lanes.reduce((sum, { tradeStream }) => sum + tradeStream.ignored, 0)
  }

  /** How often the clock offset was replaced because events ahead of it agreed. */
  get clockAgreements(): number {
    return [...this.#clockOf.values()].reduce((sum, { agreements }) => sum + agreements, 0)
  }

  /** The market time reached. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** Holes found so far. */
  get gaps(): GapLedger {
    return this.#gaps
  }

  /** True while every venue of the run is connected. */
  get isConnected(): boolean {
    return [...this.#clockOf.keys()].every((venue) => this.#connectedVenues.has(venue))
  }

  /** Handles an item of a feed, after the timers due before it. */
  accept(item: FeedItem): void {
    if (item.tsRecvUs > this.#nowUs) this.#goTo(item.tsRecvUs)
    switch (item.type) {
      case 'frame':
        return this.#onFrame(item)
      case 'badLine': {
        this.#framesIn++
        return this.#deadLetter(item, 'normalize', lineRefusal(item))
      }
      case 'connect':
        return this.#onConnection(item, 'connected')
      case 'disconnect':
        return this.#onConnection(item, 'disconnected')
      case 'time':
        return
    }
  }

  /** Normalise, validate, then the stages of the instrument. */
  #onFrame(frame: Frame): void {
    this.#framesIn++
    if (frame.origin.isInstrumentList) return this.#onInstrumentList(frame)
    if (frame.origin.pastBarsUrl !== undefined) return this.#onPastBars(frame)
    const scanned = this.#normalizer.scan(frame, this.#nowUs)
    if (scanned !== undefined) return this.#onEvent(scanned, frame, true)

    const understood = this.#normalizer.read(frame, this.#nowUs)
    if (understood.length === 0) this.#controls++
    else this.#further += understood.length - 1
    for (const one of understood) {
      if (one.ok) this.#onEvent(one.value, frame, understood.length === 1)
      else this.#onRefusal(frame, one.error)
    }
  }

  /** `isAlone`: the frame holds nothing else. */
  #onEvent(event: NormalizedEvent, frame: Frame, isAlone: boolean): void {
    const lane = this.#laneOf.get(event.instrument) as Lane
    if (event.type === 'trade' && lane.tradeStream.ignores(event)) return onIgnoredTrade(lane, event, this.#emit)
    if (isAlone && lane.lateness.isLate && this.#waits(lane, event, frame)) return
    this.#take(lane, event, frame)
    this.#takeHeld(lane)
  }

  /** True when the frame overtook others and has to wait for them. It counts as received all the same. */
  #waits(lane: Lane, event: NormalizedEvent, frame: Frame): boolean {
    if (event.type !== 'trade' && (event.type !== 'bookDelta' || !lane.book)) return false
    if (!lane.resequencer.holds(event, frame, this.#nowUs, isMissingOf(lane))) return false
    this.#judgeLateness(event, lane, lane.clock.delayUs(this.#nowUs, event.tsEventUs))
    this.#hear(lane)
    this.#takeHeld(lane)
    return true
  }

  /** Handles frames that need not wait any longer: all of them once the instrument is on time, or with `all`. */
  #takeHeld(lane: Lane, all = false): void {
    const { resequencer, lateness } = lane
    if (resequencer.size === 0) return
    const isMissing = isMissingOf(lane)
    for (;;) {
      const frame = resequencer.next(this.#nowUs, isMissing, all || !lateness.isLate)
      if (frame === undefined) return
      const scanned = this.#normalizer.scan(frame, this.#nowUs)
      for (const one of scanned ? [ok(scanned)] : this.#normalizer.read(frame, this.#nowUs)) {
        if (one.ok) this.#take(lane, one.value, frame, true)
        else this.#onRefusal(frame, one.error)
      }
    }
  }

  /** Notes that something was received of the instrument. */
  #hear({ staleness, completeness }: Lane): void {
    staleness.onEvent(this.#nowUs, this.#emit)
    completeness.onEvent(this.#nowUs)
  }

  /** Validates an event and passes it to the stages. The delay of one that waited was judged when it arrived. */
  #take(lane: Lane, event: NormalizedEvent, frame: Frame, hasWaited = false): void {
    const refusal = lane.validator.validate(event)
    const delayUs = this.#delayOf(event, lane)
    if (!hasWaited && (refusal === undefined || refusal.code === 'clock_drift'))
      this.#judgeLateness(event, lane, delayUs)
    if (refusal !== undefined) {
      if (event.type === 'trade') onRefusedTrade(lane, event, refusal)
      return this.#refuse(frame, event, refusal)
    }

    this.#hear(lane)
    lane.steps.onEvent(event, this.#nowUs, this.#emit)
    switch (event.type) {
      case 'trade':
        return this.#onTrade(lane, event, delayUs ?? 0)
      case 'quote':
        return this.#onQuote(lane, event)
      case 'bookDelta':
      case 'bookSnapshot':
        return this.#onBook(lane, event)
      case 'bar':
        this.outbox.add(event)
    }
  }

  /** Handles a venue's list of instruments, with their steps. */
  #onInstrumentList(frame: Frame): void {
    for (const listed of readInstrumentList(frame, this.#deps.instruments)) {
      if (!listed.ok) this.#onRefusal(frame, listed.error)
      else (this.#laneOf.get(listed.value.instrument) as Lane).steps.onList(listed.value.steps, this.#nowUs, this.#emit)
    }
  }

  /** Handles a venue's bars from before the run: for strategies to warm up, no stage uses them. */
  #onPastBars(frame: Frame): void {
    const past = pastBarsOf(frame, this.#deps.instruments, this.#nowUs)
    if (!past.ok) return this.#onRefusal(frame, past.error)
    for (const bar of past.value) this.outbox.add(bar)
  }

  /** The delay of an event; undefined without a time. Snapshots and bars of a venue belong to no moment. */
  #delayOf(event: NormalizedEvent, { clock }: Lane): number | undefined {
    if (event.type === 'bookSnapshot' || event.type === 'bar' || event.tsEventUs === undefined) return undefined
    const delayUs = clock.delayUs(this.#nowUs, event.tsEventUs)
    if (delayUs !== undefined) this.#deps.onDelay?.(event.instrument, delayUs)
    return delayUs
  }

  #judgeLateness({ type }: NormalizedEvent, { lateness, clock }: Lane, delayUs: number | undefined): void {
    if (delayUs !== undefined) lateness.onTimed(delayUs, this.#nowUs, this.#emit)
    else if (type === 'quote') lateness.onUntimed(clock.newestDelayUs, this.#nowUs, this.#emit)
  }

  #onTrade(lane: Lane, trade: Trade, delayUs: number): void {
    lane.lastTrade = trade
    lane.book?.onChangeElsewhere(this.#nowUs, trade)
    const isWild = delayUs < -MAX_AHEAD_IN_BARS_US
    const dated = isWild ? { ...trade, tsEventUs: trade.tsEventUs + delayUs } : trade
    onTradeLoss(lane, dated, this.#emit)
    lane.bars.onTrade(dated, this.#emit)
    this.outbox.add(trade)
    lane.marks.onTrade(trade, this.#emit)
  }

  #onQuote(lane: Lane, quote: Quote): void {
    if (!lane.hasQuotes) {
      lane.hasQuotes = true
      lane.orderFlow.reset()
    }
    lane.lastQuote = quote
    lane.book?.onChangeElsewhere(this.#nowUs, quote)
    this.outbox.add(quote)
    lane.marks.onQuote(quote, this.#emit)
    lane.orderFlow.onQuote(quote, this.#emit)
  }

  #onBook(lane: Lane, event: Extract<NormalizedEvent, { readonly type: 'bookDelta' | 'bookSnapshot' }>): void {
    const { book, orderFlow } = lane
    if (!book) return
    const wasValid = book.isValid
    if (lane.validator.takeDeltaRestart()) book.onRestart(this.#nowUs, this.#emit)
    if (event.type === 'bookDelta') book.onDelta(event, this.#emit)
    else book.onSnapshot(event, this.#emit)
    if (book.isValid) {
      lane.steps.onBook(book.book, this.#nowUs, this.#emit)
      lane.marks.onBook(this.#nowUs, this.#emit)
    }
    if (lane.hasQuotes) return
    if (book.isValid) orderFlow.onBook(book.book, this.#nowUs, event.tsEventUs, this.#emit)
    else if (wasValid) orderFlow.reset()
  }

  #judgeBook({ book, orderFlow, hasQuotes }: Lane): void {
    if (!book) return
    const wasValid = book.isValid
    book.onTime(this.#nowUs, this.#emit)
    if (wasValid && !book.isValid && !hasQuotes) orderFlow.reset()
  }

  /** Handles a connect or disconnect: resets what cannot survive a hole. */
  #onConnection(item: Connect | Disconnect, status: 'connected' | 'disconnected'): void {
    const { source, venue } = item.origin
    for (const lane of this.lanes) if (lane.instrument.venue === venue) this.#takeHeld(lane, true)
    this.#emit({
      type: 'marketStatus',
      source,
      venue,
      tsRecvUs: this.#nowUs,
      status,
      ...(item.type === 'disconnect' && { reason: item.reason }),
    })
    if (item.type === 'connect') {
      this.#connectedVenues.add(venue)
      this.#downSinceUs = Number.POSITIVE_INFINITY
      this.#nextTimerUs = Math.min(this.#nextTimerUs, floorTime(this.#nowUs, TIMER_US) + TIMER_US)
      return
    }
    this.#connectedVenues.delete(venue)
    if (this.#connectedVenues.size === 0) this.#downSinceUs = Math.min(this.#downSinceUs, this.#nowUs)
    // The end of a recording does not undo what it recorded.
    if (item.reason === 'file_end') return
    for (const lane of this.lanes) {
      if (lane.instrument.venue !== venue) continue
      if (item.reason === 'hole' && isHeard(lane)) this.#noteHole(lane, source)
      // The hole is one gap, reported above, not a second one of trades.
      lane.validator.onDisconnect(item.reason === 'hole')
      lane.book?.onDisconnect(this.#nowUs, this.#emit, item.reason === 'hole')
      lane.tradeStream.onDisconnect()
      lane.bars.onHole()
      lane.orderFlow.reset()
      lane.marks.onDisconnect()
    }
  }

  /** Reports a hole in an instrument's recording as a gap. */
  #noteHole({ id: instrument }: Lane, source: string): void {
    const tsRecvUs = this.#nowUs
    this.#emit({ type: 'marketStatus', source, instrument, tsRecvUs, status: 'gap', reason: 'hole' })
  }

  #onRefusal(frame: Frame, refusal: FrameRefusal): void {
    const lane = refusal.instrument === undefined ? undefined : this.#laneOf.get(refusal.instrument)
    if (lane && refusal.eventType === 'trade') onUnreadTrade(lane, refusal)
    this.#deadLetter(frame, 'normalize', refusal, refusal.eventType)
  }

  #refuse(frame: Frame, event: NormalizedEvent, error: ValidationError): void {
    const refusal = { code: error.code, detail: explainValidationError(error), instrument: event.instrument }
    this.#deadLetter(frame, 'validate', refusal, event.type)
  }

  #deadLetter(frame: Frame | BadLine, stage: RefusedAt, refusal: Refusal, eventType?: NormalizedEvent['type']): void {
    this.refused[refusal.code]++
    this.outbox.add(deadLetterOf(frame, stage, refusal, this.#nowUs, eventType))
  }

  /** Effect time of the next timer; Infinity before the first item. */
  nextDueUs(): number {
    return this.#nextTimerUs
  }

  /** Handles the timers due up to `throughUs`. */
  advance(throughUs: number): void {
    while (this.#nextTimerUs <= throughUs) this.#onTimer()
  }

  #goTo(timeUs: number): void {
    if (this.#nextTimerUs === Number.POSITIVE_INFINITY) this.#nextTimerUs = floorTime(timeUs, TIMER_US) + TIMER_US
    while (this.#nextTimerUs < timeUs) this.#onTimer()
    this.#nowUs = timeUs
  }

  /** Closes bars, makes silent instruments stale, and publishes marks. */
  #onTimer(): void {
    this.#nowUs = this.#nextTimerUs
    const stepUs = this.#nowUs - this.#downSinceUs < IDLE_TIMER_US ? TIMER_US : IDLE_TIMER_US
    this.#nextTimerUs = floorTime(this.#nowUs, stepUs) + stepUs
    for (const lane of this.lanes) {
      const { bars, lateness, clock, staleness, marks, instrument } = lane
      this.#takeHeld(lane)
      this.#judgeBook(lane)
      if (clock.offsetUs !== undefined) bars.onTime(this.#nowUs, clock.offsetUs, this.#emit, lateness.isLate)
      if (tradesAt(instrument, this.#nowUs, this.#deps.isSessionOpen)) staleness.onTime(this.#nowUs, this.#emit)
      marks.onTime(this.#nowUs, this.#emit)
    }
  }

  snapshot(): DataPlaneSnapshot {
    return {
      lastSeq: this.outbox.lastSeq,
      nowUs: this.#nowUs,
      nextTimerUs: Number.isFinite(this.#nextTimerUs) ? this.#nextTimerUs : null,
      framesIn: this.#framesIn,
      controls: this.#controls,
      further: this.#further,
      refused: { ...this.refused },
      connectedVenues: [...this.#connectedVenues],
      downSinceUs: Number.isFinite(this.#downSinceUs) ? this.#downSinceUs : null,
      clocks: [...this.#clockOf].map(([venue, clock]) => ({ venue, clock: clock.snapshot() })),
      gaps: this.#gaps.snapshot(),
      lanes: this.lanes.map(snapshotLane),
    }
  }
}

/** What an instrument's frames may have overtaken. A delta that the book has passed waits for nothing. */
function isMissingOf({ validator, book }: Lane): IsMissing {
  return (stream, afterId) =>
    validator.isMissing(stream, afterId) && (stream === 'trade' || (book !== undefined && afterId > book.lastUpdateId))
}

function isHeard({ lastQuote, lastTrade, book }: Lane): boolean {
  return lastQuote !== undefined || lastTrade !== undefined || book?.hasBegun === true
}
