import { topics, wire, type Event, type Topic } from '@triplane/contracts'
import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { anOrderIntent, aQuote } from '@triplane/testing'
import type { PlaneProcess } from './plane-process.ts'
import { sendRaw } from './raw-kafka.ts'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

const yearUs = 365 * 86_400 * 1_000_000
const PAUSE_MS = 8000

describeWithDocker(['kafka'], 'what cannot be, and a plane that was paused', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let stack: Stack
  let account: string

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    kafka = await startKafka()
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      TRIPLANE_KAFKA_MARKET_PARTITIONS: '1',
      // Less than a pause: what a plane slept through must not look like silence of the market.
      TRIPLANE_STRATEGY_KILL_SWITCHES_SILENCE_LIMIT_MS: String(PAUSE_MS - 2000),
    })
    ;({ account } = await stack.startRun({ runId: 'e2eim001', mode: 'live', venues: ['sim'], seed: 5 }))
    stack.start()
    await stack.traded()
  }, 240_000)

  afterAll(async () => {
    await stack.remove()
    await kafka.remove()
  }, 60_000)

  /** Writes an event with the headers that its owner would write. */
  const forge = (topic: Topic, producer: string, key: string, event: Event) =>
    sendRaw(kafka.brokers, topic, {
      key,
      value: wire.encodeRecord([event]),
      headers: { run: 'e2eim001', producer, seq: String(event.seq), ts: String(Date.now() * 1000) },
    })

  /** How many records a plane has refused for a reason since it started. */
  async function refused(plane: PlaneProcess, reason: string): Promise<number> {
    const text = await plane.metrics()
    return Number(
      new RegExp(`triplane_stage_refused_total\\{[^}]*reason="${reason}"[^}]*\\} (\\d+)`).exec(text)?.[1] ?? 0,
    )
  }

  /** Waits for three more fills. */
  async function trades(): Promise<void> {
    const before = (await ordersOf(stack.order))?.fills ?? 0
    await until('three more fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) >= before + 3, 120_000)
  }

  const hasTripped = async () => /strategy_kill_switch_active\{[^}]*\} 1\n/.test(await stack.strategy.metrics())

  it('does not move market time by a quote of next year, then or after a restart', async () => {
    const quote = aQuote({ seq: 1, tsRecvUs: Date.now() * 1000 + yearUs })
    await forge(topics.market, 'data-plane', 'data-plane', { ...quote, seq: 1e9 })
    const both = [stack.strategy, stack.order]
    for (const plane of both) await until('a refusal', async () => (await refused(plane, 'time_ahead')) === 1)
    await trades()
    for (const plane of both) {
      await plane.kill()
      plane.start()
      await until('ready', async () => (await runOf(plane))?.isReady, 120_000)
    }
    await trades()
    for (const plane of both) expect((await runOf(plane))?.marketUs).toBeLessThan(Date.now() * 1000 + 5_000_000)
  }, 300_000)

  it('hears the strategy plane after an intent with the last sequence there is', async () => {
    const { fills = 0 } = (await ordersOf(stack.order)) ?? {}
    await forge(
      topics.intents,
      'strategy-plane',
      account,
      anOrderIntent({ seq: 2 ** 53 - 2, effectUs: Date.now() * 1000 }),
    )
    await until('a refusal', async () => (await refused(stack.order, 'sequence_ahead')) === 1)
    await trades()
    expect((await ordersOf(stack.order))?.fills).toBeGreaterThanOrEqual(fills + 3)
  }, 180_000)

  it.each(['strategy', 'order'] as const)(
    'trips nothing in a pause of the %s plane, and goes on',
    async (name) => {
      const pid = stack[name].pid as number
      process.kill(pid, 'SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      process.kill(pid, 'SIGCONT')
      const said = (text: string) => stack[name].log().some((line) => line.includes(text))
      await until('what was missed is read', () => said('What was missed in a pause is read'))
      expect(said('The plane was paused')).toBe(true)
      await until('active', async () => (await ordersOf(stack.order))?.tradingState === 'active')
      await trades()
      expect(await hasTripped()).toBe(false)
      if (name === 'order') expect(said('The order plane was paused')).toBe(true)
    },
    180_000,
  )

  it('only reduces once a sequence that is not too far ahead makes duplicates of what the strategy plane says', async () => {
    const forged = anOrderIntent({ seq: 1e9, effectUs: Date.now() * 1000 })
    await forge(topics.intents, 'strategy-plane', account, forged)
    await until('it said', () => stack.order.log().some((line) => line.includes('Not heard')))
    expect((await ordersOf(stack.order))?.tradingState).toBe('reducing')
  }, 120_000)
})
