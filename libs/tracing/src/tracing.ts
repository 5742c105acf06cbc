import type { SpanName } from './span-tree.ts'

/** The trace of an order. */
export interface TraceRef {
  /** 32 hex digits; empty without tracing. */
  readonly traceId: string
  /** Whether its spans are kept. Build attributes only then. */
  readonly isSampled: boolean
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface SpanDetails {
  /** Distinguishes spans of one name: the id of a fill. */
  readonly key?: string
  readonly attributes?: SpanAttributes
  /** Why the operation of the span failed. */
  readonly failure?: string
}

/** Outcomes of the sampled spans, of which there are `exported + failed + dropped + waiting`. */
export interface TracingStats {
  /** Accepted by the collector. */
  readonly exported: number
  /** Given up: the collector did not accept them in time. */
  readonly failed: number
  /** Refused: the queue was full, or tracing closed. */
  readonly dropped: number
  readonly waiting: number
}

/**
 * Traces of orders, reported after the fact.
 *
 * Invariants
 * 1. Nothing here blocks, throws or rejects: without a collector spans are lost, and counted.
 * 2. A trace belongs to one order in one run; ids and sampling are pure functions of the two.
 */
export interface Tracing {
  /** The trace of an order. The header of its record, if there is one, decides whether it is sampled. */
  traceOf(intentId: string, traceparent?: string): TraceRef
  /** The header of a record sent within a span; undefined without tracing. */
  traceparentOf(trace: TraceRef, name: SpanName): string | undefined
  /** Reports a finished span. Times are wall time, microseconds; one that ends before it starts, by another clock, is empty. */
  span(trace: TraceRef, name: SpanName, startUs: number, endUs: number, details?: SpanDetails): void
  stats(): TracingStats
  /** Sends the waiting spans. */
  flush(): Promise<void>
  /** Flushes, then drops new spans. Takes at most `exportTimeoutMs`. */
  close(): Promise<void>
}

export interface TracingOptions {
  /** Base URL of an OTLP/HTTP collector: http://127.0.0.1:4318. Without one tracing is off and costs nothing. */
  readonly endpoint: string | undefined
  readonly runId: string
  /** Share of orders that are traced, 0-1. Default 1: decisions are rare. Must be the same in all planes. */
  readonly sampleRatio?: number
  /** Most waiting spans. Default 2048. */
  readonly maxWaiting?: number
  /** How long spans wait to be sent together. Default 1000 ms. */
  readonly intervalMs?: number
  /** How long a collector may take for a batch, retries included. Default 3000 ms. */
  readonly exportTimeoutMs?: number
}
