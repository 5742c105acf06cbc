import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMetrics } from '../metrics.ts'
import { openOtlpExport } from './open-otlp-export.ts'
import { createExpositionReader } from './read-exposition.ts'

/** A metric as a collector receives it: opentelemetry-proto, metrics/v1, in its JSON encoding. */
interface Received {
  readonly name: string
  readonly description: string
  readonly sum?: {
    readonly isMonotonic: boolean
    readonly aggregationTemporality: number
    readonly dataPoints: Point[]
  }
  readonly gauge?: { readonly dataPoints: Point[] }
  readonly histogram?: { readonly aggregationTemporality: number; readonly dataPoints: HistogramPoint[] }
}
interface Attributes {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[]
}
type Point = Attributes & { readonly asDouble: number; readonly timeUnixNano: string }
type HistogramPoint = Attributes & {
  readonly bucketCounts: readonly number[]
  readonly explicitBounds: readonly number[]
  readonly sum: number
  readonly count: number
}
interface Post {
  readonly path: string | undefined
  readonly service: string | undefined
  readonly metrics: readonly Received[]
}

const labelsOf = ({ attributes }: Attributes) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))

describe('metrics by OTLP', () => {
  const posts: Post[] = []
  let status = 200
  let refused = 0
  let server: Server

  beforeEach(async () => {
    posts.length = 0
    status = 200
    refused = 0
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => (body += String(part)))
      request.on('end', () => {
        const [first] = (JSON.parse(body) as { resourceMetrics: never[] }).resourceMetrics as readonly {
          resource: Attributes
          scopeMetrics: readonly { metrics: readonly Received[] }[]
        }[]
        const { 'service.name': service } = labelsOf(first?.resource ?? { attributes: [] })
        if (status === 200) posts.push({ path: request.url, service, metrics: first?.scopeMetrics[0]?.metrics ?? [] })
        else refused++
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`
  const someMetrics = () => {
    const instruments = [{ source: 'sim', exchange: 'sim', symbol: 'A"B\\C' }]
    const metrics = createMetrics('data_plane', { instruments })
    metrics.ticksReceived.inc({ source: 'sim', exchange: 'sim', symbol: 'A"B\\C' }, 7)
    metrics.feedConnected.set({ source: 'sim' }, 1)
    for (const seconds of [0.0005, 0.003, 0.003, 9]) {
      metrics.freshness.observe({ source: 'sim', exchange: 'sim', symbol: 'A"B\\C' }, seconds)
    }
    return metrics
  }

  it('match /metrics: counters as sums, gauges, and histograms by bucket', async () => {
    const metrics = someMetrics()
    const text = await metrics.expose()
    const otlp = await openOtlpExport(metrics, { endpoint: endpoint(), everyMs: 3_600_000, onFault: () => undefined })
    await otlp?.close()
    expect(posts.length).toBeGreaterThan(0)
    for (const post of posts) expect(post).toMatchObject({ path: '/v1/metrics', service: 'data_plane' })
    const byName = new Map(posts.flatMap(({ metrics }) => metrics).map((metric) => [metric.name, metric]))
    const shown = createExpositionReader()(text).filter(({ samples }) => samples.length > 0)
    expect([...byName.keys()]).toEqual(expect.arrayContaining(shown.map(({ name }) => name)))

    const labels = { source: 'sim', exchange: 'sim', symbol: 'A"B\\C', service: 'data_plane' }
    const ticks = byName.get('data_ticks_received_total')
    expect(ticks?.sum).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 })
    expect(ticks?.description).toBe('Tick events received.')
    expect(ticks?.sum?.dataPoints.map((point) => [labelsOf(point), point.asDouble])).toEqual([[labels, 7]])
    expect(byName.get('data_feed_connected')?.gauge?.dataPoints.map(({ asDouble }) => asDouble)).toEqual([1])
    const [freshness] = byName.get('data_freshness_seconds')?.histogram?.dataPoints ?? []
    expect(freshness && labelsOf(freshness)).toEqual(labels)
    expect(freshness).toMatchObject({
      explicitBounds: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
      bucketCounts: [1, 2, 0, 0, 0, 0, 0, 0, 0, 1],
      count: 4,
    })
    expect(freshness?.sum).toBeCloseTo(9.0065)
  })

  it("are sent at intervals; a collector's refusal is reported once, and so is its recovery", async () => {
    const told: string[] = []
    const onFault = (fault: Error | undefined) => void told.push(fault ? 'failed' : 'ok')
    status = 400
    const otlp = await openOtlpExport(someMetrics(), { endpoint: endpoint(), everyMs: 20, onFault })
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await until(() => refused > 1)
    status = 200
    await until(() => posts.length > 2)
    await otlp?.close()
    expect(told).toEqual(['failed', 'ok'])
  })

  it('are not sent without an endpoint', async () => {
    const options = { endpoint: undefined, everyMs: 20, onFault: () => undefined }
    expect(await openOtlpExport(someMetrics(), options)).toBeUndefined()
  })
})

it('reads parts: a metric whose lines continue in the next part appears again', () => {
  const read = createExpositionReader()
  expect(read('# HELP a b\n# TYPE a counter\na{of="1"} 2\n')).toEqual([
    { name: 'a', help: 'b', type: 'counter', samples: [{ name: 'a', labels: { of: '1' }, value: 2 }] },
  ])
  expect(read('a{of="2"} 3\n\n# HELP c d\n# TYPE c gauge\nc 4\n')).toEqual([
    { name: 'a', help: 'b', type: 'counter', samples: [{ name: 'a', labels: { of: '2' }, value: 3 }] },
    { name: 'c', help: 'd', type: 'gauge', samples: [{ name: 'c', labels: {}, value: 4 }] },
  ])
})

it('refuses an invalid line', () => {
  expect(() => createExpositionReader()('# HELP a b\n# TYPE a counter\na{b="c"}\n')).toThrow(
    /Expected a line of an exposition/,
  )
})
