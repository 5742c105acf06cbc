// Signals
export { OfiSignal, ofiSignalSchema, type OfiSignalConfig, type OfiSignalSnapshot } from './signals/ofi-signal.ts'
// Portfolio
export {
  constructPortfolio,
  noTargets,
  type PortfolioLimits,
  type Targets,
  type Wish,
} from './portfolio/portfolio-constructor.ts'
// Intents
export {
  OrderDesk,
  orderDeskSchema,
  type OrderDeskConfig,
  type OrderDeskScope,
  type OrderDeskSnapshot,
} from './intents/order-desk.ts'
export type { OrderPlan, Want } from './intents/order-planner.ts'
export { changeSteps, tradingTerms, type TradingTerms } from './intents/trading-terms.ts'
// Kill switches
export { longestSilence, sourceKey, type Heard, type Silence } from './kill-switch/data-silence.ts'
export {
  Connections,
  connectionsSchema,
  type ConnectionsSnapshot,
  type ConnectionState,
} from './kill-switch/connections.ts'
export {
  createKillSwitches,
  killSwitchesSchema,
  type KillSwitchConfig,
  type KillSwitches,
  type KillSwitchesSnapshot,
  type Measured,
  type SwitchChange,
  type SwitchStatus,
} from './kill-switch/kill-switches.ts'
