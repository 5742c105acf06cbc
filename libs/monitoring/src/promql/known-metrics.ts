import {
  catalogs,
  everyServiceCatalog,
  labelName,
  processCatalog,
  type Catalog,
  type MetricDefinition,
} from '@triplane/metrics'
import { checkExpression, type ExpressionProblem, type KnownMetric, type KnownMetrics } from './check-expression.ts'
import { foreignMetrics } from './foreign-metrics.ts'

/** A series that a recording rule produces. */
export interface Recorded {
  /** level:metric:operations */
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

/** Set by Prometheus on the series that it scrapes. */
const TARGET_LABELS = ['job', 'instance']

/**
 * Every series that an expression may name: those of the catalogues (a histogram as `_bucket`, `_sum` and `_count`), those of
 * other programs that we use, those of the services' own `families`, and `recordings`, whose labels follow from their
 * expressions. Throws when a recording names something unknown; it may use earlier ones.
 */
export function knownMetrics(recordings: readonly Recorded[] = [], families: readonly Catalog[] = []): KnownMetrics {
  const known = new Map<string, KnownMetric>()
  const every: Catalog[] = [...Object.values(catalogs), everyServiceCatalog, processCatalog, ...families]
  for (const metric of every.flatMap((catalog) => Object.values(catalog)).flatMap(seriesOf))
    known.set(metric.name, metric)
  for (const { name, type, labels } of foreignMetrics) known.set(name, { name, type, labels: open(labels) })
  for (const { record, expr, labels = {} } of recordings) {
    const checked = checkExpression(expr, known)
    if (checked.problems.length > 0) throw new Error(problemsText(record, checked.problems))
    // Several rules may record one series, each some of its label sets.
    const names = [...(known.get(record)?.labels.keys() ?? []), ...(checked.labels ?? []), ...Object.keys(labels)]
    known.set(record, { name: record, type: 'recorded', labels: open(names) })
  }
  return known
}

/** The series of one metric of a catalogue. */
function seriesOf(metric: MetricDefinition): KnownMetric[] {
  const { name, type } = metric
  const own = metric.labels.map(
    (label) => [labelName(label), typeof label === 'string' ? undefined : label.values] as const,
  )
  const labels = new Map<string, readonly string[] | undefined>([...own, ...open(['service', ...TARGET_LABELS])])
  if (type !== 'histogram') return [{ name, type, labels }]
  return [
    { name: `${name}_bucket`, type: 'counter', labels: new Map([...labels, ['le', undefined]]) },
    { name: `${name}_sum`, type: 'counter', labels },
    { name: `${name}_count`, type: 'counter', labels },
  ]
}

function open(names: readonly string[]): Map<string, undefined> {
  return new Map(names.map((name) => [name, undefined]))
}

function problemsText(name: string, problems: readonly ExpressionProblem[]): string {
  return [
    `Expected an expression of ${name} that names what is known:`,
    ...problems.map((one) => `  ${one.message}`),
  ].join('\n')
}
