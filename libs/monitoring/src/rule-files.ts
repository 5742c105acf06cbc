import { stringify } from 'yaml'
import {
  dashboardUids,
  DEFAULT_EVERY_SECONDS,
  GRAFANA_URL,
  panelUrl,
  PROMETHEUS_URL,
  ruleGroups,
  type AlertRule,
} from './alert.ts'
import { alertRules, type AlertRulesOptions } from './alert-rules.ts'
import type { RecordingRule } from './recording-rule.ts'
import { recordingRules } from './recordings.ts'
import { duration, scaleTimes, thresholds as defaultThresholds } from './thresholds.ts'

export interface RuleFilesOptions extends AlertRulesOptions {
  /** Divides every wait, window and evaluation interval, for end-to-end tests. Default 1. */
  readonly scale?: number
  /** The public addresses of Grafana and Prometheus, for the links. */
  readonly grafanaUrl?: string
  readonly prometheusUrl?: string
}

/** A file of Prometheus rules. */
export interface RuleFile {
  /** data.yml */
  readonly name: string
  readonly content: string
}

const HEADER = '# Made by `npm run generate` from libs/monitoring. Rules of your own go to rules.d.\n'

/** Live Market shows one instrument: the alert's. */
const INSTRUMENT = ['exchange', 'symbol']
  .map((label) => `{{ with $labels.${label} }}&var-${label}={{ . | urlquery }}{{ end }}`)
  .join('')

/** The address of the runbook of an alert. */
export function runbookUrl(alert: string, prometheusUrl = PROMETHEUS_URL): string {
  return `${prometheusUrl}/consoles/runbooks/${alert}.html`
}

/**
 * Makes the Prometheus rule files: one for each plane and one for the SLOs. Rules of a file with the same evaluation interval
 * form a group, recordings first: Prometheus evaluates a group in order.
 */
export function generateRuleFiles(options: RuleFilesOptions = {}): readonly RuleFile[] {
  const { scale = 1, thresholds: unscaled = defaultThresholds, expectedJobs } = options
  const thresholds = scaleTimes(unscaled, scale)
  const recordings = recordingRules(thresholds)
  const alerts = alertRules({ thresholds, ...(expectedJobs && { expectedJobs }) })
  return ruleGroups.map((group) => {
    const ofGroup = [
      ...recordings.filter((rule) => rule.group === group),
      ...alerts.filter((rule) => (rule.group ?? rule.plane) === group),
    ]
    const intervals = [...new Set(ofGroup.map(everySeconds))].sort((a, b) => a - b)
    const groups = intervals.map((seconds) => ({
      name: `${group}-every-${duration(seconds)}`,
      interval: duration(Math.max(1, Math.round(seconds / scale))),
      rules: ofGroup
        .filter((rule) => everySeconds(rule) === seconds)
        .map((rule) => ('record' in rule ? recordingYaml(rule) : alertYaml(rule, options))),
    }))
    return { name: `${group}.yml`, content: HEADER + stringify({ groups }, { lineWidth: 0, singleQuote: true }) }
  })
}

function everySeconds({ everySeconds = DEFAULT_EVERY_SECONDS }: AlertRule | RecordingRule): number {
  return everySeconds
}

function recordingYaml({ record, expr, labels }: RecordingRule): object {
  return { record, expr, ...(labels && { labels }) }
}

function alertYaml(rule: AlertRule, { grafanaUrl = GRAFANA_URL, prometheusUrl }: RuleFilesOptions): object {
  const { name, expr, keepFiringFor, severity, plane, labels, summary, description, picture } = rule
  return {
    alert: name,
    expr,
    ...(rule.for !== undefined && { for: rule.for }),
    ...(keepFiringFor !== undefined && { keep_firing_for: keepFiringFor }),
    labels: { severity, plane, ...labels },
    annotations: {
      summary,
      description,
      runbook_url: runbookUrl(name, prometheusUrl),
      dashboard_url: panelUrl(picture, grafanaUrl) + (picture.dashboard === dashboardUids.market ? INSTRUMENT : ''),
    },
  }
}
