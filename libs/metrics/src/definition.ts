/** A label whose values are a closed list: anything else does not compile. */
export interface ClosedLabel<Name extends string = string, Value extends string = string> {
  readonly name: Name
  readonly values: readonly Value[]
  /** Every value can occur, so all their series exist from the start. */
  readonly isKnown: boolean
}

/** A label: its name when any value is allowed, otherwise a `ClosedLabel`. */
export type Label = string | ClosedLabel

/** The object of label values for a list of labels. */
export type LabelValues<Labels extends readonly Label[]> = {
  readonly [L in Labels[number] as L extends ClosedLabel<infer Name> ? Name : L & string]: L extends ClosedLabel<
    string,
    infer Value
  >
    ? Value
    : string
}

export type MetricType = 'counter' | 'gauge' | 'histogram'

/**
 * The order in which series are dropped when a service exceeds its cap: first the book levels, then detail (histograms by
 * symbol, candles in progress), then normal ones; vital ones never.
 */
export const priorities = ['book', 'detail', 'normal', 'vital'] as const
type Priority = (typeof priorities)[number]

/** One metric of a catalogue: a plain value, read by code, dashboards, alert rules and documentation. */
export interface MetricDefinition<
  Type extends MetricType = MetricType,
  Labels extends readonly Label[] = readonly Label[],
> {
  readonly type: Type
  readonly name: string
  readonly help: string
  readonly labels: Labels
  readonly priority: Priority
  /** Upper bounds of a histogram, ascending, without +Inf. Empty for the others. */
  readonly buckets: readonly number[]
  /** Whether instruments that are only quoted have series too; otherwise only traded ones have series by symbol. */
  readonly isOfQuoted: boolean
  /** The value of a known label set before its first record; undefined: it is not exposed until then. */
  readonly initial: 0 | undefined
}

/** The metrics of one family by their names in code. */
export type Catalog = Readonly<Record<string, MetricDefinition>>

interface Traits {
  readonly priority?: Priority
  readonly isOfQuoted?: boolean
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/
/** Set by the library on every series, or part of a histogram's own lines. */
const RESERVED_LABELS = ['service', 'le']

/** A label that takes one of `values` only, each of which can occur: all of them are shown from the start. */
export function among<const Name extends string, const Value extends string>(
  name: Name,
  values: readonly Value[],
): ClosedLabel<Name, Value> {
  return { name, values, isKnown: true }
}

/**
 * A label that takes one of `values` only, some of which may not occur in every service or beside every other label. The code
 * that records the metric knows which can, and calls `of` for each at the start.
 */
export function within<const Name extends string, const Value extends string>(
  name: Name,
  values: readonly Value[],
): ClosedLabel<Name, Value> {
  return { name, values, isKnown: false }
}

/** A metric of the contract that is not recorded yet: it has its name, HELP and TYPE, but no handle in code and no samples. */
export type Planned = MetricDefinition & { readonly isPlanned: true }

/** Marks a metric as not recorded yet. */
export function planned(metric: MetricDefinition): Planned {
  return { ...metric, isPlanned: true }
}

export function isPlanned(metric: MetricDefinition): metric is Planned {
  return 'isPlanned' in metric
}

/** A number that only increases. Known label sets start at 0, so that `rate()` sees the first event. */
export function counter<const Labels extends readonly Label[] = readonly []>(
  name: string,
  help: string,
  labels?: Labels,
  { priority = 'normal', isOfQuoted = false }: Traits = {},
): MetricDefinition<'counter', Labels> {
  return define({ type: 'counter', name, help, labels, priority, isOfQuoted, buckets: [], initial: 0 })
}

/** A number that goes up and down and is truly 0 before anything happens: connected, active, open orders. */
export function gauge<const Labels extends readonly Label[] = readonly []>(
  name: string,
  help: string,
  labels?: Labels,
  { priority = 'normal', isOfQuoted = false }: Traits = {},
): MetricDefinition<'gauge', Labels> {
  return define({ type: 'gauge', name, help, labels, priority, isOfQuoted, buckets: [], initial: 0 })
}

/** A gauge for which 0 would be false before it is first set: a price, a time stamp. It is not exposed until then. */
export function measurement<const Labels extends readonly Label[] = readonly []>(
  name: string,
  help: string,
  labels?: Labels,
  { priority = 'normal', isOfQuoted = false }: Traits = {},
): MetricDefinition<'gauge', Labels> {
  return define({ type: 'gauge', name, help, labels, priority, isOfQuoted, buckets: [], initial: undefined })
}

/** Observations counted by upper bound. By symbol it is detail, and is dropped before the rest when series are short. */
export function histogram<const Labels extends readonly Label[] = readonly []>(
  name: string,
  help: string,
  labels: Labels,
  buckets: readonly number[],
  { priority }: Pick<Traits, 'priority'> = {},
): MetricDefinition<'histogram', Labels> {
  const usual = labels.some((label) => labelName(label) === 'symbol') ? 'detail' : 'normal'
  const traits = { priority: priority ?? usual, isOfQuoted: false }
  return define({ type: 'histogram', name, help, labels, ...traits, buckets, initial: 0 })
}

/** The name of a label. */
export function labelName(label: Label): string {
  return typeof label === 'string' ? label : label.name
}

/** Checks a definition. Throws when a name is not valid in Prometheus, a label is reserved or buckets do not ascend. */
function define<Type extends MetricType, Labels extends readonly Label[]>(
  draft: Omit<MetricDefinition<Type, Labels>, 'labels'> & { readonly labels: Labels | undefined },
): MetricDefinition<Type, Labels> {
  const { name, buckets } = draft
  const labels = draft.labels ?? ([] as readonly Label[] as Labels)
  if (!METRIC_NAME.test(name)) throw new Error(`Expected a metric name that matches ${METRIC_NAME}, was "${name}"`)
  for (const label of labels.map(labelName)) {
    if (!LABEL_NAME.test(label) || RESERVED_LABELS.includes(label)) {
      throw new Error(
        `Expected a label name of ${name} other than ${RESERVED_LABELS.join(', ')} that matches ${LABEL_NAME}, was "${label}"`,
      )
    }
  }
  if (!buckets.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (buckets[i - 1] as number)))) {
    throw new Error(`Expected buckets of ${name} that are finite and ascend, was [${buckets.join(', ')}]`)
  }
  return { ...draft, labels }
}
