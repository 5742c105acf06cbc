import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Deferred, nextTurn } from '@triplane/async'
import { composeConfig } from '@triplane/config'
import { topics } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { decodeRecord } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import { readExposition, testStartUs } from '@triplane/testing'
import { kafkaInMemory } from '../../test/kafka-in-memory.ts'
import { loggedLines } from '../../test/logged-lines.ts'
import { PlaneSuspendedError } from '../log/failed-turn.ts'
import { startRun } from '../run/runs.ts'
import { loadServiceConfig, planeSections } from '../service-config.ts'
import { planeParts, type PlanePartsOptions } from './plane-parts.ts'
import type { HostedRun } from './plane-service.ts'

/** Servers at a port at which nobody listens. */
const away = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/triplane', REDIS_URL: 'redis://127.0.0.1:1' }

describe('the parts of a plane as a service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-plane-parts-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  /** A plane at work on runs; `host` builds what is hosted. */
  function serving({
    environment = {},
    ...more
  }: Partial<PlanePartsOptions<HostedRun & { readonly isFrozen: boolean }>> & {
    readonly environment?: Readonly<Record<string, string>>
  } = {}) {
    const bus = kafkaInMemory()
    const { logger } = loggedLines()
    const state = { isReady: false, observed: 0, pinged: true, fail: (_error: Error) => undefined as void }
    const settings = { TRIPLANE_STATE_FOLDER: folder, ...environment }
    const metrics = createMetrics('order_plane', { processMetrics: false })
    bus.ping = async () => {
      if (!state.pinged) throw new Error('nobody there')
    }
    const { parts, database } = planeParts<HostedRun & { readonly isFrozen: boolean }>(
      loadServiceConfig(composeConfig(planeSections(0)), settings),
      {
        definition: {
          name: 'order-plane',
          stage: 'order',
          topics: { consumed: [topics.intents], produced: [topics.orders, topics.fills] },
        },
        metrics,
        source: { connect: async () => bus, decode: decodeRecord },
        async host({ run }, beforeScrape) {
          beforeScrape(() => metrics.openPositions.set(Number(run.seed)))
          const end = new Deferred<void>()
          state.fail = end.reject
          return {
            run: () => end.promise,
            stop: () => end.resolve(),
            marketUs: testStartUs,
            get isReady() {
              return state.isReady
            },
            isFinal: false,
            isFrozen: false,
            describe: () => ({ turn: 7 }),
            observe: () => void state.observed++,
            busStats: () => [{ topic: topics.intents.name, consumed: 5, lagRecords: 0, lagSeconds: 0, errors: 0 }],
          }
        },
        views: (hosted) => ({ frozen: () => hosted()?.isFrozen }),
        ...more,
      },
      { logger, clock: systemClock },
    )
    const stopping = new AbortController()
    const works = Promise.all(parts.map(async ({ run }) => run?.(stopping.signal)))
    closing.push(async () => {
      stopping.abort()
      await works
      for (const { close } of [...parts].reverse()) await close?.()
    })
    const judged = async (kind: 'checks' | 'readiness', name: string) => {
      const check = parts.map((part) => part[kind]?.[name]).find((one) => one !== undefined)
      if (check === undefined) return undefined
      return {
        ...(await (typeof check === 'function' ? check : check.check)()),
        rules: typeof check !== 'function' && check,
      }
    }
    return {
      ...{ bus, parts, database, state, metrics },
      check: (name: string) => judged('checks', name),
      readiness: (name: string) => judged('readiness', name),
      view: (name: string) => parts.find(({ views }) => views?.[name])?.views?.[name]?.(),
      async value(name: string, labels: Readonly<Record<string, string>> = {}) {
        const family = readExposition(await metrics.expose()).find((one) => one.name === name)
        return family?.samples.find((sample) =>
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
        )?.value
      },
      async start(runId: string, seed: number, phase = 'running') {
        await startRun(bus, { runId, mode: 'live', venues: ['sim'], who: 'ada', nowUs: testStartUs, seed })
        const run = parts.flatMap(({ views }) => views?.['run'] ?? [])[0] as () => { phase: string; runId?: string }
        while (run().phase !== phase || run().runId !== runId) await nextTurn()
      },
    }
  }

  it('are healthy before there is a run, and ready once it is past what it has to do again', async () => {
    const { check, readiness, view, start, state } = serving()
    await nextTurn()
    await nextTurn()
    expect(await check('run')).toMatchObject({ healthy: true, details: { phase: 'waiting for a run' } })
    expect(await readiness('run')).toMatchObject({ healthy: false })
    expect([view('frozen'), view('run')]).toMatchObject([undefined, { phase: 'waiting for a run', isReady: false }])
    await start('run1', 3)
    expect(await readiness('run')).toMatchObject({ healthy: false, details: { phase: 'running', run_id: 'run1' } })
    state.isReady = true
    expect(await readiness('run')).toMatchObject({ healthy: true })
    expect([view('frozen'), view('run')]).toMatchObject([
      false,
      { phase: 'running', runId: 'run1', account: 'sim-run1', turn: 7, isReady: true },
    ])
  })

  it('are degraded while Kafka does not answer, and not ready', async () => {
    const { check, readiness, state, start } = serving()
    await expect(check('kafka')).rejects.toThrow('Expected Kafka to answer, was connecting')
    await start('run1', 3)
    expect(await check('kafka')).toMatchObject({ healthy: true, rules: { failsAs: 'degraded' } })
    state.pinged = false
    await expect(check('kafka')).rejects.toThrow('nobody there')
    await expect(readiness('kafka')).rejects.toThrow('nobody there')
  })

  it('are unhealthy while the plane is suspended, tell why, and show nothing of what was hosted', async () => {
    const told: string[] = []
    const { check, view, start, value, state } = serving({ onSuspended: async (why) => void told.push(why) })
    await start('run1', 3)
    expect([await value('trading_open_positions_count'), view('frozen')]).toEqual([3, false])
    const observed = state.observed
    state.fail(new PlaneSuspendedError('its folder is lost'))
    while (told.length === 0) await nextTurn()
    expect(told).toEqual(['its folder is lost'])
    const details = { phase: 'suspended', why: 'its folder is lost' }
    expect(await check('run')).toMatchObject({ healthy: false, details })
    expect(view('run')).toMatchObject({ ...details, isReady: false })
    expect(view('frozen')).toBeUndefined()
    await value('trading_open_positions_count')
    expect(state.observed).toBe(observed)
  })

  it('bring the checks of the plane itself', async () => {
    const { check } = serving({ checks: { feed: () => ({ healthy: false, details: { silent: 7 } }) } })
    expect(await check('feed')).toMatchObject({ healthy: false, details: { silent: 7 } })
  })

  it('measure at each scrape what is hosted, and no run that has ended', async () => {
    const { start, value, state } = serving()
    expect(await value('triplane_bus_consumed_total', { topic: topics.intents.name })).toBe(0)
    await start('run1', 3)
    expect(await value('triplane_bus_consumed_total', { topic: topics.intents.name })).toBe(5)
    expect(await value('trading_open_positions_count')).toBe(3)
    expect(state.observed).toBe(2)
    await start('run2', 4)
    expect(await value('trading_open_positions_count')).toBe(4)
  })

  it('have no part for servers that are not configured, and name those that are away', async () => {
    const bare = serving()
    expect([bare.parts.length, bare.database]).toEqual([1, undefined])
    expect([await bare.check('redis'), await bare.check('database')]).toEqual([undefined, undefined])
    const { check, start, database, value } = serving({ environment: away })
    await start('run1', 3)
    expect(database?.isReady).toBe(false)
    expect(await check('redis')).toMatchObject({ healthy: false, rules: { failsAs: 'degraded' } })
    expect(await check('database')).toMatchObject({ healthy: false, rules: { isNeeded: false } })
    expect(await check('run')).toMatchObject({ healthy: true })
    expect(await value('triplane_storage_spilled_bytes')).toBe(0)
  })
})
