import { isPlanned, labelName, type MetricDefinition } from './definition.ts'

/** What is known at start of the values that open labels will take. */
export interface Universe {
  /** The configured instruments, as the labels of metrics name them. Never taken from the wire. */
  readonly instruments: readonly InstrumentLabels[]
  /** Values of other open labels: strategy, stage, indicator, ... */
  readonly labels: Readonly<Record<string, readonly string[]>>
}

/** One configured instrument and the feed that it comes from. */
export interface InstrumentLabels {
  readonly source: string
  readonly exchange: string
  readonly symbol: string
}

type Row = Readonly<Record<string, string>>

const INSTRUMENT_LABELS = ['source', 'exchange', 'symbol'] as const

/** How many label sets of the metric are known. A label without known values makes it 0, and so it is of a planned metric. */
export function countKnownLabelSets(metric: MetricDefinition, universe: Universe): number {
  return isPlanned(metric) ? 0 : axesOf(metric, universe).reduce((product, axis) => product * axis.length, 1)
}

/** The known label sets of the metric: every combination of known values, but only pairs of source, exchange and symbol that exist. */
export function knownLabelSets(metric: MetricDefinition, universe: Universe): Row[] {
  if (isPlanned(metric)) return []
  return axesOf(metric, universe).reduce<Row[]>(
    (rows, axis) => rows.flatMap((row) => axis.map((more) => ({ ...row, ...more }))),
    [{}],
  )
}

/** Independent parts of a label set: the instrument's labels together, every other label alone. */
function axesOf(metric: MetricDefinition, { instruments, labels }: Universe): Row[][] {
  const names = metric.labels.map(labelName)
  const ofInstrument = INSTRUMENT_LABELS.filter((name) => names.includes(name))
  const axes =
    ofInstrument.length > 0
      ? [distinct(instruments.map((one) => Object.fromEntries(ofInstrument.map((name) => [name, one[name]]))))]
      : []
  for (const label of metric.labels) {
    const name = labelName(label)
    if (ofInstrument.some((one) => one === name)) continue
    const values = typeof label === 'string' ? (labels[label] ?? []) : label.isKnown ? label.values : []
    axes.push(distinct(values.map((value) => ({ [name]: value }))))
  }
  return axes
}

function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()]
}
