// The core
export { createStrategyCore } from './pipeline.ts'
export {
  strategySchemaOf,
  type StrategyCore,
  type StrategyInput,
  type StrategyOutput,
  type StrategySnapshot,
} from './strategy-plane-core.ts'
// Its settings
export { eagerParameters, strategyConfigOf, type StrategyConfig } from './config.ts'
// Its strategies
export { chosenStrategies, declaredHistory } from './active-strategies.ts'
export { fillRefusals, type LedgerNotice } from './ledger-notice.ts'
export { decisionRefusals, tunedNotice, tuningRefusals, type StrategyNotice } from './active-strategy.ts'
