import { VariableType, type VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import { PromQueryFormat, type Dataquery } from '@grafana/grafana-foundation-sdk/prometheus'
import { catalogs, labelName } from '@triplane/metrics'
import { checkExpression, parseExpression, substituteVariables, type KnownMetrics } from '@triplane/monitoring'
import { allCatalogs } from '../families.ts'
import type { LintProblem } from './lint-problem.ts'
import { secondsOf } from './queries.ts'

type Problem = Omit<LintProblem, 'where'>

/** The labels of our metrics, by the names of their series. */
const labelsByName = new Map(
  allCatalogs.flatMap((catalog) =>
    Object.values(catalog).flatMap(({ name, labels }) =>
      ['', '_bucket', '_sum', '_count'].map((suffix) => [`${name}${suffix}`, labels.map(labelName)] as const),
    ),
  ),
)
const batchJobs = new Set(Object.values(catalogs.jobs).map(({ name }) => name))
/** Scraped less often than the planes, which are scraped every second. */
const SCRAPED_EVERY_15_S = /^(pipeline|push|node|prometheus|alertmanager)_/
const GROUPING = /\b(?:by|on)\s*\(([^()]*)\)/g
const RATE = /\b(rate|irate|increase)\s*\(/g
const RATE_OF_SELECTOR = /\b(?:rate|irate|increase)\s*\(\s*[a-zA-Z_:][\w:]*\s*(?:\{[^}]*\})?\s*\[([^\]]+)\]/g

/**
 * Checks that it parses, names only known metrics, is narrowed by the dashboard's variables, keeps one symbol at two exchanges
 * apart, and takes rates over `$__rate_interval`.
 */
export function lintExpression(
  { expr, interval, instant }: Dataquery,
  variables: readonly VariableModel[],
  known: KnownMetrics,
) {
  const checked = check(expr, variables, known)
  const problems: Problem[] = checked.problems.map((message) => ({ rule: 'promql', message }))
  const rates = [...expr.matchAll(RATE)].length
  const ranges = [...expr.matchAll(RATE_OF_SELECTOR)].map(([, range]) => range)
  // A count over a stated time, as of now, is not a rate.
  const isCount = instant === true && /^sum\(increase\([^()]*\)\)$/.test(expr)
  if (ranges.length !== rates || (!isCount && ranges.some((range) => range !== '$__rate_interval'))) {
    problems.push({ rule: 'rate_interval', message: `Expected rates over $__rate_interval, was ${expr}` })
  }
  const narrowed = narrowing(expr, variables)
  for (const { metric = '', matchers } of narrowed) {
    const labels = labelsByName.get(metric)
    const wanted = batchJobs.has(metric.replace(/_(bucket|sum|count)$/, ''))
      ? [['dag_id', 'dag'] as const]
      : (labels ? ['job', ...labels.filter((label) => ['exchange', 'symbol', 'strategy'].includes(label))] : []).map(
          (label) => [label, label] as const,
        )
    for (const [label, variable] of wanted) {
      const isNarrowed = matchers.some((matcher) => matcher.label === label && matcher.value.includes(marked(variable)))
      if (!isNarrowed) problems.push({ rule: 'filters', message: `Expected ${metric} to be narrowed by $${variable}` })
    }
  }
  for (const [, list = ''] of expr.matchAll(GROUPING)) {
    const labels = list.split(/\s*,\s*/)
    if (labels.includes('symbol') && !labels.includes('exchange')) {
      problems.push({ rule: 'instruments', message: `Expected exchange beside symbol, was (${list}) in ${expr}` })
    }
  }
  const isSlow = narrowed.some(({ metric = '' }) => SCRAPED_EVERY_15_S.test(metric))
  if (rates > 0 && isSlow && (interval === undefined || secondsOf(interval) < 15)) {
    problems.push({
      rule: 'rate_interval',
      message: `Expected a step of 15s or more for what is scraped so often: ${expr}`,
    })
  }
  return problems
}

/** Checks that series over time have a legend, of labels that they carry. */
export function lintLegend(
  { expr, legendFormat = '', format }: Dataquery,
  variables: readonly VariableModel[],
  known: KnownMetrics,
): Problem[] {
  if (format === PromQueryFormat.Table) return []
  if (legendFormat === '') return [{ rule: 'legend', message: `Expected a legend of ${expr}` }]
  const { labels } = check(expr, variables, known)
  const named = [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label)
  return named
    .filter((label) => !labels.has(label))
    .map((label) => ({ rule: 'legend', message: `Expected a label of the result in the legend, was ${label}` }))
}

interface Checked {
  readonly problems: readonly string[]
  readonly labels: ReadonlySet<string>
}

function check(expr: string, variables: readonly VariableModel[], known: KnownMetrics): Checked {
  const substituted = substituteVariables(
    expr,
    valuesOf(variables, () => 'any'),
  )
  if (!substituted.ok) return { problems: [substituted.error.message], labels: new Set() }
  const { problems, labels } = checkExpression(substituted.value, known)
  return { problems: problems.map(({ message }) => message), labels: labels ?? new Set() }
}

/** The selectors, with a marker in place of each variable's value. */
function narrowing(expr: string, variables: readonly VariableModel[]) {
  const substituted = substituteVariables(expr, valuesOf(variables, marked))
  const parsed = substituted.ok ? parseExpression(substituted.value) : undefined
  return parsed?.ok ? parsed.value.selectors : []
}

const marked = (variable: string) => `<${variable}>`

/** A variable for a duration needs a valid one, or the expression does not parse; for others any value will do. */
function valuesOf(variables: readonly VariableModel[], value: (name: string) => string): Record<string, string> {
  return Object.fromEntries(
    variables.map(({ name, type, current }) => [
      name,
      type === VariableType.Custom ? String(current?.value) : value(name),
    ]),
  )
}
