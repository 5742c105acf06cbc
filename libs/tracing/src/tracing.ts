import type { SpanName } from './span-tree.ts'

/** The trace of an order. */
export interface TraceRef {
  /** 32 hex digits; empty when there is no tracing. */
  readonly traceId: string
  /** Whether its spans are kept. Build attributes only then. */
  readonly isSampled: boolean
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface SpanDetails {
  /** Tells spans of one name apart: the id of a fill. */
  readonly key?: string
  readonly attributes?: SpanAttributes
  /** Why what the span covers did not succeed. */
  readonly failure?: string
}

/** What became of the spans that were to be kept; `exported + failed + dropped + waiting` is all of them. */
export interface TracingStats {
  /** The collector has them. */
  readonly exported: number
  /** Given up: the collector did not take them in time. */
  readonly failed: number
  /** Refused: the queue was full, or tracing closed. */
  readonly dropped: number
  readonly waiting: number
}

/**
 * Traces of orders, told after the fact.
 *
 * Invariants
 * 1. Nothing here blocks, throws or rejects: a collector that is away costs spans, which are counted.
 * 2. A trace is of one order in one run; ids and sampling are pure functions of the two.
 */
export interface Tracing {
  /** The trace of an order. The header of its record, when there is one, decides whether it is sampled. */
  traceOf(intentId: string, traceparent?: string): TraceRef
  /** The header of a record that was sent within a span; undefined when there is no tracing. */
  traceparentOf(trace: TraceRef, name: SpanName): string | undefined
  /** Tells a finished span. Times are wall time, microseconds; one that ends before it starts, by another clock, is empty. */
  span(trace: TraceRef, name: SpanName, startUs: number, endUs: number, details?: SpanDetails): void
  stats(): TracingStats
  /** Sends what waits. */
  flush(): Promise<void>
  /** Flushes, then drops. Takes at most `exportTimeoutMs`. */
  close(): Promise<void>
}

export interface TracingOptions {
  /** Base URL of an OTLP/HTTP collector: http://127.0.0.1:4318. Without one there is no tracing, and it costs nothing. */
  readonly endpoint: string | undefined
  readonly runId: string
  /** Share of orders that are traced, 0-1. Default 1: decisions are rare. All planes have the same. */
  readonly sampleRatio?: number
  /** Spans that wait at most. Default 2048. */
  readonly maxWaiting?: number
  /** How long spans wait for others. Default 1000 ms. */
  readonly intervalMs?: number
  /** How long a collector may take for a batch, retries included. Default 3000 ms. */
  readonly exportTimeoutMs?: number
}
