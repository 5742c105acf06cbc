// Strategies
export { defineStrategy, NET, type StrategyDefinition } from './strategies/define-strategy.ts'
export {
  defaultStrategies,
  parameterShape,
  settingsKey,
  strategies,
  strategyLabels,
  type ParameterShape,
} from './strategies/registry.ts'
export { tuningProblems } from './strategies/tuning-problems.ts'
export { unchanged } from './strategies/strategy.ts'
export type {
  Decision,
  OrderLimits,
  Strategy,
  StrategyContext,
  StrategyEvent,
  TickEvent,
  WarmUpBars,
} from './strategies/strategy.ts'
// Portfolio
export {
  constructPortfolio,
  noTargets,
  type PortfolioLimits,
  type SignalWeight,
} from './portfolio/portfolio-constructor.ts'
// Intents
export { OrderDesk, orderDeskSchema } from './intents/order-desk.ts'
export { RequestDesk, requestDeskSchema } from './intents/request-desk.ts'
export { divideOrder, opposingShares, type Demand } from './intents/order-shares.ts'
// Kill switches
export { longestSilence, sourceKey, type SeenInstrument } from './kill-switch/data-silence.ts'
export { Connections, connectionsSchema } from './kill-switch/connections.ts'
export {
  createKillSwitches,
  killSwitchesSchema,
  type SwitchChange,
  type SwitchStatus,
} from './kill-switch/kill-switches.ts'
