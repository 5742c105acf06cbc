import { randomBytes } from 'node:crypto'
import { topics, wire, type Fill } from '@triplane/contracts'
import { hashToken } from '@triplane/control'
import { describeWithDocker, startKafka, startPostgres } from '@triplane/testing/containers'
import { readAll, sendRaw } from './raw-kafka.ts'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

const RUN = 'e2etl001'

describeWithDocker(['kafka', 'timescale'], 'the ledgers of two services', () => {
  const token = randomBytes(32).toString('base64url')
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let stack: Stack
  let account: string

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane', 'cli')
    ;[kafka, postgres] = await Promise.all([startKafka(), startPostgres('timescale')])
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(token)}`,
      TRIPLANE_AUDIT_KEY: randomBytes(32).toString('hex'),
    })
    ;({ account } = await stack.startRun({ runId: RUN, mode: 'live', venues: ['sim'], seed: 5 }))
    stack.start()
    await until('3 fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) >= 3, 120_000)
  }, 240_000)

  afterAll(async () => {
    await stack.remove()
    await Promise.all([kafka.remove(), postgres.remove()])
  }, 60_000)

  const triplane = (...argv: string[]) => stack.triplane(token, argv)

  const valueOf = async (plane: typeof stack.order, series: RegExp) =>
    Number(new RegExp(`${series.source}[^}]*\\} (\\d+)`).exec(await plane.metrics())?.[1] ?? 0)
  const comparisons = (result: string) =>
    valueOf(stack.order, new RegExp(`orders_reconciliation_runs_total\\{[^}]*result="${result}"`))
  const differences = (kind: string) =>
    valueOf(stack.order, new RegExp(`orders_reconciliation_differences\\{[^}]*kind="${kind}"`))
  const refusedFills = () =>
    valueOf(stack.strategy, /triplane_stage_refused_total\{[^}]*stage="ledger"[^}]*reason="unknown_order"/)
  const stateIs = (state: string) =>
    until(state, async () => (await ordersOf(stack.order))?.tradingState === state, 60_000)

  /** Writes a fill behind the newest record of the order plane, as a thief of its password would. */
  async function forge(fields: (real: Fill) => Partial<Fill>): Promise<void> {
    const told = await stack.withBus((bus) => readAll(bus, [topics.fills], RUN))
    const fills = told.map(({ event }) => event).filter((event) => event.type === 'fill')
    const real = fills.findLast(({ fillId }) => !fillId.startsWith('forged'))
    const last = told.at(-1)?.event
    if (real === undefined || last === undefined) throw new Error('Expected a fill on the topic')
    const effectUs = (await runOf(stack.order))?.marketUs ?? real.effectUs
    const fill = { ...real, seq: last.seq + 1, effectUs, ...fields(real) }
    const headers = { run: RUN, producer: 'order-plane', seq: String(fill.seq), ts: String(Date.now() * 1000) }
    await sendRaw(kafka.brokers, topics.fills, { key: account, value: wire.encodeRecord([fill]), headers })
  }

  it('agree while they trade, and after kill -9 of each', async () => {
    await until('comparisons', async () => (await comparisons('ok')) >= 2)
    for (const plane of [stack.strategy, stack.order]) {
      await plane.kill()
      plane.start()
      await until('ready', async () => (await runOf(plane))?.isReady, 90_000)
    }
    const before = await comparisons('ok')
    await until('more comparisons', async () => (await comparisons('ok')) >= before + 2)
    expect(await comparisons('differences')).toBe(0)
  }, 240_000)

  it('hold no fill of an order that never was', async () => {
    expect((await triplane('halt', '--why', 'exercise')).code).toBe(0)
    await until('no open orders', async () => (await ordersOf(stack.order))?.open.length === 0)
    await forge(() => ({ fillId: 'forged-1', intentId: 'OFI-999999999' }))
    await until('a refusal', async () => (await refusedFills()) === 1)
    const before = await comparisons('ok')
    await until('more comparisons', async () => (await comparisons('ok')) >= before + 2)
    expect(await comparisons('differences')).toBe(0)
  }, 120_000)

  it('differ after a forged fill of a real order: only reducing, until the order plane’s is adopted', async () => {
    await forge(() => ({ fillId: 'forged-2', quantity: '0.2' }))
    await until('a difference', async () => (await differences('fill')) === 1 && (await differences('position')) === 1)
    expect((await triplane('resume', '--why', 'exercise')).code).toBe(0)
    await stateIs('reducing')
    await stack.order.kill()
    stack.order.start()
    await until('ready', async () => (await runOf(stack.order))?.isReady, 90_000)
    await stateIs('reducing')

    const adopted = await triplane('reconcile', '--adopt', '--why', 'a fill was forged')
    expect(adopted).toEqual({ code: 0, told: expect.stringContaining('Both planes own the same.') as string })
    await stateIs('active')
    expect([await differences('fill'), await differences('position')]).toEqual([0, 0])
    const fills = (await ordersOf(stack.order))?.fills ?? 0
    await until('more fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) > fills, 120_000)
    expect(await differences('fill')).toBe(0)
  }, 240_000)
})
