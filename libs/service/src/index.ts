// Hosts of planes
export { hostStateSchema, PlaneHost, type HostState } from './host/plane-host.ts'
export { SourceHost, sourceStateSchema } from './host/source-host.ts'
export { Breather } from './host/breather.ts'
export { PlaneOutput } from './host/plane-output.ts'
export { Edge } from './host/edge.ts'
// Input log and snapshots
export { InputLog } from './log/input-log.ts'
export { Snapshots } from './log/snapshots.ts'
export { createStateCodec, type LoadedState, type StateCodec } from './log/state-codec.ts'
// Runs
export { readRuns, simulatedAccount, startRun, type NewRun } from './run/runs.ts'
// Services
export { runService, type Service } from './lifecycle/run-service.ts'
export { announceSystem, findRunningSystem, type RunningSystem } from './lifecycle/running-system.ts'
export { kafkaOptionsOf } from './platform/connect-kafka.ts'
export {
  auditPart,
  databaseUrlOf,
  databaseUrlSetting,
  digestOf,
  loadServiceConfig,
  serviceParts,
} from './service-config.ts'
export { hostPlane } from './platform/hosted-plane.ts'
export { statusRoutes, type StatusViews } from './platform/status-routes.ts'
export { Liveness } from './host/liveness.ts'
export { OperatorControl } from './platform/operator-control.ts'
export { haltAfterCrash } from './platform/halt-after-crash.ts'
export { databaseCheck, feedCheck, processChecks } from './platform/plane-checks.ts'
export { readActiveSwitches } from './platform/known-switches.ts'
export type { HostedRun, RunContext } from './platform/plane-service.ts'
export {
  configuredInstruments,
  otlpOptions,
  startPlaneService,
  type ServiceEdges,
} from './platform/start-plane-service.ts'
