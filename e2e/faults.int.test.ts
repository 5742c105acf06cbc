import { topics, type Event, type Fill, type OrderEvent, type OrderIntent, type Run } from '@triplane/contracts'
import { describeWithDocker, startKafka, startPostgres, startRedis } from '@triplane/testing/containers'
import pg from 'pg'
import { poisonEveryTopic, readAll, sendAgain } from './raw-kafka.ts'
import { buildApps, eagerStrategy, oneTruth, ordersOf, runOf, Stack, until } from './stack.ts'

/** Long enough for clients to notice, and for requests in flight to time out. */
const OUTAGE_MS = 20_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** The value of a counter, summed over its series. */
function counted(text: string, name: string, ...labels: readonly string[]): number {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((one) => line.includes(one)))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

describeWithDocker(['kafka', 'timescale', 'redis'], 'faults of a live stack', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let redis: Awaited<ReturnType<typeof startRedis>>
  let stack: Stack
  let run: Run

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    ;[kafka, postgres, redis] = await Promise.all([startKafka(), startPostgres('timescale'), startRedis()])
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      TRIPLANE_STATE_SNAPSHOT_EVERY_MS: '2000',
      TRIPLANE_LIVENESS_STRATEGY_SILENCE_MS: '3000',
      // Refusals must not depend on how fast the stack starts: a limit of three orders a second is soon exceeded. With one a
      // second there would be too few fills for a partial one within four minutes.
      TRIPLANE_ORDER_RISK_MAX_ORDERS: '3',
    })
    run = await stack.startRun({ runId: 'e2efa001', mode: 'live', venues: ['sim'], seed: 7 })
    stack.start()
    await trades(20)
  }, 240_000)

  afterAll(async () => {
    await stack.remove()
    await Promise.all([kafka.remove(), postgres.remove(), redis.remove()])
  }, 60_000)

  const orders = async () =>
    (await ordersOf(stack.order)) ?? { fills: 0, partialFills: 0, open: [], denied: {}, counts: {} }

  /** Waits for `more` fills. */
  async function trades(more: number): Promise<void> {
    const before = (await orders()).fills
    await until(`${more} more fills`, async () => (await orders()).fills >= before + more, 120_000)
  }

  /** Waits for a working order, so that the fault meets one in flight. */
  const inFlight = () => until('an order in flight', async () => (await orders()).open.length > 0)

  it('has traded before the first fault: fills, a partial one, a refusal, a cancel', async () => {
    await until(
      'all kinds of ends',
      async () => {
        const { fills, partialFills, denied, counts } = await orders()
        const denials = Object.values(denied).reduce((sum, count) => sum + count, 0)
        return fills >= 20 && partialFills > 0 && denials > 0 && (counts as Record<string, number>)['cancelled']! > 0
      },
      240_000,
    )
  }, 250_000)

  it.each(['order', 'strategy', 'data'] as const)(
    'continues after kill -9 of the %s plane',
    async (name) => {
      await inFlight()
      await stack[name].kill()
      expect(stack[name].isRunning).toBe(false)
      await sleep(1000)
      stack[name].start()
      await until(`the ${name} plane ready`, async () => (await runOf(stack[name]))?.isReady)
      await trades(3)
    },
    180_000,
  )

  it('reduces while the strategy plane is gone, and recovers by itself', async () => {
    await stack.strategy.kill()
    await until('reducing', async () => (await ordersOf(stack.order))?.tradingState === 'reducing', 30_000)
    stack.strategy.start()
    await until('active', async () => (await ordersOf(stack.order))?.tradingState === 'active', 60_000)
    await trades(1)
  }, 180_000)

  it('continues after the broker was stopped for 20 s', async () => {
    await inFlight()
    kafka.stop()
    await sleep(OUTAGE_MS)
    const health = await fetch(`${stack.order.url}/ready`)
    expect(health.status).toBe(503)
    expect(counted(await stack.order.metrics(), 'triplane_ready')).toBe(0)
    kafka.start()
    await trades(3)
    await until('ready', async () => counted(await stack.order.metrics(), 'triplane_ready') === 1, 30_000)
  }, 240_000)

  it('keeps trading while Postgres is stopped for 20 s, and stores everything afterwards', async () => {
    await inFlight()
    const before = await orders()
    postgres.stop()
    await sleep(OUTAGE_MS)
    expect((await orders()).fills).toBeGreaterThan(before.fills)
    const health = (await (await fetch(`${stack.order.url}/health`)).json()) as { failed_checks?: string[] }
    expect(health.failed_checks).toContain('database')
    const planes = [stack.data, stack.strategy, stack.order]
    const spilled = async () => {
      const texts = await Promise.all(planes.map((plane) => plane.metrics()))
      return texts.map((text) => counted(text, 'triplane_storage_spilled_bytes'))
    }
    for (const bytes of await spilled()) expect(bytes).toBeGreaterThan(0)
    postgres.start()
    const pool = new pg.Pool({ connectionString: postgres.url })
    pool.on('error', () => undefined)
    try {
      await until(
        'every fill in the database',
        async () => {
          const { rows } = await pool
            .query<{ count: string }>('select count(*) from fills where run_id = $1', [run.runId])
            .catch(() => ({ rows: [] }))
          return Number(rows[0]?.count ?? -1) >= (await orders()).fills - 3 && Number(rows[0]?.count) > before.fills
        },
        90_000,
      )
      await until('nothing waits on the disk', async () => (await spilled()).every((bytes) => bytes === 0), 60_000)
      for (const plane of planes) expect(counted(await plane.metrics(), 'triplane_storage_lost_rows_total')).toBe(0)
    } finally {
      await pool.end()
    }
  }, 240_000)

  it('keeps trading while Redis is stopped', async () => {
    redis.stop()
    await trades(3)
    const health = (await (await fetch(`${stack.strategy.url}/health`)).json()) as { degraded_checks?: string[] }
    expect(health.degraded_checks).toContain('redis')
    redis.start()
  }, 180_000)

  it('refuses records that are not events, on every topic, and counts them', async () => {
    const refused = async () => {
      const texts = await Promise.all(stack.planes.map((plane) => plane.metrics()))
      return texts.reduce((sum, text) => sum + counted(text, 'triplane_stage_refused_total', 'stage="decode"'), 0)
    }
    const before = await refused()
    expect(await poisonEveryTopic(kafka.brokers)).toBeGreaterThan(50)
    // Five topics of each of the two planes that read others, four records on each.
    await until('the refusals counted', async () => (await refused()) >= before + 4 * (5 + 5), 60_000)
    await trades(3)
    for (const plane of stack.planes) expect(plane.isRunning).toBe(true)
  }, 180_000)

  it('deduplicates every message that is delivered twice', async () => {
    const duplicates = async () => {
      const runs = await Promise.all([stack.order, stack.strategy].map(runOf))
      return runs.reduce((sum, status) => sum + (status?.duplicates ?? 0), 0)
    }
    const before = await duplicates()
    let sent = 0
    for (const topic of [topics.fills, topics.orders, topics.intents, topics.killSwitch, topics.market])
      sent += await sendAgain(kafka.brokers, topic)
    expect(sent).toBeGreaterThan(100)
    await until('the duplicates dropped', async () => (await duplicates()) > before + 100, 60_000)
    await trades(3)
  }, 240_000)

  it('has lost no fill, booked none twice, sent no order twice and none past its validity', async () => {
    // Ends the market, so that both ledgers reach the same state.
    await stack.data.stop()
    let last = -1
    await until(
      'no more fills',
      async () => {
        const { fills } = await orders()
        const isQuiet = fills === last
        last = fills
        await sleep(1500)
        return isQuiet
      },
      60_000,
    )
    const all = await stack.withBus((bus) => readAll(bus, [topics.intents, topics.orders, topics.fills], run.runId))
    const once = new Map<string, Event>()
    for (const { record, event } of all) {
      const id = `${record.producer} ${event.seq}`
      // A repeated event, from a restart or from the test, is identical to the last field.
      if (once.has(id)) expect(event).toEqual(once.get(id))
      once.set(id, event)
    }
    const events = [...once.values()]
    const fills = events.filter((event): event is Fill => event.type === 'fill')
    expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(fills.length)
    expect(fills.length).toBe((await orders()).fills)

    const held = new Map<string, number>()
    for (const { instrument, side, quantity } of fills)
      held.set(instrument, (held.get(instrument) ?? 0) + (side === 'BUY' ? 1 : -1) * Number(quantity))
    for (const plane of [stack.order, stack.strategy]) {
      const account = await plane.get<{ positions: { instrument: string; quantity: string }[] }>('/status/positions')
      for (const { instrument, quantity } of account?.positions ?? [])
        expect(Number(quantity)).toBeCloseTo(held.get(instrument) ?? 0, 6)
    }

    const validUntil = new Map(
      events
        .filter((event): event is OrderIntent => event.type === 'orderIntent')
        .map(({ intentId, validUntilUs }) => [intentId, validUntilUs]),
    )
    const submitted = events.filter(
      (event): event is OrderEvent => event.type === 'orderEvent' && event.state === 'submitted',
    )
    expect(submitted.length).toBeGreaterThan(20)
    expect(new Set(submitted.map(({ intentId }) => intentId)).size).toBe(submitted.length)
    for (const { intentId, tsStateUs } of submitted) expect(tsStateUs).toBeLessThan(validUntil.get(intentId) ?? 0)
  }, 180_000)

  it('tells one truth on the topics, in the database and in both ledgers; a row that was changed by hand is named', async () => {
    const pool = new pg.Pool({ connectionString: postgres.url })
    const reconcile = () => stack.reconcile({ DATABASE_URL: postgres.url })
    const change = (sql: string) => pool.query<{ fill_id: string }>(`${sql} returning fill_id`, [run.runId])
    const newest = '(select fill_id from fills where run_id = $1 order by fills.seq desc limit 1)'
    try {
      expect(await reconcile()).toEqual(oneTruth)
      const { rows } = await change(
        `update fills set quantity = quantity * 2 where run_id = $1 and fill_id = ${newest}`,
      )
      const [{ fill_id: fillId }] = rows as [{ fill_id: string }]
      const changed = await reconcile()
      expect(changed.code).toBe(1)
      expect(changed.differences).toContainEqual(
        expect.objectContaining({ kind: 'fill', id: fillId, detail: expect.stringContaining('quantity') }),
      )
      await change(`delete from fills where run_id = $1 and fill_id = ${newest}`)
      const deleted = await reconcile()
      expect(deleted.code).toBe(1)
      expect(deleted.differences).toContainEqual(
        expect.objectContaining({ kind: 'fill', id: fillId, detail: 'on the topic, not in the database' }),
      )
    } finally {
      await pool.end()
    }
  }, 240_000)
})
