// The planes
export { accountRates } from './account-rates.ts'
export { composeDataPlane, dataPlane, type DataPlane } from './data/data-plane.ts'
export { strategyPlane, strategyPlaneOf } from './strategy/strategy-plane.ts'
export { warmUpCheck } from './strategy/warm-up-check.ts'
export { orderPlane } from './order/order-plane.ts'
// Rehearsals of their rare paths
export { orderRehearsal } from './rehearsal/order-rehearsal.ts'
export { rehearsedInstrument } from './rehearsal/rehearsed-market.ts'
export { strategyRehearsal } from './rehearsal/strategy-rehearsal.ts'
