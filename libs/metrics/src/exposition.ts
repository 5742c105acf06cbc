import { labelName, type MetricDefinition } from './definition.ts'
import type { StoreCopy } from './series-store.ts'
import type { Utf8Text } from './utf8-text.ts'

/**
 * The Prometheus text format 0.0.4, byte for byte that of prom-client 15: labels in the order of the definition, the `service`
 * label after them; in a histogram's buckets `le`, then `service`, then the labels.
 */
export const TEXT_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * The exposition of one series: the beginning of each of its lines, up to the value, as UTF-8, and the place of its numbers.
 */
export interface ExposedSeries {
  readonly block: number
  readonly at: number
  readonly lineHeads: readonly Uint8Array[]
}

/** The two lines above a metric's series. */
export function metricHead({ name, help, type }: MetricDefinition): Uint8Array {
  return Buffer.from(`# HELP ${name} ${escape(help)}\n# TYPE ${name} ${type}\n`)
}

/** The line heads of the series with these label values, given in the order of the definition. */
export function lineHeadsOf(
  metric: MetricDefinition,
  labelValues: readonly string[],
  service: string,
): readonly Uint8Array[] {
  return lineHeadTextsOf(metric, labelValues, service).map((head) => Buffer.from(head))
}

function lineHeadTextsOf(metric: MetricDefinition, labelValues: readonly string[], service: string): string[] {
  const { name, buckets } = metric
  const own = metric.labels.map((label, i) => `${labelName(label)}="${escapeLabel(labelValues[i] as string)}"`)
  const constant = `service="${escapeLabel(service)}"`
  if (metric.type !== 'histogram') return [`${name}{${[...own, constant].join(',')}} `]
  const shared = [constant, ...own].join(',')
  return [
    ...buckets.map((bound) => `${name}_bucket{le="${bound}",${shared}} `),
    `${name}_bucket{le="+Inf",${shared}} `,
    `${name}_sum{${shared}} `,
    `${name}_count{${shared}} `,
  ]
}

/** Adds the lines of one series; none for a gauge without a value. */
export function addSeries({ block, at, lineHeads }: ExposedSeries, copy: StoreCopy, text: Utf8Text): void {
  const values = copy[block]!
  if (lineHeads.length === 1) {
    const value = values[at]!
    if (!Number.isNaN(value)) text.addLine(lineHeads[0]!, value)
    return
  }
  const bounds = lineHeads.length - 3
  const sum = values[at + bounds]!
  const count = values[at + bounds + 1]!
  let below = 0
  for (let i = 0; i < bounds; i++) {
    below += values[at + i]!
    text.addLine(lineHeads[i]!, below)
  }
  text.addLine(lineHeads[bounds]!, count)
  text.addLine(lineHeads[bounds + 1]!, sum)
  text.addLine(lineHeads[bounds + 2]!, count)
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return /[\\\n"]/.test(text) ? escape(text).replaceAll('"', '\\"') : text
}
