import { labelName, type MetricDefinition } from './definition.ts'
import { lineHeadsOf, metricHead, type ExposedSeries } from './exposition.ts'
import { handleAt, type AnyHandle } from './handles.ts'
import type { Place } from './series-store.ts'

/** Label values by label. */
export type LabelSet = Readonly<Record<string, string>>

/** Allocates `slots` numbers for a new series; undefined when the cap leaves no room for it. */
export type Admit = (family: Family, slots: number) => Place | undefined

/**
 * All series of one metric, of any type: `MetricOf` types the allowed calls.
 *
 * Invariants
 * 1. Equal label values return the same handle.
 * 2. A series without room is recorded nowhere, exposed nowhere, and not remembered.
 */
export class Family {
  readonly metric: MetricDefinition
  /** The lines above the series, as UTF-8. */
  readonly head: Uint8Array
  /** Lines per series. */
  readonly linesPerSeries: number
  /** Label sets known at start: room is reserved for them. */
  readonly known: number
  /** The exposed series, in the order of creation. */
  readonly series: ExposedSeries[] = []
  readonly #service: string
  readonly #admit: Admit
  readonly #names: readonly string[]
  readonly #slots: number
  readonly #nowhere: AnyHandle
  readonly #handles = new Map<string, AnyHandle>()

  constructor(metric: MetricDefinition, service: string, known: number, admit: Admit) {
    const isHistogram = metric.type === 'histogram'
    this.metric = metric
    this.head = metricHead(metric)
    this.linesPerSeries = isHistogram ? metric.buckets.length + 3 : 1
    this.known = known
    this.#service = service
    this.#admit = admit
    this.#names = metric.labels.map(labelName)
    this.#slots = isHistogram ? metric.buckets.length + 2 : 1
    this.#nowhere = handleAt(metric, new Float64Array(this.#slots), 0)
  }

  /** Lines exposed, or reserved for known label sets. */
  get lines(): number {
    return this.linesPerSeries * Math.max(this.known, this.series.length)
  }

  /** The handle of one series, created at its first use. Throws when the labels are not those of the metric. */
  of(labels: LabelSet): AnyHandle {
    let key = ''
    for (const name of this.#names) key += `${labels[name]}\0`
    return this.#handles.get(key) ?? this.#create(key, labels)
  }

  inc(labels: LabelSet, by = 1): void {
    this.of(labels).inc(by)
  }

  set(labels: LabelSet, value: number): void {
    this.of(labels).set(value)
  }

  observe(labels: LabelSet, value: number): void {
    this.of(labels).observe(value)
  }

  #create(key: string, labels: LabelSet): AnyHandle {
    const names = this.#names
    if (Object.keys(labels).length !== names.length || !names.every((name) => typeof labels[name] === 'string')) {
      throw new Error(
        `Expected labels ${names.join(', ') || '(none)'} of ${this.metric.name}, was ${JSON.stringify(labels)}`,
      )
    }
    const place = this.#admit(this, this.#slots)
    if (place === undefined) return this.#nowhere
    const { block, values, at } = place
    if (this.metric.initial === undefined) values[at] = NaN
    const labelValues = names.map((name) => labels[name] as string)
    this.series.push({ block, at, lineHeads: lineHeadsOf(this.metric, labelValues, this.#service) })
    const handle = handleAt(this.metric, values, at)
    this.#handles.set(key, handle)
    return handle
  }
}
