import type { Instrument, MarketEvent, Quote, Trade } from '@triplane/contracts'
import {
  createBarBuilder,
  createBookKeeper,
  createCompleteness,
  createEventValidator,
  createLatenessWatch,
  createMarkPicker,
  createOrderFlow,
  createStalenessWatch,
  createStepsWatch,
  TradeStream,
  type BarBuilder,
  type BarBuilderSnapshot,
  type BookKeeper,
  type BookKeeperSnapshot,
  type ClockOffset,
  type Completeness,
  type CompletenessSnapshot,
  type EventValidator,
  type EventValidatorSnapshot,
  type LatenessSnapshot,
  type LatenessWatch,
  type MarkPicker,
  type MarkPickerSnapshot,
  type OrderFlow,
  type OrderFlowSnapshot,
  type SequenceRuleName,
  type StalenessSnapshot,
  type StalenessWatch,
  type StepsWatch,
  type StepsWatchSnapshot,
  type TradeStreamSnapshot,
} from '@triplane/market-data'
import { invariant } from '@triplane/kernel'
import type { DataPlaneConfig } from './config.ts'

/** The sequence rule that a venue's depth stream follows. The simulated market speaks the protocol of USD-M. */
const ruleOf: Readonly<Record<string, SequenceRuleName>> = {
  binance_spot: 'binance_spot',
  binance_usdm: 'binance_usdm',
  sim: 'binance_usdm',
}

export type Emit = (event: MarketEvent) => void

/** What the stages of one instrument need to go on from where they were. */
export interface LaneSnapshot {
  readonly symbol: string
  readonly hasQuotes: boolean
  readonly tradeStream: TradeStreamSnapshot
  readonly validator: EventValidatorSnapshot
  readonly book: BookKeeperSnapshot
  readonly bars: BarBuilderSnapshot
  readonly orderFlow: OrderFlowSnapshot
  readonly marks: MarkPickerSnapshot
  readonly steps: StepsWatchSnapshot
  readonly staleness: StalenessSnapshot
  readonly lateness: LatenessSnapshot
  readonly completeness: CompletenessSnapshot
  readonly lastQuote?: Quote
  readonly lastTrade?: Trade
}

/** Every stage of one instrument, looked up once an event. */
export interface Lane {
  readonly instrument: Instrument
  readonly clock: ClockOffset
  readonly tradeStream: TradeStream
  readonly validator: EventValidator
  readonly book: BookKeeper
  readonly bars: BarBuilder
  readonly orderFlow: OrderFlow
  readonly marks: MarkPicker
  readonly steps: StepsWatch
  readonly staleness: StalenessWatch
  /** Says whether what comes is old: `isLate`. */
  readonly lateness: LatenessWatch
  readonly completeness: Completeness
  /** Where a venue sends quotes, order flow is measured over them, else over the book. */
  hasQuotes: boolean
  lastQuote: Quote | undefined
  lastTrade: Trade | undefined
}

/** Builds the stages of one instrument; its venue's clock is shared by all of the venue's instruments. */
export function createLane(
  instrument: Instrument,
  source: string,
  clock: ClockOffset,
  config: DataPlaneConfig,
  saved?: LaneSnapshot,
): Lane {
  const { venue, symbol, tickSize, lotSize } = instrument
  const rule = ruleOf[venue]
  invariant(rule !== undefined, 'every venue has a sequence rule', venue)
  const of = { source, venue, symbol }
  const priceBand = { maxJumpRatio: instrument.maxPriceJumpRatio ?? config.maxPriceJumpRatio }
  const keeper = createBookKeeper({ ...of, rule }, saved?.book)
  // An invalid book is empty: its best prices are NaN.
  const touch = { bid: () => keeper.book.bidPrice(0), ask: () => keeper.book.askPrice(0) }
  return {
    instrument,
    clock,
    tradeStream: new TradeStream(saved?.tradeStream),
    validator: createEventValidator({ clock, priceBand, touch }, saved?.validator),
    book: keeper,
    bars: createBarBuilder({ ...of, tickSize, lotSize }, saved?.bars),
    orderFlow: createOrderFlow({ ...of, lotSize, intervalUs: config.ofiIntervalUs }, saved?.orderFlow),
    marks: createMarkPicker({ ...of, book: keeper, freshUs: config.staleAfterUs }, saved?.marks),
    steps: createStepsWatch(source, instrument, saved?.steps),
    staleness: createStalenessWatch({ ...of, limitUs: config.staleAfterUs }, saved?.staleness),
    lateness: createLatenessWatch(
      { ...of, lateAfterUs: config.lateAfterUs, onTimeAfterUs: config.onTimeAfterUs, maxAheadUs: config.maxDriftUs },
      saved?.lateness,
    ),
    completeness: createCompleteness({}, saved?.completeness),
    hasQuotes: saved?.hasQuotes ?? false,
    lastQuote: saved?.lastQuote,
    lastTrade: saved?.lastTrade,
  }
}

/** Everything that the same stages need to go on from here. */
export function snapshotLane(lane: Lane): LaneSnapshot {
  return {
    symbol: lane.instrument.symbol,
    hasQuotes: lane.hasQuotes,
    tradeStream: lane.tradeStream.snapshot(),
    validator: lane.validator.snapshot(),
    book: lane.book.snapshot(),
    bars: lane.bars.snapshot(),
    orderFlow: lane.orderFlow.snapshot(),
    marks: lane.marks.snapshot(),
    steps: lane.steps.snapshot(),
    staleness: lane.staleness.snapshot(),
    lateness: lane.lateness.snapshot(),
    completeness: lane.completeness.snapshot(),
    ...(lane.lastQuote && { lastQuote: lane.lastQuote }),
    ...(lane.lastTrade && { lastTrade: lane.lastTrade }),
  }
}
