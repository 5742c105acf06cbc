import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeConfig } from '@triplane/config'
import { systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { createMetrics } from '@triplane/metrics'
import { Router } from 'express'
import { loadServiceConfig, serviceSections } from '../service-config.ts'
import { openService } from './open-service.ts'
import type { ServicePart } from './service-part.ts'

const folder = mkdtempSync(join(tmpdir(), 'triplane-open-service-'))
afterAll(() => rmSync(folder, { recursive: true }))

const config = loadServiceConfig(composeConfig(serviceSections(0)), { TRIPLANE_STATE_FOLDER: join(folder, 'state') })

/** A service of these parts, and what it logged. */
async function opened(parts: readonly ServicePart[], port = 0) {
  const lines: string[] = []
  const logger = createLogger({ service: 'test', destination: { write: (line: string) => void lines.push(line) } })
  const metrics = createMetrics('test', { processMetrics: false })
  const service = await openService(
    { ...config, http: { ...config.http, port } },
    { metrics, parts },
    { logger, clock: systemClock },
  )
  const get = async (path: string) => {
    const response = await fetch(service.url + path)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { service, lines, metrics, get }
}

/** A part that works until it is stopped, and notes what happens to it. */
function aPart(name: string, events: string[], more: ServicePart = {}): ServicePart {
  return {
    async run(stopping) {
      events.push(`${name} works`)
      await new Promise((resolve) => stopping.addEventListener('abort', resolve))
      events.push(`${name} has finished`)
    },
    async close() {
      events.push(`${name} is closed`)
    },
    ...more,
  }
}

describe('a service', () => {
  it('has its parts finish, then closes the last one first', async () => {
    const events: string[] = []
    const { service } = await opened([aPart('store', events), aPart('plane', events)])
    await service.stop()
    expect(events).toEqual([
      'store works',
      'plane works',
      'store has finished',
      'plane has finished',
      'plane is closed',
      'store is closed',
    ])
    await expect(service.ended).resolves.toBeUndefined()
    await expect(fetch(service.url)).rejects.toThrow()
  })

  it('goes on until it is stopped, also when no part works any more', async () => {
    const { service, get } = await opened([{ run: async () => undefined }, {}])
    expect((await get('/health')).status).toBe(200)
    let isOver = false
    void service.ended.then(() => (isOver = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isOver).toBe(false)
    await service.stop()
    await service.ended
  })

  it('ends with the fault of the first part that fails, once the others have finished and are closed', async () => {
    const events: string[] = []
    const fault = new Error('Expected a broker, was none')
    const failing: ServicePart = { run: () => Promise.reject(fault) }
    const { service } = await opened([aPart('store', events), failing])
    await expect(service.ended).rejects.toBe(fault)
    expect(events).toEqual(['store works', 'store has finished', 'store is closed'])
  })

  it('closes every part although one cannot be, says so, and ends with that fault', async () => {
    const events: string[] = []
    const fault = new Error('Expected the disk to take it, was full')
    const { service, lines } = await opened([
      aPart('store', events),
      aPart('plane', events, { close: () => Promise.reject(fault) }),
    ])
    await service.stop()
    await expect(service.ended).rejects.toBe(fault)
    expect(events).toContain('store is closed')
    expect(lines.filter((line) => line.includes('Cannot close'))).toHaveLength(1)
  })

  it('hides no failed work behind a part that cannot be closed', async () => {
    const bug = new Error('Invariant: one')
    const { service } = await opened([
      { close: () => Promise.reject(new Error('not closed')) },
      { run: () => Promise.reject(bug) },
    ])
    await expect(service.ended).rejects.toBe(bug)
  })

  it('closes its parts when the port is taken, and does not begin', async () => {
    const { service } = await opened([])
    const events: string[] = []
    const port = Number(new URL(service.url).port)
    await expect(opened([aPart('store', events)], port)).rejects.toMatchObject({ code: 'port_in_use' })
    expect(events).toEqual(['store is closed'])
    await service.stop()
  })
})

describe('what a service shows', () => {
  const routes = Router().get('/hello', (_request, response) => void response.json({ hello: 'you' }))
  const parts: readonly ServicePart[] = [
    {
      checks: { bus: { check: () => ({ healthy: false, details: { lag: 7 } }), failsAs: 'degraded' } },
      readiness: { bus: () => ({ healthy: true, details: {} }) },
      views: { bus: () => ({ lag: 7n }) },
    },
    { readiness: { run: () => ({ healthy: false, details: { phase: 'waiting' } }) }, routes: [routes] },
  ]

  it('is what its parts bring: health, readiness, views and routes, beside those of the process', async () => {
    const { service, get } = await opened(parts)
    const { body } = await get('/health/detailed')
    expect(Object.keys(body['checks'] as object)).toEqual(['disk', 'memory', 'cpu', 'event_loop', 'bus'])
    expect(await get('/health')).toMatchObject({ status: 200, body: { degraded_checks: ['bus'] } })
    expect(await get('/ready')).toMatchObject({ status: 503, body: { failed_checks: ['run'] } })
    expect(await get('/status/bus')).toEqual({ status: 200, body: { lag: '7' } })
    expect(await get('/hello')).toEqual({ status: 200, body: { hello: 'you' } })
    await service.stop()
  })

  it('has the reasons to refuse an operator from the start, and gives profiles to nobody where there is no token', async () => {
    const { service, metrics } = await opened(parts)
    expect(await metrics.expose()).toMatch(
      /triplane_stage_refused_total\{.*stage="control".*reason="wrong_token".*\} 0/,
    )
    const refused = await fetch(`${service.url}/control/profile`, { method: 'POST' })
    expect(refused.status).toBe(503)
    await service.stop()
  })

  it('is refused when two parts call different things by one name', async () => {
    await expect(opened([parts[0] as ServicePart, parts[0] as ServicePart])).rejects.toThrow('different names, was bus')
  })
})
