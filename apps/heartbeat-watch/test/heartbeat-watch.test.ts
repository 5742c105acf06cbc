import { topics } from '@triplane/contracts'
import { nextTurn } from '@triplane/async'
import { ok } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { createMemoryBus } from '@triplane/messaging'
import { aHeartbeat, readExposition, testStartUs } from '@triplane/testing'
import { heartbeatWatch } from '../src/heartbeat-watch.ts'

const planes = ['data-plane', 'strategy-plane', 'order-plane'] as const

/** The watch on a bus in memory, with a clock that the test advances. */
async function watching() {
  const time = { seconds: 100 }
  const clock = { nowUs: () => testStartUs + time.seconds * 1e6, monotonicUs: () => time.seconds * 1e6 }
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  const logger = createLogger({ service: 'heartbeat_watch', destination, clock })
  const bus = Object.assign(createMemoryBus({ nowUs: clock.nowUs }), { ping: async () => undefined })
  const { metrics, parts } = heartbeatWatch.parts(
    heartbeatWatch.config({}),
    { logger, clock },
    { connect: async () => bus, decode: (record) => ok(record.events) },
  )
  const stopping = new AbortController()
  const works = parts.map(async ({ run }) => run?.(stopping.signal))
  const producers = new Map(planes.map((plane) => [plane, bus.producer({ name: `${plane}.edge`, runId: 'run' })]))
  let seq = 0
  // Until the watch is connected.
  await nextTurn()
  return {
    bus,
    lines,
    /** Advances the time and sends a heartbeat of these planes; then the watch checks, as it does twice a second. */
    async pass(seconds: number, ...beating: readonly (typeof planes)[number][]) {
      time.seconds += seconds
      for (const plane of beating) {
        const stage = plane.replace('-plane', '')
        producers.get(plane)?.send(topics.heartbeats, stage, [aHeartbeat({ seq: ++seq, stage })])
      }
      await nextTurn()
      await jest.advanceTimersByTimeAsync(500)
    },
    async value(name: string, plane: string) {
      const family = readExposition(await metrics.expose()).find((one) => one.name === name)
      return family?.samples.find(({ labels }) => labels['plane'] === plane)?.value
    },
    async checks() {
      const checks = parts.flatMap((part) => Object.entries(part.checks ?? {}))
      const results = checks.map(async ([name, check]) => {
        const { check: judge, failsAs } = typeof check === 'function' ? { check, failsAs: undefined } : check
        return [name, { ...(await judge()), failsAs }] as const
      })
      return Object.fromEntries(await Promise.all(results))
    },
    async stop() {
      stopping.abort()
      await Promise.all(works)
    },
  }
}

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }))
afterEach(() => void jest.useRealTimers())

describe('heartbeat-watch', () => {
  it("shows the age of each plane's heartbeat, and misses none that arrives", async () => {
    const watch = await watching()
    await watch.pass(1, ...planes)
    await watch.pass(3, 'data-plane')
    expect(await watch.value('heartbeat_watch_age_seconds', 'data-plane')).toBe(0)
    expect(await watch.value('heartbeat_watch_age_seconds', 'order-plane')).toBe(3)
    expect(await watch.value('heartbeat_watch_missed_total', 'order-plane')).toBe(0)
    expect((await watch.checks())['heartbeats']).toMatchObject({ healthy: true })
    await watch.stop()
  })

  it('logs, counts and shows a missing heartbeat, and its return', async () => {
    const watch = await watching()
    await watch.pass(1, ...planes)
    for (let i = 0; i < 6; i++) await watch.pass(1, 'data-plane', 'strategy-plane')
    expect(watch.lines.filter(({ level }) => level === 'WARNING')).toMatchObject([
      { message: 'A heartbeat is missing', plane: 'order-plane', silence_seconds: 5 },
    ])
    expect(await watch.value('heartbeat_watch_missed_total', 'order-plane')).toBe(1)
    expect((await watch.checks())['heartbeats']).toEqual({
      healthy: false,
      details: { missing: ['order-plane'] },
      failsAs: 'degraded',
    })
    await watch.pass(1, ...planes)
    expect(watch.lines.at(-1)).toMatchObject({ message: 'Heartbeats of the plane are back', plane: 'order-plane' })
    expect((await watch.checks())['heartbeats']).toMatchObject({ healthy: true, details: { missing: [] } })
    await watch.stop()
  })

  it('reports that it cannot reach the bus when it is stopped', async () => {
    const watch = await watching()
    await watch.pass(1, ...planes)
    expect((await watch.checks())['kafka']).toMatchObject({ healthy: true })
    await watch.stop()
    await expect(watch.checks()).rejects.toThrow('Expected Kafka to answer')
  })
})
