import { invariant } from '@triplane/kernel'
import { formatTraceparent, parseTraceparent } from './traceparent.ts'
import { isSampledAt, spanIdOf, traceIdOf } from './trace-ids.ts'
import { spanTree } from './span-tree.ts'
import type { TraceRef, Tracing, TracingOptions, TracingStats } from './tracing.ts'

const noTrace: TraceRef = Object.freeze({ traceId: '', isSampled: false })
const noStats: TracingStats = Object.freeze({ exported: 0, failed: 0, dropped: 0, waiting: 0 })
const done = Promise.resolve()

/** Disabled tracing. Its calls return constants and allocate nothing. */
export const noTracing: Tracing = Object.freeze({
  traceOf: () => noTrace,
  traceparentOf: () => undefined,
  span: () => undefined,
  stats: () => noStats,
  flush: () => done,
  close: () => done,
})

/** Builds tracing for a run; without an endpoint, `noTracing`. The exporter (100 ms, 16 MB) is loaded only if needed. */
export async function createTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint, runId, sampleRatio = 1 } = options
  invariant(sampleRatio >= 0 && sampleRatio <= 1, 'sampleRatio is within 0-1', sampleRatio)
  if (endpoint === undefined || endpoint === '' || sampleRatio === 0) return noTracing
  const { createSpanQueue } = await import('./span-queue.ts')
  const queue = createSpanQueue({ ...options, endpoint })

  return {
    traceOf(intentId, header) {
      const traceId = traceIdOf(runId, intentId)
      const sent = parseTraceparent(header)
      const isSampled = sent?.traceId === traceId ? sent.isSampled : isSampledAt(sampleRatio, traceId)
      return { traceId, isSampled }
    },
    traceparentOf({ traceId, isSampled }, name) {
      if (traceId === '') return undefined
      return formatTraceparent({ traceId, spanId: spanIdOf(traceId, name), isSampled })
    },
    span({ traceId, isSampled }, name, startUs, endUs, { key, attributes = {}, failure } = {}) {
      if (!isSampled) return
      const { parent, kind, service } = spanTree[name]
      queue.add({
        traceId,
        spanId: spanIdOf(traceId, name, key),
        parentId: parent === undefined ? undefined : spanIdOf(traceId, parent),
        name,
        kind,
        service,
        startUs,
        endUs: Math.max(startUs, endUs),
        attributes,
        failure,
      })
    },
    stats: () => queue.stats(),
    flush: () => queue.flush(),
    close: () => queue.close(),
  }
}
