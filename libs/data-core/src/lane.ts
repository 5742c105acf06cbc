import {
  field,
  stateSchema,
  hasBook,
  instrumentId,
  type Instrument,
  type InstrumentId,
  type MarketEvent,
  type Quote,
  type StateOf,
  type Trade,
  type EventDraft,
} from '@triplane/contracts'
import {
  barBuilderSchema,
  bookKeeperSchema,
  completenessSchema,
  createBarBuilder,
  createBookKeeper,
  createCompleteness,
  createEventValidator,
  createLatenessWatch,
  createMarkPicker,
  createOrderFlow,
  createStalenessWatch,
  createStepsWatch,
  eventValidatorSchema,
  latenessSchema,
  markPickerSchema,
  orderFlowSchema,
  Resequencer,
  resequencerSchema,
  stalenessSchema,
  stepsWatchSchema,
  TradeStream,
  tradeStreamSchema,
  type BarBuilder,
  type BookKeeper,
  type ClockOffset,
  type Completeness,
  type EventValidator,
  type LatenessWatch,
  type MarkPicker,
  type OrderFlow,
  type StalenessWatch,
  type StepsWatch,
} from '@triplane/market-data'
import { invariant } from '@triplane/kernel'
import { venueById } from '@triplane/venues'
import type { DataPlaneConfig } from './config.ts'

export type Emit = (event: EventDraft<MarketEvent>) => void

/** The saved state of an instrument's stages. */
export const laneSchema = stateSchema({
  instrument: field.text,
  hasQuotes: field.flag,
  tradeStream: tradeStreamSchema,
  resequencer: resequencerSchema,
  validator: eventValidatorSchema,
  /** Null for an instrument without a book. */
  book: field.orNull(bookKeeperSchema),
  bars: barBuilderSchema,
  orderFlow: orderFlowSchema,
  marks: markPickerSchema,
  steps: stepsWatchSchema,
  staleness: stalenessSchema,
  lateness: latenessSchema,
  completeness: completenessSchema,
  lastQuote: field.orNull(field.event('quote')),
  lastTrade: field.orNull(field.event('trade')),
})
export type LaneSnapshot = StateOf<typeof laneSchema>

/** The stages of one instrument, looked up once per event. */
export interface Lane {
  readonly id: InstrumentId
  readonly instrument: Instrument
  readonly clock: ClockOffset
  readonly tradeStream: TradeStream
  readonly resequencer: Resequencer
  readonly validator: EventValidator
  /** Undefined for an instrument without a book. */
  readonly book: BookKeeper | undefined
  readonly bars: BarBuilder
  readonly orderFlow: OrderFlow
  readonly marks: MarkPicker
  readonly steps: StepsWatch
  readonly staleness: StalenessWatch
  /** Judges whether events come late: `isLate`. */
  readonly lateness: LatenessWatch
  readonly completeness: Completeness
  /** Order flow is measured over the venue's quotes if it sends any, else over the book. */
  hasQuotes: boolean
  lastQuote: Quote | undefined
  lastTrade: Trade | undefined
}

/** Builds the stages of one instrument; all instruments of a venue share its clock. */
export function createLane(
  instrument: Instrument,
  source: string,
  clock: ClockOffset,
  config: DataPlaneConfig,
  saved?: LaneSnapshot,
): Lane {
  const { venue, tickSize, lotSize } = instrument
  const id = instrumentId(instrument)
  const rule = venueById(venue)?.bookRule
  invariant(rule !== undefined, 'every venue is one of the registry', venue)
  const of = { source, instrument: id }
  const priceBand = { maxJumpRatio: instrument.maxPriceJumpRatio ?? config.maxPriceJumpRatio }
  const keeper = hasBook(instrument) ? createBookKeeper({ ...of, rule, tickSize }, saved?.book ?? undefined) : undefined
  // An invalid book is empty: its best prices are NaN.
  const touch = keeper && { bid: () => keeper.book.bidPrice(0), ask: () => keeper.book.askPrice(0) }
  return {
    id,
    instrument,
    clock,
    tradeStream: new TradeStream(saved?.tradeStream),
    resequencer: new Resequencer(saved?.resequencer),
    validator: createEventValidator({ clock, priceBand, ...(touch && { touch }) }, saved?.validator),
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
    hasQuotes: saved ? saved.hasQuotes : false,
    lastQuote: saved?.lastQuote ?? undefined,
    lastTrade: saved?.lastTrade ?? undefined,
  }
}

/** The state from which the same stages resume. */
export function snapshotLane(lane: Lane): LaneSnapshot {
  return {
    instrument: lane.id,
    hasQuotes: lane.hasQuotes,
    tradeStream: lane.tradeStream.snapshot(),
    resequencer: lane.resequencer.snapshot(),
    validator: lane.validator.snapshot(),
    book: lane.book?.snapshot() ?? null,
    bars: lane.bars.snapshot(),
    orderFlow: lane.orderFlow.snapshot(),
    marks: lane.marks.snapshot(),
    steps: lane.steps.snapshot(),
    staleness: lane.staleness.snapshot(),
    lateness: lane.lateness.snapshot(),
    completeness: lane.completeness.snapshot(),
    lastQuote: lane.lastQuote ?? null,
    lastTrade: lane.lastTrade ?? null,
  }
}
