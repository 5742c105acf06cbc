import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { hashToken } from '@triplane/control'
import { describeWithDocker, startKafka, startPostgres, startRedis } from '@triplane/testing/containers'
import { scanRecords, verifyAudit } from '@triplane/storage'
import pg from 'pg'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

interface Answer {
  readonly accepted: boolean
  readonly tradingState?: string
  readonly persisted?: boolean
  readonly audited?: boolean
  readonly reason?: string
}

describeWithDocker(['kafka', 'timescale', 'redis'], 'the emergency stop', () => {
  const token = randomBytes(32).toString('base64url')
  const auditKey = randomBytes(32).toString('hex')
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let redis: Awaited<ReturnType<typeof startRedis>>
  let stack: Stack

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    ;[kafka, postgres, redis] = await Promise.all([startKafka(), startPostgres('timescale'), startRedis()])
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(token)}`,
      TRIPLANE_AUDIT_KEY: auditKey,
    })
    await stack.startRun({ runId: 'e2eha001', mode: 'live', venues: ['sim'], seed: 5 })
    stack.start()
    await until('20 fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) >= 20, 120_000)
  }, 240_000)

  afterAll(async () => {
    await stack.remove()
    await Promise.all([kafka.remove(), postgres.remove(), redis.remove()])
  }, 60_000)

  async function command(name: string, bearer = token): Promise<Answer & { readonly status: number }> {
    const response = await fetch(`${stack.order.url}/control/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ why: 'exercise' }),
      signal: AbortSignal.timeout(10_000),
    })
    return { status: response.status, ...((await response.json()) as Answer) }
  }
  const stateNow = async () => (await ordersOf(stack.order))?.tradingState

  it('refuses a wrong token, and counts it', async () => {
    expect(await command('halt', 'guess')).toMatchObject({ status: 401, accepted: false })
    expect(await stateNow()).toBe('active')
    const text = await stack.order.metrics()
    expect(text).toMatch(/triplane_stage_refused_total\{[^}]*reason="wrong_token"[^}]*\} 1\n/)
  }, 30_000)

  it.each(['data', 'strategy', 'order'] as const)(
    'lets an operator profile the %s plane, and no one else',
    async (plane) => {
      const profile = (bearer: string) =>
        fetch(`${stack[plane].url}/control/profile?kind=cpu&seconds=1`, {
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}` },
          signal: AbortSignal.timeout(20_000),
        })
      expect((await profile('guess')).status).toBe(401)
      const response = await profile(token)
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ nodes: expect.anything(), samples: expect.anything() })
    },
    60_000,
  )

  it('halts with Kafka, Redis, Postgres, the strategy and the data plane all down, and cancels working orders', async () => {
    await until('an order in flight', async () => ((await ordersOf(stack.order))?.open.length ?? 0) > 0, 60_000)
    await Promise.all([stack.strategy.kill(), stack.data.kill()])
    kafka.kill()
    redis.kill()
    postgres.kill()
    const ready = await fetch(`${stack.order.url}/ready`, { signal: AbortSignal.timeout(10_000) })
    expect(ready.status).toBe(503)

    const answer = await command('halt')
    expect(answer).toMatchObject({
      status: 200,
      accepted: true,
      tradingState: 'halted',
      persisted: true,
      audited: false,
    })
    expect(await stateNow()).toBe('halted')
    await until('no order working', async () => (await ordersOf(stack.order))?.open.length === 0, 30_000)
    // A loosening command waits for its audit row, which cannot be committed now.
    expect(await command('resume')).toMatchObject({ status: 503, accepted: false })
    expect(await stateNow()).toBe('halted')
  }, 120_000)

  it('is still halted after kill -9 and a start with everything back', async () => {
    await stack.order.kill()
    for (const server of [kafka, redis, postgres]) server.start()
    stack.start()
    await until('the order plane ready', async () => (await runOf(stack.order))?.isReady, 120_000)
    expect(await stateNow()).toBe('halted')
    const { fills } = (await ordersOf(stack.order)) ?? { fills: -1 }
    await new Promise((resolve) => setTimeout(resolve, 5000))
    expect((await ordersOf(stack.order))?.fills).toBe(fills)
  }, 180_000)

  it('trades again when an operator resumes, which is audited first', async () => {
    await until('a resume accepted', async () => (await command('resume')).accepted, 60_000)
    // The strategy plane re-arms the manual switch, which its own copy of the halt had tripped.
    await until('active', async () => (await stateNow()) === 'active', 60_000)
    const { fills } = (await ordersOf(stack.order)) ?? { fills: 0 }
    await until('a fill', async () => ((await ordersOf(stack.order))?.fills ?? 0) > fills, 120_000)
  }, 240_000)

  it('lets wrong tokens hold up nobody, and has them in log and audit', async () => {
    const guesses = await Promise.all(Array.from({ length: 30 }, () => command('resume', 'guess')))
    expect(guesses.map(({ status }) => status)).toEqual(expect.arrayContaining([401, 429]))
    expect(await command('resume')).toMatchObject({ status: 200, accepted: true, audited: true })
    expect(stack.order.log().join('\n')).toMatch(/"A request was refused".*"address":"127\.0\.0\.1"/)
    // A clean end leaves the rows of the minute under way to the next process.
    await stack.order.stop()
    stack.order.start()
    await until('the order plane ready', async () => (await runOf(stack.order))?.isReady, 120_000)
    const pool = new pg.Pool({ connectionString: postgres.url })
    try {
      const refused = () => pool.query("select who, why, outcome from audit_log where command = 'refused'")
      await until('the row of the guesses', async () => ((await refused()).rowCount ?? 0) > 0, 60_000)
      expect((await refused()).rows.at(-1)).toEqual({
        who: '127.0.0.1',
        why: expect.stringMatching(
          /^30 requests refused within a minute: wrong_token \d+, rate_limited \d+$/,
        ) as string,
        outcome: 'refused',
      })
    } finally {
      await pool.end()
    }
  }, 180_000)

  it.each(['data', 'strategy', 'order'] as const)(
    'answers no foreign name or page on the port of the %s plane',
    async (plane) => {
      const statusOf = (headers: Readonly<Record<string, string>>) =>
        new Promise<number | undefined>((resolve, reject) => {
          request(`${stack[plane].url}/metrics`, { headers, agent: false }, (response) => {
            response.resume().on('end', () => resolve(response.statusCode))
          })
            .on('error', reject)
            .end()
        })
      expect(await statusOf({ host: 'evil.example' })).toBe(403)
      expect(await statusOf({ host: 'localhost', origin: 'http://evil.example' })).toBe(403)
      expect(await statusOf({ host: 'evil.example', authorization: `Bearer ${token}` })).toBe(200)
      expect(await statusOf({ host: 'host.docker.internal:8000' })).toBe(200)
    },
    30_000,
  )

  it('left an unbroken chain of audit rows, in which a changed, a missing and a cut row are found', async () => {
    const key = Buffer.from(auditKey, 'hex')
    const pool = new pg.Pool({ connectionString: postgres.url })
    try {
      const { rows } = await pool.query<{ link: string; command: string; who: string; mac: string }>(
        'select link::text, command, who, mac from audit_log order by link',
      )
      expect(rows.map(({ command: name }) => name)).toEqual(expect.arrayContaining(['halt', 'resume']))
      const ordered = rows.filter(({ command: name }) => name !== 'refused')
      expect(new Set(ordered.map(({ who }) => who))).toEqual(new Set(['ada']))
      const newest = { link: Number(rows.at(-1)?.link), mac: rows.at(-1)?.mac ?? '' }
      const intact = await verifyAudit(pool, key, newest)
      expect(intact.problems).toEqual([])

      await pool.query("update audit_log set why = 'another' where link = 1")
      expect((await verifyAudit(pool, key, newest)).problems).not.toEqual([])
      await pool.query("update audit_log set why = 'exercise' where link = 1")
      expect((await verifyAudit(pool, key, newest)).problems).toEqual([])
      await pool.query('delete from audit_log where link = $1', [newest.link])
      expect((await verifyAudit(pool, key, newest)).problems).not.toEqual([])
    } finally {
      await pool.end()
    }
  }, 60_000)

  it('is suspended, halted, when its saved run is damaged or lost, and continues in a new run', async () => {
    const suspended = () =>
      until('the order plane suspended', async () => (await runOf(stack.order))?.phase === 'suspended', 120_000)
    const folder = join(stack.folder, 'order-plane', 'e2eha001', 'order-plane')
    const segments = () => readdirSync(folder).filter((name) => name.startsWith('input-'))
    const newest = () =>
      join(
        folder,
        segments()
          .sort((a, b) => Number.parseInt(a.slice(6)) - Number.parseInt(b.slice(6)))
          .at(-1) ?? '',
      )
    await until('some turns in the log', () => scanRecords(readFileSync(newest())).length > 10)
    await stack.order.kill()
    const log = newest()
    const bytes = readFileSync(log)
    const third = bytes.indexOf('TPR', bytes.indexOf('TPR', 1) + 1) + 12
    bytes[third] = (bytes[third] as number) ^ 1
    writeFileSync(log, bytes)
    stack.order.start()
    await suspended()
    expect((await runOf(stack.order))?.why).toMatch(/Expected whole records in input-\d+\.log, was record 3 damaged/)
    expect(await ordersOf(stack.order)).toBeUndefined()
    expect(await stack.order.metrics()).toMatch(/^orders_trading_state\{.*state="halted".*\} 1$/m)
    expect((await fetch(`${stack.order.url}/health`)).status).toBe(503)
    expect(await command('halt')).toMatchObject({ status: 200, accepted: true, persisted: true })

    await stack.order.kill()
    rmSync(folder, { recursive: true })
    stack.order.start()
    await suspended()
    expect((await runOf(stack.order))?.why).toMatch(/No snapshot and no input log of run e2eha001/)

    await stack.startRun({ runId: 'e2eha002', mode: 'live', venues: ['sim'], seed: 6 })
    await until('the new run', async () => {
      const run = await runOf(stack.order)
      return run?.runId === 'e2eha002' && run.isReady
    })
    expect(await stateNow()).toBe('halted')
  }, 240_000)
})
