// The data plane
export { buildDataPlane, composeDataPlane, dataPlaneTopics, type DataPlane } from './data/data-plane.ts'
export { createDataMetrics } from './data/data-plane-metrics.ts'
// The strategy plane
export { buildStrategyPlane, strategyInputSchema, strategyPlaneTopics } from './strategy/strategy-plane.ts'
export { createStrategyMetrics } from './strategy/strategy-plane-metrics.ts'
export { strategyViews } from './strategy/status-views.ts'
// The order plane
export { buildOrderPlane, orderPlaneInputSchema, orderPlaneTopics } from './order/order-plane.ts'
export { createOrderMetrics } from './order/order-plane-metrics.ts'
export { orderViews } from './order/status-views.ts'
