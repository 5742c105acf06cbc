import { describeWithDocker, freePort, startRedis } from '@triplane/testing/containers'
import { Redis } from 'ioredis'
import { createRedisState, type LatestState } from '../src/index.ts'
import type { RedisStateOptions } from '../src/redis-state.ts'
import { anAccount, aQuoteState, stateContract } from './state-contract.ts'
import { until } from './until.ts'

// Jest fails a test in which a rejection is not handled.
jest.setTimeout(60_000)

const isReady = (state: LatestState) => until(() => state.health().isHealthy)

describeWithDocker(['redis'], 'the latest state in Redis', () => {
  let server: Awaited<ReturnType<typeof startRedis>>
  let redis: Redis
  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.url, { maxRetriesPerRequest: null })
    redis.on('error', () => undefined)
  })
  afterAll(async () => {
    redis?.disconnect()
    await server?.remove()
  })

  const opened: LatestState[] = []
  afterEach(() => Promise.all(opened.splice(0).map((state) => state.close())))

  async function aState(options: Partial<RedisStateOptions> = {}): Promise<LatestState> {
    const state = createRedisState({ url: server.url, account: anAccount(), commandTimeoutMs: 500, ...options })
    opened.push(state)
    return state
  }

  stateContract('Redis', async (options) => {
    const state = await aState(options)
    await isReady(state)
    return state
  })

  it('can be read with redis-cli, under keys that expire', async () => {
    const account = anAccount()
    const state = await aState({ account, nowUs: () => 1_723_127_400_000_000 })
    await isReady(state)
    state.set('quote', 'BTC/USDT:USDT@sim', aQuoteState(61_800.2))
    await state.flush()
    const key = `triplane:${account}:quote:BTC/USDT:USDT@sim`
    const cli = await server.container.exec(['redis-cli', 'get', key])
    expect(JSON.parse(cli.output)).toEqual({ ...aQuoteState(61_800.2), notedUs: 1_723_127_400_000_000 })
    const livesMs = await redis.pttl(key)
    expect(livesMs).toBeGreaterThan(0)
    expect(livesMs).toBeLessThanOrEqual(60_000)
  })

  it('writes the values of an interval together, at most once per interval', async () => {
    const state = await aState({ flushIntervalMs: 100 })
    await isReady(state)
    const calls = async () => Number(/cmdstat_set:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0)
    const before = await calls()
    for (let i = 0; i < 10_000; i++) state.set('quote', `sim/${i % 10}`, aQuoteState(i))
    expect(state.health()).toMatchObject({ waiting: 10 })
    await until(() => state.health().waiting === 0)
    await state.flush()
    expect(await calls()).toBe(before + 10)
  })

  it('reads foreign values under its keys as absent', async () => {
    const account = anAccount()
    const state = await aState({ account })
    await isReady(state)
    await redis.set(`triplane:${account}:quote:a`, 'not JSON', 'EX', 60)
    await redis.set(`triplane:${account}:quote:b`, '7', 'EX', 60)
    expect(await state.get('quote', 'a')).toBeUndefined()
    expect(await state.list('quote')).toEqual(new Map())
  })

  it('keeps the newest values while Redis is down and writes them once it is back', async () => {
    let seconds = 1_000_000
    const account = anAccount()
    const state = await aState({ account, nowUs: () => seconds * 1e6 })
    await isReady(state)
    state.set('quote', 'SPY@sim', aQuoteState(1))
    await state.flush()

    server.stop()
    await until(() => !state.health().isHealthy)
    await expect(state.get('quote', 'SPY@sim')).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    state.set('plane', 'data', { status: 'running', runId: 'run-1' })
    for (let i = 2; i <= 10_000; i++) state.set('quote', 'SPY@sim', aQuoteState(i))
    await state.flush()
    await until(() => state.health().errors > 0)
    expect(state.health()).toMatchObject({ isHealthy: false, waiting: 2, fault: { code: 'unavailable' } })
    expect(state.health().fault?.message).toMatch(/^Expected .*, was .+/)

    // The plane's status lives for 30 s, the quote for 60.
    seconds += 31
    server.start()
    await isReady(state)
    await until(() => state.health().waiting === 0)
    expect(await state.get('quote', 'SPY@sim')).toMatchObject({ bid: 10_000, notedUs: 1_000_000e6 })
    expect(await state.get('plane', 'data')).toBeUndefined()
    expect(await redis.pttl(`triplane:${account}:quote:SPY@sim`)).toBeLessThanOrEqual(29_000)
  })

  it('detects a Redis that does not answer, and loses no values', async () => {
    const state = await aState({ commandTimeoutMs: 100 })
    await isReady(state)
    await redis.call('client', 'pause', '1500', 'all')
    state.set('quote', 'SPY@sim', aQuoteState(1))
    await state.flush()
    expect(state.health()).toMatchObject({ isHealthy: false, waiting: 1, fault: { code: 'unavailable' } })
    state.set('quote', 'SPY@sim', aQuoteState(2))
    await isReady(state)
    await until(() => state.health().waiting === 0)
    expect(await state.get('quote', 'SPY@sim')).toMatchObject({ bid: 2 })
  })

  it('keeps values that Redis refuses, reports why, and retries', async () => {
    const state = await aState()
    await isReady(state)
    await redis.config('SET', 'maxmemory', '1')
    state.set('quote', 'SPY@sim', aQuoteState(7))
    await state.flush()
    const { fault, ...health } = state.health()
    expect(health).toMatchObject({ isHealthy: false, waiting: 1, errors: 1 })
    expect(fault).toMatchObject({ code: 'rejected', message: expect.stringContaining('OOM') })
    await redis.config('SET', 'maxmemory', '0')
    await isReady(state)
    expect(await state.get('quote', 'SPY@sim')).toMatchObject({ bid: 7 })
  })

  it('accepts a password, and reports a wrong one', async () => {
    await redis.config('SET', 'requirepass', 'secret')
    try {
      const state = await aState({ password: 'secret' })
      await isReady(state)
      const wrong = await aState({ password: 'guess' })
      await until(() => wrong.health().errors > 1)
      wrong.set('quote', 'SPY@sim', aQuoteState(1))
      expect(wrong.health()).toMatchObject({ isHealthy: false, waiting: 1, fault: { code: 'rejected' } })
      expect(wrong.health().fault?.message).not.toContain('guess')
    } finally {
      await redis.config('SET', 'requirepass', '')
    }
  })
})

it('accepts values without any Redis, and closes', async () => {
  const state = createRedisState({ url: `redis://127.0.0.1:${await freePort()}`, account: 'sim-1' })
  state.set('quote', 'SPY@sim', aQuoteState(1))
  await state.flush()
  await until(() => state.health().errors > 0)
  expect(state.health()).toMatchObject({ isHealthy: false, waiting: 1, fault: { code: 'unavailable' } })
  expect(state.health().fault?.message).toContain('ECONNREFUSED')
  await state.close()
})
