// Tracing
export { createTracing } from './create-tracing.ts'
// At the edges of planes
export { traceDecision } from './decision-spans.ts'
export { OrderSpans } from './order-spans.ts'
