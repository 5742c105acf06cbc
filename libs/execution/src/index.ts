// Instruments
export {
  changeSteps,
  quantityNumber,
  quantityText,
  quantityUnitsOf,
  tradingTerms,
  type TradingTerms,
} from './trading-terms.ts'
// Risk
export { createRiskGate, type Approved, type RiskGate } from './risk/risk-gate.ts'
export { standardChecks, type RiskLimits } from './risk/standard-checks.ts'
export { readCandidate } from './risk/candidate.ts'
export { closableUnits } from './risk/exposure.ts'
export {
  type AccountRisk,
  type Candidate,
  type InstrumentRisk,
  type RiskCheck,
  type RiskReject,
} from './risk/risk-check.ts'
export { OrderRateWindow, orderRateSchema, type OrderRateSnapshot } from './risk/order-rate-window.ts'
export { TradingMode, tradingModeSchema, type TradingModeSnapshot } from './risk/trading-mode.ts'
// Sizing
export { RollingVolume, rollingVolumeSchema, type RollingVolumeSnapshot } from './sizing/rolling-volume.ts'
export { capParticipation, participationAllowance } from './sizing/participation.ts'
// Orders
export { isDeclared, isWorking, orderTransitions, type TransitionRefusal } from './orders/order-transitions.ts'
export { fillEvent, type FillReply } from './orders/fill-event.ts'
export { orderEvent, remainingUnits, type Order } from './orders/order.ts'
export {
  OrderStore,
  orderStoreSchema,
  type OrderCounts,
  type OrderStoreSnapshot,
  type WorkingOrders,
} from './orders/order-store.ts'
// Costs
export { commission, type FeeRates, type FeeSchedule } from './costs/commission.ts'
export { slippageBps } from './costs/slippage.ts'
export {
  ackToFirstFillUs,
  intentToAckUs,
  intentToLastFillUs,
  intentToSubmitUs,
  submitToAckUs,
} from './costs/latencies.ts'
// Venues
export { type BookView } from './matching/book-view.ts'
export { type CancelRequest, type Venue, type VenueAnswer, type VenueReply } from './matching/venue.ts'
export { Matcher, type MatcherSnapshot } from './matching/matcher.ts'
export { PaperVenue, paperVenueSchema, type PaperVenueConfig, type PaperVenueSnapshot } from './matching/paper-venue.ts'
