// Recorded data
export { dataFolder, describeWithData } from './data-folder.ts'
export { levelNumbers, type GapCase } from './gap-case.ts'
// Builders of instruments
export { anInstrument } from './instruments.ts'
// Builders of events
export {
  aBar,
  aPastBar,
  aBookDelta,
  aBookSnapshot,
  aCancelIntent,
  aDeadLetter,
  aFill,
  aHeartbeat,
  aKillSwitch,
  aMark,
  aMarketStatus,
  anAuditLink,
  anOfi,
  anOperatorCommand,
  aTuning,
  anAccountOpened,
  aCross,
  aLedgerAnswer,
  aLedgerDigest,
  aLedgerStated,
  anAccountOpening,
  anOrderEvent,
  anOrderIntent,
  aPortfolioState,
  aQuote,
  aRegimeChange,
  aRun,
  aSignal,
  aTargetPortfolio,
  aTrade,
  aTradingCondition,
  builderOf,
  examples,
  testStartUs,
} from './events.ts'
// Metrics
export { readExposition } from './exposition.ts'
export { unknownCodesOf } from './known-codes.ts'
// Saved state
export { stateMutations, type StateMutation } from './state-mutations.ts'
// Feeds
export { aFrame, feedOf, itemsOf, textOf } from './feeds.ts'
// Traces
export { startTraceCollector, type ReceivedSpan } from './trace-collector.ts'
