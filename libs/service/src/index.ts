// Hosts of planes
export { hostStateSchema, PlaneHost, type HostState, type PlaneHostOptions } from './host/plane-host.ts'
export {
  SourceHost,
  sourceStateSchema,
  type SourceCore,
  type SourceHostOptions,
  type SourceItem,
  type SourceState,
} from './host/source-host.ts'
export { Breather } from './host/breather.ts'
export { PlaneOutput, type HistorySink, type PlaneOutputOptions, type PlaneOutputState } from './host/plane-output.ts'
export { Edge, type EdgeOptions } from './host/edge.ts'
// Input log and snapshots
export { InputLog, InputLogError } from './log/input-log.ts'
export { Snapshots, type Snapshot } from './log/snapshots.ts'
export { createStateCodec, type LoadedState, type SavedBy, type StateCodec } from './log/state-codec.ts'
// Runs
export { readRuns, RunWatch, simulatedAccount, startRun, type NewRun } from './run/runs.ts'
// Services
export { runService, type Service, type ServiceDefinition } from './lifecycle/run-service.ts'
export { announceSystem, findRunningSystem, type RunningSystem } from './lifecycle/running-system.ts'
export { readCrashNote, removeCrashNote, type CrashNote } from './lifecycle/crash-note.ts'
export { kafkaOptionsOf } from './platform/connect-kafka.ts'
export {
  auditPart,
  databaseUrlOf,
  databaseUrlSetting,
  digestOf,
  loadServiceConfig,
  serviceParts,
  type ServiceConfig,
} from './service-config.ts'
export { hostPlane, type HostedPlane, type HostedPlaneOptions } from './platform/hosted-plane.ts'
export { statusRoutes, type StatusViews } from './platform/status-routes.ts'
export { Liveness } from './host/liveness.ts'
export { OperatorControl } from './platform/operator-control.ts'
export { haltAfterCrash } from './platform/halt-after-crash.ts'
export { databaseCheck, feedCheck, processChecks } from './platform/plane-checks.ts'
export { readActiveSwitches } from './platform/known-switches.ts'
export type { HostedRun, RunContext, RunHistory } from './platform/plane-service.ts'
export {
  configuredInstruments,
  otlpOptions,
  startPlaneService,
  type ServiceEdges,
  type StartedService,
} from './platform/start-plane-service.ts'
