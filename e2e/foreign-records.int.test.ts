import { randomBytes } from 'node:crypto'
import { topics, wire, type Event, type Topic } from '@triplane/contracts'
import { hashToken } from '@triplane/control'
import { describeWithDocker, startKafka, startPostgres } from '@triplane/testing/containers'
import { aKillSwitch, anOperatorCommand, aQuote, aRun } from '@triplane/testing'
import { sendRaw } from './raw-kafka.ts'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

const yearUs = 365 * 86_400 * 1_000_000

describeWithDocker(['kafka', 'timescale'], 'records that their topic’s owner did not write', () => {
  const token = randomBytes(32).toString('base64url')
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let stack: Stack
  let account: string

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    ;[kafka, postgres] = await Promise.all([startKafka(), startPostgres('timescale')])
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(token)}`,
      TRIPLANE_AUDIT_KEY: randomBytes(32).toString('hex'),
    })
    ;({ account } = await stack.startRun({ runId: 'e2efo001', mode: 'live', venues: ['sim'], seed: 5 }))
    stack.start()
    await stack.traded()
  }, 240_000)

  afterAll(async () => {
    await stack.remove()
    await Promise.all([kafka.remove(), postgres.remove()])
  }, 60_000)

  /** Writes an event, or nothing under a key, with the headers that a producer of ours would write. */
  const forge = (
    topic: Topic,
    producer: string,
    event: Event | undefined,
    { runId = 'e2efo001', key = account } = {},
  ) =>
    sendRaw(kafka.brokers, topic, {
      key,
      value: event === undefined ? null : wire.encodeRecord([event]),
      headers: { run: runId, producer, seq: String(event?.seq ?? 1), ts: String(Date.now() * 1000) },
    })

  const command = async (name: string) => {
    const response = await fetch(`${stack.order.url}/control/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ why: 'exercise' }),
      signal: AbortSignal.timeout(10_000),
    })
    return response.status
  }
  /** Asks a plane to take a quote of long ago, as a dead letter has it. */
  const redrive = async (plane: typeof stack.order, topic: Topic) => {
    const raw = Buffer.from(JSON.stringify([aQuote({ seq: 1 })]))
    const of = { topic: topic.name, partition: 0, offset: 1, key: 'data-plane', runId: 'e2efo001' }
    const record = { ...of, producer: 'data-plane', bytes: raw.length, raw: raw.toString('base64') }
    const response = await fetch(`${plane.url}/control/redrive`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ record, why: 'exercise' }),
      signal: AbortSignal.timeout(10_000),
    })
    const { events, reason } = (await response.json()) as { readonly events?: number; readonly reason?: string }
    return response.status === 200 ? events : reason
  }
  const stateNow = async () => (await ordersOf(stack.order))?.tradingState
  const stateIs = (state: string) => until(state, async () => (await stateNow()) === state)
  /** How many foreign records a plane has refused since it started. */
  const refusedBy = async (plane: typeof stack.order) => {
    const line = /triplane_stage_refused_total\{[^}]*reason="foreign_record"[^}]*\} (\d+)/.exec(await plane.metrics())
    return Number(line?.[1] ?? 0)
  }
  const isActive = async (switchType: string) =>
    new RegExp(`strategy_kill_switch_active\\{[^}]*switch_type="${switchType}"[^}]*\\} 1\\n`).test(
      await stack.strategy.metrics(),
    )

  it.each([
    ['of another run', { runId: 'another' }, { seq: 1, effectUs: 1 }],
    ['below the mark, a year behind', {}, { seq: 1, effectUs: Date.now() * 1000 - yearUs }],
    ['with the last sequence there is, a year ahead', {}, { seq: 2 ** 53 - 2, effectUs: Date.now() * 1000 + yearUs }],
  ])(
    'halt all the same where they are halts: %s',
    async (_, where, fields) => {
      await forge(topics.halts, 'poison', anOperatorCommand({ ...fields, command: 'halt', who: 'poison' }), where)
      await stateIs('halted')
      await until('the manual switch', () => isActive('manual'))
      expect(await command('resume')).toBe(200)
      await stateIs('active')
      // A copy of it changes nothing.
      await forge(topics.halts, 'poison', anOperatorCommand({ ...fields, command: 'halt', who: 'poison' }), where)
      const fills = (await ordersOf(stack.order))?.fills ?? 0
      await until('more fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) > fills)
      expect(await stateNow()).toBe('active')
    },
    120_000,
  )

  it('redrive nothing into a market that is traded', async () => {
    expect(await redrive(stack.order, topics.market)).toContain('Expected trading to be halted, was active')
  })

  it('loosen nothing: resume, re-arm, a switch off, a deleted switch, a run; each plane says so, and after a restart too', async () => {
    expect(await command('halt')).toBe(200)
    await stateIs('halted')
    await until('the manual switch', () => isActive('manual'))
    const before = [await refusedBy(stack.strategy), await refusedBy(stack.order)]
    const seq = Date.now() * 1000
    for (const order of ['resume', 'rearm'] as const) {
      const event = anOperatorCommand({ seq, effectUs: 1, command: order, who: 'poison' })
      await forge(topics.commands, 'poison', event)
      await forge(topics.commands, 'strategy-plane.edge', event)
      await forge(topics.halts, 'order-plane.edge', event)
    }
    const off = aKillSwitch({ seq: 2 ** 53 - 2, switchType: 'manual', active: false })
    await forge(topics.killSwitch, 'order-plane.edge', off, { key: `${account}/manual` })
    await forge(topics.killSwitch, 'strategy-plane', undefined, { key: `${account}/manual` })
    const forged = aRun({ runId: 'forged', account, mode: 'live', venues: ['sim'], positions: [] })
    await forge(topics.runs, 'poison', forged, { runId: 'forged', key: 'forged' })
    await until('refusals of the strategy plane', async () => (await refusedBy(stack.strategy)) >= (before[0] ?? 0) + 7)
    await until('refusals of the order plane', async () => (await refusedBy(stack.order)) >= (before[1] ?? 0) + 9)
    expect(await stateNow()).toBe('halted')
    expect(await isActive('manual')).toBe(true)

    // A market record is taken once, while trading is halted; a restart remembers it.
    for (const plane of [stack.order, stack.strategy]) {
      expect(await redrive(plane, topics.market)).toBe(1)
      expect(await redrive(plane, topics.market)).toBe(0)
      expect(await redrive(plane, topics.fills)).toContain(`Expected a record of ${topics.market.name}, was of`)
    }
    await Promise.all([stack.order.kill(), stack.strategy.kill()])
    stack.order.start()
    stack.strategy.start()
    await until('both planes ready', async () =>
      (await Promise.all([stack.order, stack.strategy].map(runOf))).every((run) => run?.isReady),
    )
    expect((await runOf(stack.order))?.runId).toBe('e2efo001')
    expect(await stateNow()).toBe('halted')
    expect(await isActive('manual')).toBe(true)

    for (const plane of [stack.order, stack.strategy]) expect(await redrive(plane, topics.market)).toBe(0)

    // The one that may loosens, after the audit row.
    expect(await command('resume')).toBe(200)
    await stateIs('active')
    await until('the switch off', async () => !(await isActive('manual')))
  }, 240_000)
})
