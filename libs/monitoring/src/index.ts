export { alertPlanes, dashboardUids, panelIdOf, severities, type AlertRule, type DashboardUid } from './alert.ts'
// The rules
export { alertRules } from './alert-rules.ts'
export { generateRuleFiles } from './rule-files.ts'
export { recordingRules } from './recordings.ts'
export { serviceLevels } from './slos.ts'
export { duration, thresholds } from './thresholds.ts'
// Reading PromQL
export { parseExpression } from './promql/parse-expression.ts'
export { checkExpression, type KnownMetrics } from './promql/check-expression.ts'
export { knownMetrics } from './promql/known-metrics.ts'
export { substituteVariables } from './promql/grafana-variables.ts'
// The files of Prometheus and Alertmanager
export { loadMonitoringSettings } from './render/settings.ts'
export { renderMonitoring, type Rendered } from './render/render-monitoring.ts'
export { writeRendered, type Owner } from './render/write-rendered.ts'
export { durationMs } from './render/duration.ts'
