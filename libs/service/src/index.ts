// Hosts of planes
export { hostStateSchema, type HostState } from './host/host-state.ts'
export { PlaneHost } from './host/plane-host.ts'
export { readingFrom } from './host/reading.ts'
export { SourceHost, sourceStateSchema } from './host/source-host.ts'
export { Breather } from './host/breather.ts'
export { IdleWork } from './host/idle-work.ts'
export { PlaneOutput } from './host/plane-output.ts'
export { Edge } from './host/edge.ts'
export { gatedPartitions } from './host/watermark-gate.ts'
// Input log and snapshots
export { InputLog } from './log/input-log.ts'
export { readSegment as readLogSegment } from './log/log-segment.ts'
export { Snapshots } from './log/snapshots.ts'
export { createStateCodec, type LoadedState, type StateCodec } from './log/state-codec.ts'
// Runs
export { readRuns, simulatedAccount } from './run/runs.ts'
/** @public Tests start runs by it; planes do by PlaneService. */
export { startRun, type NewRun } from './run/runs.ts'
// Services
export { startService } from './lifecycle/start-service.ts'
export { defineService } from './lifecycle/define-service.ts'
export type { ServiceEdges, ServiceParts } from './lifecycle/service-part.ts'
export { announceSystem, findRunningSystem, type RunningSystem } from './lifecycle/running-system.ts'
export { kafkaOptionsOf } from './platform/connect-kafka.ts'
export { otlpOptions } from './platform/otlp-options.ts'
export { statusRoutes, type StatusViews } from './platform/status-routes.ts'
export { databaseCheck, feedCheck, processChecks } from './platform/plane-checks.ts'
export {
  auditPart,
  databaseUrlOf,
  databaseUrlSetting,
  digestOf,
  loadServiceConfig,
  planeSections,
  serviceSections,
} from './service-config.ts'
// Planes as services
export { hostPlane } from './platform/hosted-plane.ts'
export { Liveness } from './host/liveness.ts'
export { OperatorControl } from './platform/operator-control.ts'
export { haltAfterCrash } from './platform/halt-after-crash.ts'
export { readActiveSwitches } from './platform/known-switches.ts'
export type { HostedRun, RunContext } from './platform/plane-service.ts'
export type { BusSource } from './platform/bus-source.ts'
export { configuredInstruments, planeParts } from './platform/plane-parts.ts'
