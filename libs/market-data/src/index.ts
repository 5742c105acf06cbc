// Frames: what a feed hands over
export type { BadLine, Connect, Disconnect, FeedItem, Frame, FrameOrigin, TimePasses } from './frame.ts'
// Trading sessions
export { isSessionOpen, nextSessionOpenUs, openTimeUs, type Session } from './session/trading-session.ts'
// Order books
export { OrderBook, orderBookSchema, type OrderBookSnapshot } from './order-book/order-book.ts'
export {
  bookKeeperSchema,
  createBookKeeper,
  type BookEvent,
  type BookKeeper,
  type BookKeeperOptions,
  type BookKeeperSnapshot,
  type SnapshotRefusal,
} from './order-book/book-keeper.ts'
export type { SequenceRuleName } from './order-book/sequence-rule.ts'
// Frames into events
export { createNormalizer, type Normalize } from './normalize/normalizer.ts'
export { frameRefusalsOf, type FrameRefusal, type NormalizedEvent } from './normalize/frame-refusal.ts'
// What a payload gives away about its capture
export { inspectPayload, type PayloadHint } from './normalize/inspect-payload.ts'
// Bars
export {
  barBuilderSchema,
  createBarBuilder,
  REVISABLE_US,
  timeframeUs,
  type BarBuilder,
  type BarBuilderOptions,
  type BarBuilderSnapshot,
} from './bars/bar-builder.ts'
// Order flow
export {
  createOrderFlow,
  orderFlowSchema,
  type OrderFlow,
  type OrderFlowOptions,
  type OrderFlowSnapshot,
} from './order-flow/order-flow.ts'
// Marks
export {
  createMarkPicker,
  markPickerSchema,
  type MarkPicker,
  type MarkPickerOptions,
  type MarkPickerSnapshot,
} from './marks/mark-picker.ts'
// Validation
export {
  createEventValidator,
  defaultPriceBandLimits,
  eventValidatorSchema,
  type EventValidator,
  type EventValidatorOptions,
  type EventValidatorSnapshot,
} from './validate/event-validator.ts'
export type { TradeLoss } from './validate/trade-losses.ts'
export { TradeStream, tradeStreamSchema, type TradeStreamSnapshot } from './validate/trade-stream.ts'
export type { PriceBandLimits } from './validate/price-band.ts'
export {
  clockOffsetSchema,
  createClockOffset,
  defaultClockLimits,
  type ClockLimits,
  type ClockOffset,
  type ClockOffsetSnapshot,
} from './validate/clock-offset.ts'
export {
  explainValidationError,
  refusalsOf,
  type ValidatedEvent,
  type ValidationError,
} from './validate/validation-error.ts'
// What of a replay was understood
export { explainNoneUnderstood } from './normalize/none-understood.ts'
// Steps
export { readInstrumentList } from './normalize/instrument-list.ts'
export { createStepsWatch, stepsWatchSchema, type StepsWatch, type StepsWatchSnapshot } from './steps/steps-watch.ts'
// Quality
export {
  completenessSchema,
  createCompleteness,
  type Completeness,
  type CompletenessOptions,
  type CompletenessSnapshot,
} from './quality/completeness.ts'
export {
  createGapLedger,
  gapLedgerSchema,
  type Gap,
  type GapLedger,
  type GapLedgerSnapshot,
} from './quality/gap-ledger.ts'
export {
  createLatenessWatch,
  latenessSchema,
  type LatenessOptions,
  type LatenessSnapshot,
  type LatenessWatch,
} from './quality/lateness-watch.ts'
export {
  createStalenessWatch,
  stalenessSchema,
  type StalenessOptions,
  type StalenessSnapshot,
  type StalenessWatch,
} from './quality/staleness-watch.ts'
export { Resequencer, resequencerSchema, type IsMissing } from './quality/resequencer.ts'
