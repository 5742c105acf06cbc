// The port
// Sources: what a run's frames come from
export {
  openCaptures,
  openLive,
  openSimulation,
  requestMissing,
  simulationPlanSchema,
  type SimulationPlan,
  type Source,
} from './source.ts'
export { openRunSource, refuseNotUnderstood, runSourceSchema, sourceNameOf, speedOf } from './run/run-source.ts'
export { disconnectReasonsOf, OTHER_REASON } from './disconnect-reasons.ts'
// Capture files
export { DEFAULT_HOLE_US, openCapture } from './capture/open-capture.ts'
export { RecordingError } from './capture/recording-error.ts'
export { CaptureError } from './capture/capture-error.ts'
// Live venues
// Playing feeds
// The simulated market
export { createSimulatedMarket, simulatedMarketSchema } from './simulated/simulated-market.ts'
export { simulatedCheckpointSchema } from './simulated/simulated-feed.ts'
export { scenarios, type ScenarioName } from './simulated/scenario.ts'
