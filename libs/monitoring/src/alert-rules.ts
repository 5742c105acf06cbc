import type { AlertRule } from './alert.ts'
import { dataAlerts } from './alerts/data-alerts.ts'
import { modelAlerts } from './alerts/model-alerts.ts'
import { orderAlerts } from './alerts/order-alerts.ts'
import { planeAlerts } from './alerts/plane-alerts.ts'
import { platformAlerts } from './alerts/platform-alerts.ts'
import { strategyAlerts } from './alerts/strategy-alerts.ts'
import { platformJobs } from './planes.ts'
import { sloAlerts } from './slos.ts'
import { thresholds as defaultThresholds, type Thresholds } from './thresholds.ts'

export interface AlertRulesOptions {
  readonly thresholds?: Thresholds
  /** Jobs that Prometheus must have beside the planes. Default: those of our stack. */
  readonly expectedJobs?: readonly string[]
}

/** Every alert rule. */
export function alertRules({
  thresholds = defaultThresholds,
  expectedJobs = platformJobs,
}: AlertRulesOptions = {}): readonly AlertRule[] {
  return [
    ...strategyAlerts(thresholds),
    ...modelAlerts(thresholds),
    ...orderAlerts(thresholds),
    ...dataAlerts(thresholds),
    ...planeAlerts(thresholds),
    ...platformAlerts(thresholds, expectedJobs),
    ...sloAlerts(thresholds),
  ]
}
