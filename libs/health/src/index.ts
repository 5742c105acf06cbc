// Checks
export { createHealth, type Check, type Health, type RuledCheck } from './health.ts'
// Checks of a service's parts
export { ageCheck, probeCheck, reportCheck, type HealthReport } from './component-checks.ts'
// Checks of the process and its machine
export { cpuCheck } from './cpu-check.ts'
export { diskCheck } from './disk-check.ts'
export { eventLoopCheck } from './event-loop-check.ts'
export { memoryCheck } from './memory-check.ts'
// Routes
export { healthRoutes } from './health-routes.ts'
