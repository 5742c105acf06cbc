// The planes
export { composeDataPlane, dataPlane, type DataPlane } from './data/data-plane.ts'
export { strategyPlane, strategyPlaneOf } from './strategy/strategy-plane.ts'
export { orderPlane } from './order/order-plane.ts'
