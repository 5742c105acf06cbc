import { isPlanned, labelName, type MetricDefinition } from './definition.ts'

/** The values of open labels that are known at start. */
export interface Universe {
  /** The traded instruments, by their labels. Never taken from the wire. */
  readonly instruments: readonly InstrumentLabels[]
  /** The label sets of the instruments that are only quoted, in the families that have them. */
  readonly quoted: readonly QuotedLabels[]
  /** Values of other open labels: `strategy`, `stage`, `indicator`, ... */
  readonly labels: Readonly<Record<string, readonly string[]>>
}

/** One configured instrument and its feed. */
export interface InstrumentLabels {
  readonly source: string
  readonly exchange: string
  readonly symbol: string
}

/** A label set of an instrument that is only quoted: its labels, and one of the prices shown for it. */
export interface QuotedLabels extends InstrumentLabels {
  readonly type: 'last' | 'bid' | 'ask'
}

type Row = Readonly<Record<string, string>>

const INSTRUMENT_LABELS = ['source', 'exchange', 'symbol'] as const

/** The number of known label sets of the metric. It is 0 when a label has no known values, and for a planned metric. */
export function countKnownLabelSets(metric: MetricDefinition, universe: Universe): number {
  if (isPlanned(metric)) return 0
  const combined = axesOf(metric, universe).reduce((product, axis) => product * axis.length, 1)
  return combined + quotedLabelSets(metric, universe).length
}

/**
 * The known label sets of the metric: every combination of known values, with existing combinations of source, exchange and
 * symbol only, and those of instruments that are only quoted.
 */
export function knownLabelSets(metric: MetricDefinition, universe: Universe): Row[] {
  if (isPlanned(metric)) return []
  const combined = axesOf(metric, universe).reduce<Row[]>(
    (rows, axis) => rows.flatMap((row) => axis.map((more) => ({ ...row, ...more }))),
    [{}],
  )
  return [...combined, ...quotedLabelSets(metric, universe)]
}

function quotedLabelSets({ labels, isOfQuoted }: MetricDefinition, { quoted }: Universe): Row[] {
  return isOfQuoted ? picked(quoted, labels.map(labelName)) : []
}

/** Independent parts of a label set: the instrument's labels together, every other label alone. */
function axesOf(metric: MetricDefinition, { instruments, quoted, labels }: Universe): Row[][] {
  const names = metric.labels.map(labelName)
  const ofInstrument = INSTRUMENT_LABELS.filter((name) => names.includes(name))
  // A metric without `symbol` covers a source or an exchange, whatever is traded there.
  const seen = names.includes('symbol') ? instruments : [...instruments, ...quoted]
  const axes = ofInstrument.length > 0 ? [picked(seen, ofInstrument)] : []
  for (const label of metric.labels) {
    const name = labelName(label)
    if (ofInstrument.some((one) => one === name)) continue
    const values = typeof label === 'string' ? (labels[label] ?? []) : label.isKnown ? label.values : []
    axes.push(distinct(values.map((value) => ({ [name]: value }))))
  }
  return axes
}

/** The labels of these names, each set once. */
function picked(rows: readonly (InstrumentLabels | QuotedLabels)[], names: readonly string[]): Row[] {
  return distinct(rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))))
}

function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()]
}
