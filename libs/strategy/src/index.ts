// Signals
export { OfiSignal, ofiSignalSchema } from './signals/ofi-signal.ts'
// Portfolio
export {
  constructPortfolio,
  noTargets,
  type PortfolioLimits,
  type SignalWeight,
} from './portfolio/portfolio-constructor.ts'
// Intents
export { OrderDesk, orderDeskSchema } from './intents/order-desk.ts'
export { changeSteps, tradingTerms, type TradingTerms } from './intents/trading-terms.ts'
// Kill switches
export { longestSilence, sourceKey, type SeenInstrument } from './kill-switch/data-silence.ts'
export { Connections, connectionsSchema } from './kill-switch/connections.ts'
export {
  createKillSwitches,
  killSwitchesSchema,
  type SwitchChange,
  type SwitchStatus,
} from './kill-switch/kill-switches.ts'
