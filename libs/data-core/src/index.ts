// The core
export { createDataCore, dataPlaneSchema, type DataCore, type DataPlaneSnapshot } from './pipeline.ts'
export type { Lane } from './lane.ts'
// Its settings
export { dataPlaneConfigSchema, type DataPlaneConfig } from './config.ts'
