// The core
export { createOrderCore } from './pipeline.ts'
export {
  orderPlaneInputs,
  orderPlaneSchema,
  type OrderPlaneCore,
  type OrderPlaneInput,
  type OrderPlaneSnapshot,
  type OrderPlaneView,
} from './order-plane-core.ts'
export type { AmendmentOutcome, SwitchRelease } from './order-plane-deps.ts'
export { reconciliations, type Reconciliation } from './ledger-digests.ts'
// Its settings
export { orderPlaneConfigSchema, type OrderPlaneConfig } from './config.ts'
