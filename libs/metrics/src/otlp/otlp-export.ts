import type { HrTime } from '@opentelemetry/api'
import { hrTime } from '@opentelemetry/core'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import type { MetricSet } from '../metrics.ts'
import { metricDataOf } from './metric-data.ts'
import { createExpositionReader } from './read-exposition.ts'

export interface OtlpExportOptions {
  /** Where metrics are posted: http://127.0.0.1:4318/v1/metrics */
  readonly endpoint: string
  /** The time between two exports. */
  readonly everyMs: number
  /** Called with the first export that fails, and with undefined at the first success after it. */
  readonly onFault: (fault: Error | undefined) => void
}

export interface OtlpExport {
  /** Sends once more, then ends. Takes at most as long as one export. */
  close(): Promise<void>
}

/** Time limit of one export, its retries included. */
const TIMEOUT_MS = 5000

/**
 * Sends the content of `/metrics` to an OpenTelemetry collector, at intervals. Nothing waits for it; at most one export is in
 * flight, and values are cumulative, so the next one contains whatever a collector missed.
 */
export function startOtlpExport(
  metrics: Pick<MetricSet, 'service' | 'exposeParts'>,
  { endpoint, everyMs, onFault }: OtlpExportOptions,
): OtlpExport {
  const exporter = new OTLPMetricExporter({ url: endpoint, timeoutMillis: TIMEOUT_MS })
  const resource = resourceFromAttributes({ 'service.name': metrics.service })
  const startTime: HrTime = hrTime(0)
  let isFailing = false
  let underWay: Promise<void> | undefined

  /** Part by part: blocks the event loop for at most one of them. */
  async function send(): Promise<void> {
    const times = { startTime, endTime: hrTime() }
    const read = createExpositionReader()
    for (const part of await metrics.exposeParts()) {
      const exposed = read(part.toString()).filter(({ samples }) => samples.length > 0)
      if (exposed.length > 0) await post(exposed.map((one) => metricDataOf(one, times)))
    }
  }

  async function post(data: MetricData[]): Promise<void> {
    const scope = { name: 'triplane' }
    const { code, error } = await new Promise<{ readonly code: number; readonly error?: Error }>((resolve) =>
      exporter.export({ resource, scopeMetrics: [{ scope, metrics: data }] }, resolve),
    )
    if (code !== 0) throw error ?? new Error(`Expected ${endpoint} to take metrics, was refused`)
  }

  function tell(fault?: Error): void {
    if ((fault !== undefined) !== isFailing) onFault(fault)
    isFailing = fault !== undefined
  }

  function sendOnce(): Promise<void> {
    underWay ??= send()
      .then(
        () => tell(),
        (error: unknown) => tell(error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => (underWay = undefined))
    return underWay
  }

  const timer = setInterval(() => void sendOnce(), everyMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await underWay
      await sendOnce()
      await exporter.shutdown().catch(() => undefined)
    },
  }
}
