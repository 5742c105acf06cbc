import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startTraceCollector, testStartUs as t, type ReceivedSpan } from '@triplane/testing'
import type { TracingOptions, TracingStats } from '../src/tracing.ts'

jest.setTimeout(60_000)

let collector: Awaited<ReturnType<typeof startTraceCollector>>
beforeEach(async () => {
  collector = await startTraceCollector()
})
afterEach(() => collector.close())

const root = join(__dirname, '../../..')
const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')

/** Runs a process that reports spans; returns its counts. Its standard error must be empty. */
async function plane(deed: string, options: Partial<TracingOptions> = {}, endpoint = collector.endpoint) {
  const script = join(__dirname, 'plane-process.ts')
  const args = [tsx, script, endpoint, deed, JSON.stringify(options)]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 30_000 })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as TracingStats
}

const ns = (afterUs: number) => `${t + afterUs}000`

/** Service, name, parent's name, start and end of each span, in order of time. */
function treeOf(spans: readonly ReceivedSpan[]) {
  const nameOf = new Map(spans.map(({ spanId, name }) => [spanId, name]))
  return spans
    .map(({ service, name, parentSpanId, startTimeUnixNano, endTimeUnixNano }) => {
      const parent = parentSpanId === undefined ? 'root' : (nameOf.get(parentSpanId) ?? 'unknown')
      return [service, name, parent, startTimeUnixNano, endTimeUnixNano]
    })
    .sort(([, , , a], [, , , b]) => Number(BigInt(a ?? 0) - BigInt(b ?? 0)))
}

describe('one trace from frame to fill', () => {
  it('joins the spans of three planes from two processes', async () => {
    const counted = await Promise.all([plane('strategy'), plane('order')])
    expect(treeOf(collector.spans)).toEqual([
      ['data-plane', 'frame', 'root', ns(0), ns(100)],
      ['strategy-plane', 'decide', 'frame', ns(700), ns(800)],
      ['order-plane', 'risk+submit', 'decide', ns(1500), ns(1600)],
      ['order-plane', 'acknowledge', 'risk+submit', ns(1600), ns(2000)],
      ['order-plane', 'fill', 'acknowledge', ns(2000), ns(9000)],
      ['order-plane', 'fill', 'acknowledge', ns(9000), ns(9500)],
    ])
    const traces = new Set(collector.spans.map(({ traceId }) => traceId))
    expect([traces.size, new Set(collector.spans.map(({ spanId }) => spanId)).size]).toEqual([1, 6])
    for (const span of collector.spans) expect(span).toMatchObject({ runId: 'run-1', status: { code: 0 } })
    expect(collector.spans.find(({ name }) => name === 'fill')?.attributes).toMatchObject({
      'triplane.intent_id': 'OFI-1',
      'triplane.symbol': 'BTC/USDT',
      'triplane.fill_id': 'OFI-1/1',
      'triplane.quantity': '0.04',
    })
    expect(collector.paths).toContain('/v1/traces')
    expect(counted.map(({ exported }) => exported)).toEqual([2, 4])
  })

  it('shows a denial as failed, and no negative time', async () => {
    await plane('denied')
    expect(collector.spans).toMatchObject([
      { name: 'risk+submit', status: { code: 2, message: 'price_collar' }, startTimeUnixNano: ns(1) },
    ])
    expect(collector.spans[0]?.endTimeUnixNano).toBe(ns(1))
  })

  it('is kept for a share of the orders, the same in every process', async () => {
    const [one, other] = [await plane('crowd', { sampleRatio: 0.3 }), await plane('crowd', { sampleRatio: 0.3 })]
    expect(one.exported).toBeGreaterThan(10)
    expect(one.exported).toBeLessThan(60)
    expect([other.exported, collector.spans.length]).toEqual([one.exported, 2 * one.exported])
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(one.exported)
  })
})

describe('a collector', () => {
  it('gets spans again after it was busy', async () => {
    collector.answers.push(503)
    expect(await plane('crowd')).toEqual({ exported: 100, failed: 0, dropped: 0, waiting: 0 })
    expect([collector.paths.length, collector.spans.length]).toEqual([2, 100])
  })

  it('that is missing costs spans, which are counted', async () => {
    const counted = await plane('crowd', { exportTimeoutMs: 100, maxWaiting: 40 }, 'http://127.0.0.1:1')
    expect(counted).toEqual({ exported: 0, failed: 40, dropped: 60, waiting: 0 })
  })

  it('that never answers costs spans, which are counted, including those in flight at the end', async () => {
    collector.answers.push('none')
    // Ninety make a batch, which is in flight when the process ends.
    const counted = await plane('crowd', { exportTimeoutMs: 200, maxWaiting: 90 })
    expect(counted).toEqual({ exported: 0, failed: 90, dropped: 10, waiting: 0 })
    expect(collector.paths).toEqual(['/v1/traces'])
  })
})
