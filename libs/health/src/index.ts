// Checks
export {
  createHealth,
  type Check,
  type CheckResult,
  type CheckResults,
  type Health,
  type HealthOptions,
  type HealthStatus,
  type RuledCheck,
  type Verdict,
} from './health.ts'
export { atLeast, atMost } from './thresholds.ts'
// Of the parts of a service
export { ageCheck, probeCheck, reportCheck, type HealthReport } from './component-checks.ts'
// Of the process and its machine
export { cpuCheck, type CpuCheckOptions } from './cpu-check.ts'
export { diskCheck } from './disk-check.ts'
export { eventLoopCheck, type EventLoopCheck, type EventLoopCheckOptions } from './event-loop-check.ts'
export { memoryCheck, type MemoryLimits } from './memory-check.ts'
// Serving them
export { healthRoutes } from './health-routes.ts'
