import { SpanKind, SpanStatusCode, TraceFlags, type HrTime } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { US_PER_SECOND } from '@triplane/kernel'
import { TracingError } from './tracing-error.ts'
import type { SpanAttributes, TracingOptions, TracingStats } from './tracing.ts'

/** A finished span. */
export interface FinishedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly name: string
  readonly kind: 'producer' | 'consumer' | 'client'
  readonly service: string
  readonly startUs: number
  readonly endUs: number
  readonly attributes: SpanAttributes
  readonly failure: string | undefined
}

export interface SpanQueue {
  add(span: FinishedSpan): void
  stats(): TracingStats
  flush(): Promise<void>
  close(): Promise<void>
}

export interface SpanQueueOptions extends TracingOptions {
  readonly endpoint: string
  /** Replaces the exporter of the endpoint. Must report a result for each batch, at once or later. */
  readonly exporter?: SpanExporter
}

const MAX_BATCH = 512
const kinds = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT }

/** Sends spans to a collector in batches, in the background. Throws TracingError when the endpoint is not a URL. */
export function createSpanQueue(options: SpanQueueOptions): SpanQueue {
  const { runId, maxWaiting = 2048, intervalMs = 1000, exportTimeoutMs = 3000 } = options
  const exporter = options.exporter ?? otlpExporter(options.endpoint, exportTimeoutMs)
  let waiting = 0
  let exported = 0
  let failed = 0
  let dropped = 0
  let closed = false
  /** The exporter, with its results counted. */
  const counted: SpanExporter = {
    export(spans, onResult) {
      exporter.export(spans, (result) => {
        waiting -= spans.length
        if (result.code === ExportResultCode.SUCCESS) exported += spans.length
        else failed += spans.length
        onResult(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
  const processor = new BatchSpanProcessor(counted, {
    // `add` bounds and counts the waiting spans, including those in flight.
    maxQueueSize: maxWaiting,
    maxExportBatchSize: Math.min(MAX_BATCH, maxWaiting),
    scheduledDelayMillis: intervalMs,
    // The exporter has its own time-out; this one must be longer, or batches would overlap.
    exportTimeoutMillis: 2 * exportTimeoutMs,
  })
  const resources = new Map<string, Resource>()

  function resourceOf(service: string): Resource {
    let resource = resources.get(service)
    if (!resource) {
      const attributes = { 'service.namespace': 'triplane', 'service.name': service, 'triplane.run_id': runId }
      resource = resourceFromAttributes(attributes)
      resources.set(service, resource)
    }
    return resource
  }

  /** Sends the waiting spans and waits for those already in flight. Failures are counted, never thrown. */
  async function flush(): Promise<void> {
    await Promise.allSettled([processor.forceFlush(), exporter.forceFlush?.()])
  }

  return {
    add(span) {
      if (closed || waiting >= maxWaiting) {
        dropped++
        return
      }
      waiting++
      processor.onEnd(readable(span, resourceOf(span.service)))
    },
    stats: () => ({ exported, failed, dropped, waiting }),
    flush,
    async close() {
      closed = true
      await flush()
      await Promise.allSettled([processor.shutdown()])
    },
  }
}

function otlpExporter(endpoint: string, timeoutMillis: number): SpanExporter {
  return new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis })
}

/** The collector's URL for traces: OTEL_EXPORTER_OTLP_ENDPOINT is the base of all signals. */
function tracesUrl(endpoint: string): string {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new TracingError(
      `Expected the OTLP endpoint to be like http://127.0.0.1:4318, was ${JSON.stringify(endpoint)}`,
    )
  }
  return `${endpoint.replace(/\/+$/, '')}/v1/traces`
}

const hrTime = (us: number): HrTime => [Math.floor(us / US_PER_SECOND), Math.floor(us % US_PER_SECOND) * 1000]

function readable(span: FinishedSpan, resource: Resource): ReadableSpan {
  const { traceId, spanId, parentId, name, kind, startUs, endUs, attributes, failure } = span
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
  return {
    name,
    kind: kinds[kind],
    spanContext: () => context,
    ...(parentId !== undefined && { parentSpanContext: { ...context, spanId: parentId, isRemote: true } }),
    startTime: hrTime(startUs),
    endTime: hrTime(endUs),
    duration: hrTime(endUs - startUs),
    status: failure === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failure },
    attributes: { ...attributes },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'triplane' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}
