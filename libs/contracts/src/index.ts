// Market events
export { tradeSchema, type Trade } from './events/trade.ts'
export { quoteSchema, type Quote } from './events/quote.ts'
export { bookDeltaSchema, type BookDelta } from './events/book-delta.ts'
export { bookSnapshotSchema, type BookSnapshot } from './events/book-snapshot.ts'
export { barSchema, type Bar } from './events/bar.ts'
export { ofiSchema, type Ofi } from './events/ofi.ts'
export { markSchema, type Mark } from './events/mark.ts'
export { isAbout, isBookGap, marketStatusSchema, type MarketStatus } from './events/market-status.ts'
export { deadLetterSchema, MAX_RAW_BYTES, rawOf, type DeadLetter } from './events/dead-letter.ts'
// Strategy events
export { signalSchema, type Signal } from './events/signal.ts'
export { targetPortfolioSchema, type TargetPortfolio } from './events/target-portfolio.ts'
export { orderIntentSchema, type OrderIntent } from './events/order-intent.ts'
export { cancelIntentSchema, type CancelIntent } from './events/cancel-intent.ts'
export { portfolioStateSchema, type PortfolioState } from './events/portfolio-state.ts'
export { regimeChangeSchema, type RegimeChange } from './events/regime-change.ts'
export { killSwitchSchema, type KillSwitch } from './events/kill-switch.ts'
// Execution, control and platform events
export { orderEventSchema, type OrderEvent } from './events/order-event.ts'
export { fillSchema, type Fill } from './events/fill.ts'
export { operatorCommandSchema, type OperatorCommand } from './events/operator-command.ts'
export { tradingConditionSchema, type TradingConditionChange } from './events/trading-condition.ts'
export { runSchema, type Run } from './events/run.ts'
export { auditLinkSchema, type AuditLink } from './events/audit-link.ts'
export { heartbeatSchema, type Heartbeat } from './events/heartbeat.ts'
// All events together
export {
  effectUsOf,
  eventSchemas,
  explainEvent,
  isEvent,
  type ControlEvent,
  type Event,
  type EventType,
  type ExecutionEvent,
  type MarketEvent,
  type StrategyEvent,
} from './event.ts'
export { encodeLine } from './encode-line.ts'
// Closed lists of codes
export {
  brokerRejects,
  cancelReasons,
  enteredStates,
  marketStatuses,
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
  timesInForce,
  tradingConditions,
  tradingStates,
  trippableSwitches,
  validationRefusals,
  type BrokerReject,
  type CancelReason,
  type EnteredState,
  type MarketStatusCode,
  type MarkKind,
  type NormalizeRefusal,
  type OperatorCommandCode,
  type OrderState,
  type OrderType,
  type RecordingPause,
  type RecordRefusal,
  type Regime,
  type RiskCode,
  type RunMode,
  type Side,
  type SwitchType,
  type Timeframe,
  type TimeInForce,
  type TradingCondition,
  type TradingState,
  type TrippableSwitch,
  type ValidationRefusal,
} from './codes.ts'
// Topics
export { keyOf, topicOf, topics, topicsOf, type Topic, type TopicKey, type TopicName } from './topics.ts'
// Cores
export { compareInputs, rank, rankOf, type InputKey, type Rank } from './input-order.ts'
export { Outbox } from './outbox.ts'
export type { PlaneCore } from './plane-core.ts'
// Saved state
export {
  field,
  stateSchema,
  zeroCounts,
  type SchemaOf,
  type StateOf,
  type StateOfFields,
  type StateSchema,
} from './state/state-schema.ts'
export { StateMisfitError } from './state/state-misfit-error.ts'
export { createStateCheck, type StateCheck } from './state/state-check.ts'
// Reference data
export {
  exemptsReduceOnly,
  instrumentSchema,
  instrumentsFileSchema,
  isCashTraded,
  sessions,
  type Instrument,
  type InstrumentsFile,
} from './instrument.ts'
export { knownSteps, stepsOf, stepsSchema, unitScale, type Steps } from './steps.ts'
