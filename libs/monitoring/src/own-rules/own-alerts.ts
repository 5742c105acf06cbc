import { ConfigError, type Violation } from '@triplane/config'
import { z } from 'zod'
import { alertPlanes, severities } from '../alert.ts'
import { checkExpression, type KnownMetrics } from '../promql/check-expression.ts'
import { DURATION } from '../render/duration.ts'
import { ruleExpressionType } from './expression-type.ts'
import { schemaViolations, showValue } from './schema-violations.ts'
import { parseYaml, yamlText } from './yaml-text.ts'

/** Set by the fields name, level and plane. */
const TAKEN_LABELS = ['alertname', 'severity', 'plane']

const text = z.string().min(1, 'Expected a text')
const link = z.url({ protocol: /^https?$/, error: 'Expected an address, http or https' })
const label = z.string().regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/, 'Expected letters, digits and _')

/** A user's own alert, as written in the file. */
const ownAlert = z.strictObject({
  name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'Expected letters, digits and _, such as SpyBelow500'),
  /** PromQL: the alert fires for each series of the result. */
  condition: text,
  level: z.enum(severities).exclude(['none']),
  /** May show what fired: `{{ $labels.symbol }}`, `{{ $value }}`. */
  message: text,
  /** How long the condition must hold; by default it fires at once. */
  for: z.string().regex(DURATION, 'Expected a duration such as 5m').optional(),
  plane: z.enum(alertPlanes).default('platform'),
  labels: z.record(label, z.string()).default({}),
  runbook: link.optional(),
  dashboard: link.optional(),
})
type OwnAlert = z.output<typeof ownAlert>

/** The built-in alerts and metrics. */
export interface BuiltIn {
  readonly alerts: ReadonlySet<string>
  readonly metrics: KnownMetrics
}

export interface OwnRules {
  /** A file of Prometheus rules. */
  readonly content: string
  /** Possible mistakes, one line each: a metric that none of our programs has may be the user's. */
  readonly notices: readonly string[]
}

/**
 * Makes Prometheus rules from a user's list of alerts. Throws a `ConfigError` that names `file`, and entry, expected and found
 * for every mistake: a condition that is not PromQL or names a label that our metric lacks, the name of a built-in alert.
 */
export function compileOwnAlerts(file: string, content: string, builtIn: BuiltIn): OwnRules {
  const entries = parseYaml(file, content) ?? []
  if (!Array.isArray(entries))
    throw new ConfigError(file, [{ path: '(file)', expected: 'a list of alerts', found: showValue(entries) }])
  const checked = entries.map((entry: unknown, i) => checkEntry(entry, titleOf(entry, i), builtIn))
  const violations = [...checked.flatMap((one) => one.violations), ...twice(checked.map(({ alert }) => alert))]
  if (violations.length > 0) throw new ConfigError(file, violations)
  const rules = checked.flatMap(({ alert }) => (alert ? [ruleOf(alert)] : []))
  const groups = rules.length === 0 ? [] : [{ name: 'own_alerts', rules }]
  return {
    content: yamlText({ groups }),
    notices: checked.flatMap((one) => one.notices.map((notice) => `${file}: ${notice}`)),
  }
}

/** One name at several levels is one alert that gets worse; twice at one level is a mistake. */
function twice(alerts: readonly (OwnAlert | undefined)[]): Violation[] {
  return alerts.flatMap((alert, i) => {
    const first = alerts.findIndex((one) => alert && one?.name === alert.name && one.level === alert.level)
    if (alert === undefined || first === i) return []
    const expected = 'each alert of a level once'
    return [{ path: `${titleOf(alert, i)}.name`, expected, found: `${showValue(alert.name)} again` }]
  })
}

interface Checked {
  readonly alert?: OwnAlert
  readonly violations: readonly Violation[]
  readonly notices: readonly string[]
}

function checkEntry(entry: unknown, title: string, builtIn: BuiltIn): Checked {
  const parsed = ownAlert.safeParse(entry)
  if (!parsed.success) return { violations: schemaViolations(parsed.error, entry, title), notices: [] }
  const alert = parsed.data
  const { problems, isUnsure } = conditionProblems(alert.condition, builtIn.metrics)
  const violations = [
    ...(builtIn.alerts.has(alert.name)
      ? [{ path: `${title}.name`, expected: 'a name that no built-in alert has', found: showValue(alert.name) }]
      : []),
    ...TAKEN_LABELS.filter((name) => name in alert.labels).map((name) => ({
      path: `${title}.labels.${name}`,
      expected: 'another label: this one follows from name, level and plane',
      found: showValue(alert.labels[name]),
    })),
    ...(isUnsure ? [] : problems.map((message) => ({ path: `${title}.condition`, ...expectedAndFound(message) }))),
  ]
  return { alert, violations, notices: isUnsure ? problems.map((message) => `${title}.condition: ${message}`) : [] }
}

/** The problems of a condition. They are uncertain where it uses a foreign metric: its labels are unknown. */
function conditionProblems(
  condition: string,
  metrics: KnownMetrics,
): { problems: readonly string[]; isUnsure: boolean } {
  const type = ruleExpressionType(condition)
  if (!type.ok) return { problems: [`Expected PromQL, was ${type.error}`], isUnsure: false }
  const { problems } = checkExpression(condition, metrics)
  const isUnsure = problems.some(({ code }) => code === 'unknown_metric' || code === 'unnamed_selector')
  return { problems: problems.map(({ message }) => message), isUnsure }
}

/** "Expected X, was Y" in its two parts. */
function expectedAndFound(message: string): Pick<Violation, 'expected' | 'found'> {
  const [, expected = 'PromQL', found = message] = /^Expected (.*?), (?:was|were) (.*)$/s.exec(message) ?? []
  return { expected, found }
}

/** `alert 2 (SpyBelow500)`, counted from 1. */
function titleOf(entry: unknown, i: number): string {
  const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined
  return typeof name === 'string' ? `alert ${i + 1} (${name})` : `alert ${i + 1}`
}

function ruleOf(own: OwnAlert): object {
  const { runbook, dashboard } = own
  return {
    alert: own.name,
    expr: own.condition,
    ...(own.for !== undefined && { for: own.for }),
    labels: { ...own.labels, severity: own.level, plane: own.plane },
    annotations: {
      summary: own.message,
      description: own.message,
      ...(runbook !== undefined && { runbook_url: runbook }),
      ...(dashboard !== undefined && { dashboard_url: dashboard }),
    },
  }
}
