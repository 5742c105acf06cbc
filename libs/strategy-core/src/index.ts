// The core
export {
  createStrategyCore,
  strategySchema,
  type StrategyCore,
  type StrategyInput,
  type StrategyOutput,
  type StrategySnapshot,
} from './pipeline.ts'
// Its settings
export { strategyConfigSchema, type StrategyConfig } from './config.ts'
