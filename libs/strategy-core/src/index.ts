// The core
export {
  createStrategyCore,
  strategySchema,
  strategySchemaOf,
  type StrategyCore,
  type StrategyInput,
  type StrategyOutput,
  type StrategySnapshot,
} from './pipeline.ts'
// Its settings
export { eagerParameters, strategyConfigOf, strategyConfigSchema, type StrategyConfig } from './config.ts'
// Its strategies
export { chosenStrategies } from './active-strategies.ts'
