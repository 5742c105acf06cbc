import { randomBytes } from 'node:crypto'
import { topics, type KillSwitch } from '@triplane/contracts'
import { hashToken } from '@triplane/control'
import { verifyAudit } from '@triplane/storage'
import { describeWithDocker, startKafka, startPostgres } from '@triplane/testing/containers'
import pg from 'pg'
import { readAll } from './raw-kafka.ts'
import { buildApps, eagerStrategy, ordersOf, Stack, until } from './stack.ts'

const RUN_ID = 'e2e5e1f1'

describeWithDocker(['kafka', 'timescale'], 'a switch that heals', () => {
  const token = randomBytes(32).toString('base64url')
  const auditKey = randomBytes(32).toString('hex')
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let stack: Stack

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    ;[kafka, postgres] = await Promise.all([startKafka(), startPostgres('timescale')])
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(token)}`,
      TRIPLANE_AUDIT_KEY: auditKey,
      TRIPLANE_STRATEGY_KILL_SWITCHES_SILENCE_LIMIT_MS: '3000',
      TRIPLANE_STRATEGY_KILL_SWITCHES_RELEASE_AFTER_MS: '4000',
      TRIPLANE_STRATEGY_KILL_SWITCHES_MAX_RELEASES: '1',
    })
    await stack.startRun({ runId: RUN_ID, mode: 'live', venues: ['sim'], seed: 5 })
    stack.start()
    await until('a fill', async () => ((await ordersOf(stack.order))?.fills ?? 0) > 0, 120_000)
  }, 240_000)

  afterAll(async () => {
    await stack.remove()
    await Promise.all([kafka.remove(), postgres.remove()])
  }, 60_000)

  const stateNow = async () => (await ordersOf(stack.order))?.tradingState
  const isState = (state: string) => until(state, async () => (await stateNow()) === state, 60_000)

  async function changes(): Promise<readonly KillSwitch[]> {
    const events = await stack.withBus((bus) => readAll(bus, [topics.killSwitch], RUN_ID))
    return events.flatMap(({ event }) => (event.type === 'killSwitch' ? [event] : []))
  }

  it('stops trading while the data plane is gone, and goes on by itself when it is back', async () => {
    await stack.data.kill()
    await isState('halted')
    stack.data.start()
    await isState('active')
    const { fills } = (await ordersOf(stack.order)) ?? { fills: 0 }
    await until('trading again', async () => ((await ordersOf(stack.order))?.fills ?? 0) > fills, 120_000)
    expect(await changes()).toMatchObject([
      { switchType: 'stale_data', active: true },
      { switchType: 'stale_data', active: false, isSelfReleased: true },
    ])
    expect(await stack.strategy.metrics()).toMatch(
      /strategy_kill_switches_released_total\{[^}]*switch_type="stale_data"[^}]*\} 1\n/,
    )
  }, 240_000)

  it('is in the audit, once, though the order plane restarts and repeats it', async () => {
    await stack.order.kill()
    stack.order.start()
    await isState('active')
    const pool = new pg.Pool({ connectionString: postgres.url })
    try {
      const releases = () => pool.query("select who, why, before, after from audit_log where command = 'release'")
      await until('the row of the release', async () => ((await releases()).rowCount ?? 0) > 0, 60_000)
      expect((await releases()).rows).toEqual([
        {
          who: 'strategy-plane',
          why: 'Every source has been healthy for 4 s: release 1 of at most 1 within 3600 s',
          before: { tradingState: 'halted' },
          after: { tradingState: 'active', switchType: 'stale_data' },
        },
      ])
      expect(await verifyAudit(pool, Buffer.from(auditKey, 'hex'))).toMatchObject({ isIntact: true })
    } finally {
      await pool.end()
    }
  }, 180_000)

  it('latches when it has been released as often as it may, across a restart, until an operator re-arms it', async () => {
    await stack.strategy.stop()
    stack.strategy.start()
    await isState('active')
    await stack.data.kill()
    await until('a second trip', async () => (await changes()).length === 3, 60_000)
    stack.data.start()
    const why = (await changes()).at(-1)?.why
    expect(why).toContain('released by itself 1 times within 3600 s, now an operator has to')
    expect(await stateNow()).toBe('halted')
    const response = await fetch(`${stack.order.url}/control/rearm`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ why: 'exercise' }),
    })
    expect(response.status).toBe(200)
    await isState('active')
    expect((await changes()).at(-1)).toMatchObject({ active: false, why: 'ada: exercise' })
    expect((await changes()).at(-1)?.isSelfReleased).toBeUndefined()
  }, 180_000)
})
