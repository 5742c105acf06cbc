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
  /** From one export to the next. */
  readonly everyMs: number
  /** Told of the first export that fails, and with undefined of the first that succeeds after it. */
  readonly onFault: (fault: Error | undefined) => void
}

export interface OtlpExport {
  /** Sends once more, then ends. Takes as long as one export at most. */
  close(): Promise<void>
}

/** How long a collector may take for one export, its retries included. */
const TIMEOUT_MS = 5000

/**
 * Sends what `/metrics` shows to an OpenTelemetry collector, at intervals. Nothing waits for it; one export is under way at
 * most, and values are cumulative, so what a collector missed is in the next one.
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

  /** Part by part: the event loop stands for one of them at most. */
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
