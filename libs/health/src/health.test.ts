import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createHealth, type HealthOptions } from './health.ts'
import { healthRoutes } from './health-routes.ts'
import { atLeast, atMost } from '../test/thresholds.ts'

const clock = { nowUs: () => 1_723_127_400_000_000, monotonicUs: () => 0 }
const timestamp = '2024-08-08T14:30:00.000Z'

let server: Server | undefined

/** Serves a health with these checks; returns a function that gets status and body of a path. */
async function served(options: HealthOptions) {
  server = createServer(express().use(healthRoutes(createHealth({ clock, ...options }))))
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, body: await response.json() }
  }
}

afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
})

describe('health over HTTP', () => {
  it('is healthy when every check passes', async () => {
    const get = await served({ checks: { lag: atMost(5, () => 5), rate: atLeast(1, () => 1) } })
    expect(await get('/health')).toEqual({ status: 200, body: { status: 'healthy' } })
    expect(await get('/ready')).toEqual({ status: 200, body: { status: 'ready' } })
    expect(await get('/health/detailed')).toEqual({
      status: 200,
      body: {
        status: 'healthy',
        checks: {
          lag: { status: 'healthy', timestamp, details: { value: 5, atMost: 5 } },
          rate: { status: 'healthy', timestamp, details: { value: 1, atLeast: 1 } },
        },
      },
    })
  })

  it('answers 503 and names what failed, with the numbers or the error', async () => {
    const get = await served({
      checks: {
        lag: atMost(5, () => 6),
        rate: atLeast(1, () => 2),
        store: () => Promise.reject(new Error('connection refused')),
      },
    })
    const failed_checks = ['lag', 'store']
    const details = { lag: { value: 6, atMost: 5 }, store: { error: 'connection refused' } }
    expect(await get('/health')).toEqual({ status: 503, body: { status: 'unhealthy', failed_checks, details } })
    expect(await get('/health/detailed')).toEqual({
      status: 503,
      body: {
        status: 'unhealthy',
        failed_checks,
        details,
        checks: {
          lag: { status: 'unhealthy', timestamp, details: { value: 6, atMost: 5 } },
          rate: { status: 'healthy', timestamp, details: { value: 2, atLeast: 1 } },
          store: { status: 'unhealthy', timestamp, error: 'connection refused' },
        },
      },
    })
  })

  it('is not ready, though healthy, while a readiness check fails', async () => {
    let reconciled = false
    const get = await served({ readiness: { reconciled: () => ({ healthy: reconciled, details: { reconciled } }) } })
    expect((await get('/health')).status).toBe(200)
    expect(await get('/ready')).toEqual({
      status: 503,
      body: { status: 'not_ready', failed_checks: ['reconciled'], details: { reconciled: { reconciled: false } } },
    })
    reconciled = true
    expect((await get('/ready')).status).toBe(200)
  })
})

describe('parts that the service can work without', () => {
  const away = () => Promise.reject(new Error('connection refused'))
  const redis = { check: away, failsAs: 'degraded' } as const
  const shown = { degraded_checks: ['redis'], details: { redis: { error: 'connection refused' } } }

  it('degrade it: they are shown, and it stays alive and ready', async () => {
    const get = await served({ checks: { redis, lag: atMost(5, () => 5) } })
    expect(await get('/health')).toEqual({ status: 200, body: { status: 'degraded', ...shown } })
    expect(await get('/ready')).toEqual({ status: 200, body: { status: 'ready', ...shown } })
    expect(await get('/health/detailed')).toEqual({
      status: 200,
      body: {
        status: 'degraded',
        ...shown,
        checks: {
          redis: { status: 'degraded', timestamp, error: 'connection refused' },
          lag: { status: 'healthy', timestamp, details: { value: 5, atMost: 5 } },
        },
      },
    })
  })

  it('leave the service ready, unlike a worse failure', async () => {
    let lagSeconds = 5
    const health = createHealth({ checks: { redis }, readiness: { lag: atMost(5, () => lagSeconds) }, clock })
    expect(await health.isReady()).toBe(true)
    lagSeconds = 6
    expect(await health.isReady()).toBe(false)
  })

  it('may be unhealthy, with the reason, and leave it alive and ready', async () => {
    const database = { check: away, isNeeded: false } as const
    const get = await served({ checks: { database, lag: atMost(5, () => 5) } })
    const details = { database: { error: 'connection refused' } }
    expect(await get('/health')).toEqual({
      status: 200,
      body: { status: 'degraded', failed_checks: ['database'], details },
    })
    expect(await get('/ready')).toEqual({ status: 200, body: { status: 'ready' } })
    expect(await get('/health/detailed')).toMatchObject({
      status: 200,
      body: { checks: { database: { status: 'unhealthy', isNeeded: false, error: 'connection refused' } } },
    })
  })

  it('do not hide worse failures', async () => {
    const get = await served({ checks: { redis, lag: atMost(5, () => 6) } })
    const details = { lag: { value: 6, atMost: 5 }, redis: { error: 'connection refused' } }
    expect(await get('/health')).toEqual({
      status: 503,
      body: { status: 'unhealthy', failed_checks: ['lag'], degraded_checks: ['redis'], details },
    })
  })
})

describe('checks', () => {
  it.each([
    ['NaN', NaN],
    ['nothing', undefined],
  ])('fail when they measure %s', async (_, value) => {
    const results = await createHealth({
      checks: { low: atMost(5, () => value), high: atLeast(5, () => value) },
    }).checkHealth()
    expect(Object.values(results).map(({ status }) => status)).toEqual(['unhealthy', 'unhealthy'])
  })

  it('fail when they take too long, without delaying others or piling up', async () => {
    let runs = 0
    const hung = () => {
      runs++
      return new Promise<never>(() => undefined)
    }
    const health = createHealth({ checks: { hung, fine: atMost(1, () => 0) }, timeoutMs: 5, clock })
    await health.checkHealth()
    expect(await health.checkHealth()).toEqual({
      hung: { status: 'unhealthy', timestamp, error: 'Expected an answer within 5 ms, was none' },
      fine: { status: 'healthy', timestamp, details: { value: 0, atMost: 1 } },
    })
    expect(runs).toBe(1)
  })

  it('may have a time-out of their own', async () => {
    const hung = () => new Promise<never>(() => undefined)
    const health = createHealth({
      checks: { patient: hung, hasty: { check: hung, timeoutMs: 5 }, lame: { check: hung, failsAs: 'degraded' } },
      timeoutMs: 10,
      clock,
    })
    const late = (ms: number) => ({ timestamp, error: `Expected an answer within ${ms} ms, was none` })
    expect(await health.checkHealth()).toEqual({
      patient: { status: 'unhealthy', ...late(10) },
      hasty: { status: 'unhealthy', ...late(5) },
      lame: { status: 'degraded', ...late(10) },
    })
  })
})
