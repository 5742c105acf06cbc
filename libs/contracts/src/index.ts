// Market events
export type { Trade } from './events/trade.ts'
export type { Quote } from './events/quote.ts'
export type { BookDelta } from './events/book-delta.ts'
export type { BookSnapshot } from './events/book-snapshot.ts'
export type { Bar } from './events/bar.ts'
export type { PastBar } from './events/past-bar.ts'
export type { Ofi } from './events/ofi.ts'
export type { Mark } from './events/mark.ts'
export { isAbout, isBookGap, type MarketStatus } from './events/market-status.ts'
export { isCutText, keptText, rawOf, type DeadLetter } from './events/dead-letter.ts'
// Strategy events
export type { Signal } from './events/signal.ts'
export type { TargetPortfolio } from './events/target-portfolio.ts'
export type { OrderIntent } from './events/order-intent.ts'
export type { CancelIntent } from './events/cancel-intent.ts'
export type { Cross } from './events/cross.ts'
export type { LedgerAnswer } from './events/ledger-answer.ts'
export type { PortfolioState } from './events/portfolio-state.ts'
export type { KillSwitch } from './events/kill-switch.ts'
// Execution, control and platform events
export type { OrderEvent } from './events/order-event.ts'
export type { Fill } from './events/fill.ts'
export type { AccountOpened } from './events/account-opened.ts'
export type { LedgerDigest } from './events/ledger-digest.ts'
export type { LedgerStated } from './events/ledger-stated.ts'
export type { AccountOpening } from './events/account-opening.ts'
export type { OperatorCommand } from './events/operator-command.ts'
export type { Tuning } from './events/tuning.ts'
export type { TradingConditionChange } from './events/trading-condition.ts'
export type { Run } from './events/run.ts'
export type { AuditLink } from './events/audit-link.ts'
export type { Heartbeat } from './events/heartbeat.ts'
// All events together
export {
  definitionOf,
  effectUsOf,
  encodeLine,
  eventDefinitions,
  eventTypes,
  explainEvent,
  isEvent,
  keyOf,
  rankOf,
  topicFor,
  topicOf,
  typesOn,
  wire,
  type Event,
  type EventByTag,
  type EventDraft,
  type EventType,
  type ExecutionEvent,
  type MarketEvent,
  type StoredAs,
} from './event.ts'
// The binary wire
export { createWireCodec, type WireDefinition } from './wire/wire-codec.ts'
export { isWire, writeLabel } from './wire/wire-record.ts'
export { Labels, WireWriter } from './wire/wire-writer.ts'
export { layoutOf } from './wire/wire-layout.ts'
export { describeObject, type DescribedField, type DescribedObject } from './wire/wire-description.ts'
// Lists of codes
export {
  brokerRejects,
  cancelReasons,
  enteredStates,
  isKnownCode,
  markKinds,
  normalizeRefusals,
  operatorCommands,
  orderStates,
  orderTypes,
  recordingPauses,
  recordRefusals,
  regimes,
  riskCodes,
  runModes,
  sides,
  switchTypes,
  timeframes,
  tradingStates,
  trippableSwitches,
  validationRefusals,
  type BrokerReject,
  type CancelReason,
  type MarketStatusCode,
  type NormalizeRefusal,
  type OperatorCommandCode,
  type OrderState,
  type RecordRefusal,
  type RiskCode,
  type RunMode,
  type Side,
  type SwitchType,
  type Timeframe,
  type TradingCondition,
  type TradingState,
  type TrippableSwitch,
  type ValidationRefusal,
} from './codes.ts'
export { KNOWN_CODES } from './fields.ts'
// Topics
export { coreWritersOf, topics, topicsAwaitedOf, topicsReadBy, topicsWrittenBy, type TopicName } from './topics.ts'
export type { Topic, TopicParty } from './topic.ts'
export { decidesTrading, judgeOwner, onlyTightens, partyOf, type ForeignRecord } from './ownership.ts'
export type { EventDefinition } from './define-event.ts'
// Planes
export { instanceName, labelOf, planeNames, stageOf, type PlaneName, type Stage } from './plane-name.ts'
export { isSimulated, sourcesOf } from './events/run.ts'
// Cores
export { rank, type Rank } from './input-order.ts'
export { Outbox } from './outbox.ts'
export type { PlaneCore } from './plane-core.ts'
// Saved state
export {
  field,
  isStateSchema,
  stateSchema,
  zeroCounts,
  type SchemaOf,
  type StateOf,
  type StateOfFields,
  type StateSchema,
} from './state/state-schema.ts'
export { StateMisfitError } from './state/state-misfit-error.ts'
export { createStateCheck } from './state/state-check.ts'
export { stateGuard } from './state/state-guard.ts'
// What an account owns
export { latchedSwitches, ownedAccountSchema, type OwnedAccount, type OwnedHolding } from './owned-account.ts'
export type { LedgerTotals } from './ledger-totals.ts'
// Reference data
export { isStrategyName } from './strategy-name.ts'
export { instrumentId, symbolOf, venueOf, type InstrumentId } from './instrument-id.ts'
export {
  exemptsReduceOnly,
  hasBook,
  instrumentsFileSchema,
  isCashTraded,
  isTraded,
  tradesAlways,
  tradesAt,
  type Instrument,
} from './instrument.ts'
export { contractFields, ruleOf } from './instrument-kinds.ts'
export { knownSteps, stepsOf, stepsSchema, unitScale, type Steps } from './steps.ts'
