import type { Run } from '@triplane/contracts'
import { startTraceCollector } from '@triplane/testing'
import { describeWithDocker, startKafka, startPostgres } from '@triplane/testing/containers'
import pg from 'pg'
import { buildApps, eagerStrategy, ordersOf, Stack, until } from './stack.ts'

/** Service, name and the parent's name of the spans of a filled order. */
const whole = [
  ['data-plane', 'frame', 'none'],
  ['strategy-plane', 'decide', 'frame'],
  ['order-plane', 'risk+submit', 'decide'],
  ['order-plane', 'acknowledge', 'risk+submit'],
  ['order-plane', 'fill', 'acknowledge'],
]

describeWithDocker(['kafka', 'timescale'], 'traces of three planes', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let collector: Awaited<ReturnType<typeof startTraceCollector>>
  let stack: Stack
  let run: Run
  let pool: pg.Pool

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    ;[kafka, postgres, collector] = await Promise.all([startKafka(), startPostgres('timescale'), startTraceCollector()])
    pool = new pg.Pool({ connectionString: postgres.url })
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      TRIPLANE_TRACING_SAMPLE_RATIO: '1',
    })
    run = await stack.startRun({ runId: 'e2etr001', mode: 'live', venues: ['sim'], seed: 7 })
    stack.start()
    await until('5 fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) >= 5, 120_000)
  }, 240_000)

  afterAll(async () => {
    await stack?.remove()
    await pool?.end()
    await collector?.close()
    await Promise.all([kafka?.remove(), postgres?.remove()])
  }, 60_000)

  /** The spans of a trace at the collector, each kind once, in the order of `whole`. */
  function treeOf(traceId: string): string[][] {
    const spans = collector.spans.filter((span) => span.traceId === traceId)
    const nameOf = new Map(spans.map(({ spanId, name }) => [spanId, name]))
    const branches = spans.map(({ service, name, parentSpanId }) => [
      service,
      name,
      parentSpanId ? (nameOf.get(parentSpanId) ?? 'unknown') : 'none',
    ])
    const once = [...new Map(branches.map((branch) => [branch.join(), branch])).values()]
    const place = (branch: readonly string[]) => whole.findIndex(([, name]) => name === branch[1])
    return once.sort((a, b) => place(a) - place(b))
  }

  it('join the spans of all three from the frame to the fill', async () => {
    const fill = await until('the span of a fill', () => collector.spans.find(({ name }) => name === 'fill'))
    // Each plane sends at its own interval.
    await until('the whole trace', () => treeOf(fill.traceId).length >= whole.length)
    expect(treeOf(fill.traceId)).toEqual(whole)
    const intents = collector.spans
      .filter(({ traceId }) => traceId === fill.traceId)
      .map(({ runId, attributes }) => [runId, attributes['triplane.intent_id']])
    expect(new Set(intents.map(String))).toEqual(
      new Set([`${run.runId},${String(fill.attributes['triplane.intent_id'])}`]),
    )
  }, 90_000)

  it('are named beside the slowest fills in the database', async () => {
    const slowest = await until('the slowest fills', async () => {
      const { rows } = await pool.query<{ fill_id: string; intent_id: string; trace_id: string | null }>(
        'select fill_id, intent_id, trace_id from slowest_fills where run_id = $1 order by total_us desc limit 5',
        [run.runId],
      )
      return rows.length > 0 && rows
    })
    for (const { fill_id: fillId, intent_id: intentId, trace_id: traceId } of slowest) {
      const span = await until(`the span of fill ${fillId}`, () =>
        collector.spans.find(({ name, attributes }) => name === 'fill' && attributes['triplane.fill_id'] === fillId),
      )
      expect([span.attributes['triplane.intent_id'], span.traceId]).toEqual([intentId, traceId])
      await until('the whole trace', () => treeOf(span.traceId).length >= whole.length)
      expect(treeOf(span.traceId)).toEqual(whole)
    }
  }, 120_000)
})
