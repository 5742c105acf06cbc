// Tracing
export {
  createTracing,
  noTracing,
  type SpanAttributes,
  type SpanDetails,
  type TraceRef,
  type Tracing,
  type TracingOptions,
  type TracingStats,
} from './tracing.ts'
export { spanTree, type SpanName } from './span-tree.ts'
export { TracingError } from './tracing-error.ts'
// At the edges of planes
export { traceDecision, type DecisionTimes } from './decision-spans.ts'
export { OrderSpans } from './order-spans.ts'
// The header of a record
export { formatTraceparent, parseTraceparent, type Traceparent } from './traceparent.ts'
