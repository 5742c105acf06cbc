import { createTracing, noTracing } from './create-tracing.ts'
import type { TracingOptions } from './tracing.ts'

const aTracing = (options: Partial<TracingOptions> = {}) =>
  createTracing({ endpoint: 'http://127.0.0.1:1', runId: 'run-1', ...options })

describe('tracing that is off', () => {
  it.each([
    ['without an endpoint', { endpoint: undefined }],
    ['with an empty endpoint', { endpoint: '' }],
    ['when nothing is sampled', { sampleRatio: 0 }],
  ])('is one frozen object %s', async (_, options) => {
    expect(await aTracing(options)).toBe(noTracing)
    expect(Object.isFrozen(noTracing)).toBe(true)
  })

  it('allocates nothing: every call returns the same', async () => {
    const trace = noTracing.traceOf('OFI-1')
    expect(trace).toBe(noTracing.traceOf('OFI-2', 'anything'))
    expect(trace).toEqual({ traceId: '', isSampled: false })
    expect(noTracing.traceparentOf(trace, 'decide')).toBeUndefined()
    expect(noTracing.span(trace, 'decide', 0, 1)).toBeUndefined()
    expect(noTracing.stats()).toBe(noTracing.stats())
    expect(noTracing.flush()).toBe(noTracing.close())
  })

  it('does not load the exporter', async () => {
    const createSpanQueue = jest.fn()
    const load = jest.fn(() => ({ createSpanQueue }))
    jest.doMock('./span-queue.ts', load)
    await aTracing({ endpoint: undefined })
    expect(load).not.toHaveBeenCalled()
    await aTracing()
    expect([load.mock.calls.length, createSpanQueue.mock.calls.length]).toEqual([1, 1])
    jest.dontMock('./span-queue.ts')
    jest.resetModules()
  })
})

describe('traces', () => {
  it('are the same in every process of a run', async () => {
    const [one, other, later] = [await aTracing(), await aTracing(), await aTracing({ runId: 'run-2' })]
    expect(one.traceOf('OFI-1')).toEqual(other.traceOf('OFI-1'))
    expect(one.traceparentOf(one.traceOf('OFI-1'), 'decide')).toBe(
      other.traceparentOf(other.traceOf('OFI-1'), 'decide'),
    )
    expect(one.traceOf('OFI-1').traceId).not.toBe(later.traceOf('OFI-1').traceId)
  })

  it('are sampled according to the header of their own record, whatever the local ratio', async () => {
    const [all, few] = [await aTracing(), await aTracing({ sampleRatio: 1e-9 })]
    const header = all.traceparentOf(all.traceOf('OFI-1'), 'decide')
    expect([few.traceOf('OFI-1').isSampled, few.traceOf('OFI-1', header).isSampled]).toEqual([false, true])
    expect(few.traceOf('OFI-2', header).isSampled).toBe(false)
    const unsampled = few.traceparentOf(few.traceOf('OFI-1'), 'decide')
    expect(all.traceOf('OFI-1', unsampled).isSampled).toBe(false)
  })

  it('refuse an invalid endpoint or ratio', async () => {
    for (const endpoint of ['collector:4318', 'grpc://collector:4317', 'nonsense']) {
      await expect(aTracing({ endpoint })).rejects.toMatchObject({ name: 'TracingError', code: 'bad_endpoint' })
    }
    await expect(aTracing({ sampleRatio: 1.1 })).rejects.toThrow('Invariant: sampleRatio is within 0-1, was 1.1')
  })
})
