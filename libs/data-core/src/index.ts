// The core
export { createDataCore, type DataCore } from './pipeline.ts'
export { dataPlaneSchema, type DataPlaneSnapshot } from './data-plane-core.ts'
export type { Lane } from './lane.ts'
// Its settings
export { dataPlaneConfigSchema, type DataPlaneConfig } from './config.ts'
