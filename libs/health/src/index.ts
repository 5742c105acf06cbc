// Checks
export {
  createHealth,
  type Check,
  type CheckResult,
  type CheckResults,
  type Health,
  type HealthOptions,
  type Verdict,
} from './health.ts'
export { atLeast, atMost } from './thresholds.ts'
// Serving them
export { healthRoutes } from './health-routes.ts'
