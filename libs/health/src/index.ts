// Checks
export { createHealth, type Check, type Health, type RuledCheck } from './health.ts'
// Of the parts of a service
export { ageCheck, probeCheck, reportCheck, type HealthReport } from './component-checks.ts'
// Of the process and its machine
export { cpuCheck } from './cpu-check.ts'
export { diskCheck } from './disk-check.ts'
export { eventLoopCheck } from './event-loop-check.ts'
export { memoryCheck } from './memory-check.ts'
// Serving them
export { healthRoutes } from './health-routes.ts'
