// Frames and other items of a feed
export type { BadLine, Connect, Disconnect, FeedItem, Frame, FrameOrigin } from './frame.ts'
// Trading sessions
export { isSessionOpen, nextSessionOpenUs, openTimeUs, type Session } from './session/trading-session.ts'
// Order books
export { OrderBook, orderBookSchema } from './order-book/order-book.ts'
export { bookKeeperSchema, createBookKeeper, type BookKeeper } from './order-book/book-keeper.ts'
export { idRules, type BookRule } from './order-book/book-rule.ts'
// Contents of frames, and refusals
export { describeValue, frameRefusalsOf, type FrameRefusal, type NormalizedEvent } from './frame-refusal.ts'
// Bars
export { barBuilderSchema, createBarBuilder, REVISABLE_US, timeframeUs, type BarBuilder } from './bars/bar-builder.ts'
// Order flow
export { createOrderFlow, orderFlowSchema, type OrderFlow } from './order-flow/order-flow.ts'
// Marks
export { createMarkPicker, markPickerSchema, type MarkPicker } from './marks/mark-picker.ts'
// Validation
export { createEventValidator, eventValidatorSchema, type EventValidator } from './validate/event-validator.ts'
export { firstIdOf } from './validate/trade-ids.ts'
export { TradeStream, tradeStreamSchema } from './validate/trade-stream.ts'
export { clockOffsetSchema, createClockOffset, type ClockOffset } from './validate/clock-offset.ts'
export { explainValidationError, refusalsOf, type ValidationError } from './validate/validation-error.ts'
// How much of a replay was understood
export { explainNoneUnderstood, type FrameCounts } from './none-understood.ts'
// Steps
export { createStepsWatch, stepsWatchSchema, type StepsWatch } from './steps/steps-watch.ts'
// Quality
export { completenessSchema, createCompleteness, type Completeness } from './quality/completeness.ts'
export { createGapLedger, gapLedgerSchema, type GapLedger } from './quality/gap-ledger.ts'
export { createLatenessWatch, latenessSchema, type LatenessWatch } from './quality/lateness-watch.ts'
export { createStalenessWatch, stalenessSchema, type StalenessWatch } from './quality/staleness-watch.ts'
export { Resequencer, resequencerSchema, type IsMissing } from './quality/resequencer.ts'
