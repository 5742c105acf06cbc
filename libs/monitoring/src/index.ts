export {
  alertPlanes,
  dashboardUids,
  GRAFANA_URL,
  panelIdOf,
  panelUrl,
  PROMETHEUS_URL,
  severities,
  type AlertPlane,
  type AlertRule,
  type DashboardUid,
  type PanelRef,
  type Severity,
} from './alert.ts'
// The rules
export { alertRules, alerts, type AlertRulesOptions } from './alert-rules.ts'
export { generateRuleFiles, runbookUrl, type RuleFile, type RuleFilesOptions } from './rule-files.ts'
export { pictures } from './pictures.ts'
export { BOOK_JOB, planes, platformJobs, type Plane } from './planes.ts'
export { recordingRules, type RecordingRule } from './recordings.ts'
export { errorRatio, serviceLevels, type ServiceLevel } from './slos.ts'
export { duration, scaleTimes, thresholds, type Thresholds } from './thresholds.ts'
// Reading PromQL
export {
  parseExpression,
  type Expression,
  type Matcher,
  type PromqlSyntaxError,
  type Selector,
} from './promql/parse-expression.ts'
export {
  checkExpression,
  type CheckedExpression,
  type ExpressionProblem,
  type KnownMetric,
  type KnownMetrics,
} from './promql/check-expression.ts'
export { knownMetrics, type Recorded } from './promql/known-metrics.ts'
export { substituteVariables, type UnknownVariable } from './promql/grafana-variables.ts'
// What Prometheus and Alertmanager read
export { loadMonitoringSettings } from './render/settings.ts'
export { renderMonitoring, type Rendered } from './render/render-monitoring.ts'
export { writeRendered, type Owner } from './render/write-rendered.ts'
export { durationMs } from './render/duration.ts'
