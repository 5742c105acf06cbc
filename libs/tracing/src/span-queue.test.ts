import { ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import { createSpanQueue, type FinishedSpan } from './span-queue.ts'

type OnResult = Parameters<SpanExporter['export']>[1]

const aSpan: FinishedSpan = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentId: undefined,
  name: 'frame',
  kind: 'producer',
  service: 'data-plane',
  startUs: 1_723_127_400_000_001,
  endUs: 1_723_127_400_999_999,
  attributes: {},
  failure: undefined,
}

/** A queue whose exporter records its batches and answers on the test's command. */
function aQueue(maxWaiting: number) {
  const batches: ReadableSpan[][] = []
  const results: OnResult[] = []
  const exporter = {
    export(spans: ReadableSpan[], onResult: OnResult) {
      batches.push(spans)
      results.push(onResult)
    },
    shutdown: () => Promise.resolve(),
  }
  const queue = createSpanQueue({ endpoint: '', runId: 'run-1', maxWaiting, intervalMs: 60_000, exporter })
  const add = (count: number) => {
    for (let i = 0; i < count; i++) queue.add(aSpan)
  }
  const answer = (code: ExportResultCode) => results.splice(0).forEach((onResult) => onResult({ code }))
  return { queue, add, answer, batches }
}

describe('the queue of spans', () => {
  it('is bounded, spans in flight included, and counts the outcome of each', async () => {
    const { queue, add, answer, batches } = aQueue(10)
    add(6)
    const flushed = queue.flush()
    add(6)
    expect(queue.stats()).toEqual({ exported: 0, failed: 0, dropped: 2, waiting: 10 })
    answer(ExportResultCode.SUCCESS)
    await flushed
    expect(queue.stats()).toEqual({ exported: 6, failed: 0, dropped: 2, waiting: 4 })
    const closed = queue.close()
    add(1)
    while (batches.length < 2) await new Promise(setImmediate)
    answer(ExportResultCode.FAILED)
    await closed
    expect(queue.stats()).toEqual({ exported: 6, failed: 4, dropped: 3, waiting: 0 })
    expect(batches.map((batch) => batch.length)).toEqual([6, 4])
  })

  it('keeps times to the microsecond', async () => {
    const { queue, add, answer, batches } = aQueue(10)
    add(1)
    const flushed = queue.flush()
    answer(ExportResultCode.SUCCESS)
    await flushed
    expect(batches[0]?.[0]).toMatchObject({
      startTime: [1_723_127_400, 1000],
      endTime: [1_723_127_400, 999_999_000],
      duration: [0, 999_998_000],
    })
  })
})
