// The core
export {
  createDataCore,
  dataPlaneSchema,
  type DataCore,
  type DataPlaneDeps,
  type DataPlaneSnapshot,
} from './pipeline.ts'
export type { Lane } from './lane.ts'
// Its settings
export { dataPlaneConfig, dataPlaneConfigSchema, type DataPlaneConfig } from './config.ts'
