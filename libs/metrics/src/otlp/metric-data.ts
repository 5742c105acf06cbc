import { ValueType, type HrTime } from '@opentelemetry/api'
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import type { ExposedMetric, Sample } from './read-exposition.ts'

/** The times that all points of an export share. */
interface Times {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

/** A metric in OpenTelemetry's form, under the same name: counters are sums that count from `startTime`. */
export function metricDataOf({ name, help, type, samples }: ExposedMetric, times: Times): MetricData {
  const descriptor = { name, description: help, unit: '', valueType: ValueType.DOUBLE }
  const shared = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE } as const
  if (type === 'histogram') {
    const dataPoints = histogramsOf(name, samples).map((point) => ({ ...times, ...point }))
    return { ...shared, dataPointType: DataPointType.HISTOGRAM, dataPoints }
  }
  const dataPoints = samples.map(({ labels, value }) => ({ ...times, attributes: labels, value }))
  return type === 'counter'
    ? { ...shared, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...shared, dataPointType: DataPointType.GAUGE, dataPoints }
}

interface Histogram {
  readonly boundaries: number[]
  /** Observations at or below each bound; the last is the total. */
  readonly below: number[]
  sum: number
  count: number
}

/** Combines the lines of each histogram. Prometheus counts up to each bound, OpenTelemetry between two bounds. */
function histogramsOf(name: string, samples: readonly Sample[]) {
  const histograms = new Map<string, Histogram & { readonly attributes: Readonly<Record<string, string>> }>()
  for (const { name: line, labels, value } of samples) {
    const { le, ...attributes } = labels
    const key = JSON.stringify(attributes, Object.keys(attributes).sort())
    let histogram = histograms.get(key)
    if (!histogram) histograms.set(key, (histogram = { attributes, boundaries: [], below: [], sum: 0, count: 0 }))
    if (line === `${name}_sum`) histogram.sum = value
    else if (line === `${name}_count`) histogram.count = value
    else {
      histogram.below.push(value)
      if (le !== '+Inf') histogram.boundaries.push(Number(le))
    }
  }
  return [...histograms.values()].map(({ attributes, boundaries, below, sum, count }) => {
    const counts = below.map((value, i) => value - (below[i - 1] ?? 0))
    return { attributes, value: { buckets: { boundaries, counts }, sum, count } }
  })
}
