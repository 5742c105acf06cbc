import { nextTurn } from '@triplane/async'
import { topics } from '@triplane/contracts'
import { ok } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { createMemoryBus } from '@triplane/messaging'
import { counter, measurement } from '@triplane/metrics'
import { aHeartbeat, testStartUs } from '@triplane/testing'
import { z } from 'zod'
import { defineService, type ServiceWork, type SmallService } from './define-service.ts'

const clock = { nowUs: () => testStartUs, monotonicUs: () => 0 }
const edges = {
  clock,
  logger: createLogger({ service: 'a_count', destination: { write: () => undefined }, clock }),
}
const metrics = {
  seen: counter('seen_total', 'Events that came.', ['stage']),
  limit: measurement('limit', 'The limit that is set.', []),
}
const sections = { count: z.strictObject({ limit: z.int().default(3) }) }
type Definition = SmallService<typeof metrics, typeof sections>

/** A service that counts heartbeats, with the differences of a test. */
const aService = (create: Definition['create'], reads: Definition['reads'] = [topics.heartbeats]) =>
  defineService({ name: 'a-count', defaultPort: 8123, sections, metrics, reads, create })

describe('defineService', () => {
  it('reads its topics and shows what it counts and what it reads off', async () => {
    const service = aService(({ config, metrics: own }) => ({
      handle: (events) => events.forEach((event) => event.type === 'heartbeat' && own.seen.inc({ stage: event.stage })),
      beforeScrape: () => own.limit.set(config.count.limit),
    }))
    const bus = Object.assign(createMemoryBus({ nowUs: clock.nowUs }), { ping: async () => undefined })
    const config = service.config({ TRIPLANE_COUNT_LIMIT: '7' })
    const { metrics: all, parts } = service.parts(config, edges, {
      connect: async () => bus,
      decode: ({ events }) => ok(events),
    })
    const stopping = new AbortController()
    const works = parts.map(async ({ run }) => run?.(stopping.signal))
    await nextTurn()
    bus.producer({ name: 'data-plane.edge', runId: 'run' }).send(topics.heartbeats, 'data', [aHeartbeat({ seq: 1 })])
    await nextTurn()
    const text = await all.expose()
    expect(text).toMatch(/^a_count_seen_total\{.*\} 1$/m)
    expect(text).toMatch(/^a_count_limit\{.*\} 7$/m)
    stopping.abort()
    await Promise.all(works)
  })

  it('has the settings of every service, on its own port, and names what is wrong with its own', () => {
    const { config, name } = aService(() => ({}))
    expect(config({})).toMatchObject({ http: { port: 8123 }, count: { limit: 3 } })
    expect(() => config({ TRIPLANE_COUNT_LIMIT: 'few' })).toThrow(/TRIPLANE_COUNT_LIMIT/)
    expect(name).toBe('a-count')
  })

  it('does its work again and again until it is stopped, and reaches for no bus when it reads nothing', async () => {
    let done = 0
    const stopping = new AbortController()
    const work = () => void (++done === 3 && stopping.abort())
    const brought: ServiceWork = { every: { ms: 1, work }, checks: { works: () => ({ healthy: true, details: {} }) } }
    const service = aService(() => brought, [])
    const { parts } = service.parts(service.config({}), edges)
    expect(parts.flatMap(({ checks = {} }) => Object.keys(checks))).toEqual(['works'])
    await Promise.all(parts.map(async ({ run }) => run?.(stopping.signal)))
    expect(done).toBe(3)
  })
})
