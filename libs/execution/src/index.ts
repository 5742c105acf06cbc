// Risk
export { createRiskGate, type RiskGate } from './risk/risk-gate.ts'
export { checkDefinitions, standardChecks, type RiskReject } from './risk/standard-checks.ts'
export type { CheckDefinition } from './risk/define-check.ts'
export { readCandidate } from './risk/candidate.ts'
export type { AccountRisk, InstrumentRisk } from './risk/risk-check.ts'
export { OrderRateWindow, orderRateSchema } from './risk/order-rate-window.ts'
export { TradingMode, tradingModeSchema } from './risk/trading-mode.ts'
// Sizing
export { RollingVolume, rollingVolumeSchema } from './sizing/rolling-volume.ts'
export { capParticipation, participationAllowance } from './sizing/participation.ts'
export { closingUnits } from './sizing/closing-units.ts'
// Orders
export { isWorking } from './orders/order-transitions.ts'
export { fillEvent, type FillReport } from './orders/fill-event.ts'
export { keptUnits, lastKnownState, orderEvent, remainingUnits, type Order } from './orders/order.ts'
export { OrderStore, orderStoreSchema, type OrderCounts, type WorkingOrders } from './orders/order-store.ts'
// Brokers
export type { Broker, BrokerReport, MarketWatch, OrderReport } from './brokers/broker.ts'
export type { BrokerDefinition } from './brokers/define-broker.ts'
export { brokers, openBroker, savedBrokerSchema, type BrokerSettings } from './brokers/registry.ts'
