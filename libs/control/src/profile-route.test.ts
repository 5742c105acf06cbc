import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import express from 'express'
import { hashToken } from './operator-tokens.ts'
import { profileRoute } from './profile-route.ts'

// Profiles take their time on a busy machine.
jest.setTimeout(60_000)

const token = 'token-of-ann'
const tokens = [{ name: 'ann', hash: hashToken(token) }]
const authorization = `Bearer ${token}`
const refusals: string[] = []
let server: Server
let url: string

beforeAll(async () => {
  server = createServer(express().use(profileRoute({ tokens, onRefused: (reason) => refusals.push(reason) })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/control/profile`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const ask = (query: string, signal?: AbortSignal) =>
  fetch(`${url}?${query}`, { method: 'POST', headers: { authorization }, ...(signal && { signal }) })

describe('profiles of a live process', () => {
  it('gives a CPU profile, one at a time', async () => {
    const first = ask('kind=cpu&seconds=1')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const second = await ask('kind=heap')
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ reason: expect.stringContaining('was busy with another') })

    const response = await first
    expect(response.status).toBe(200)
    expect(response.headers.get('content-disposition')).toContain('triplane.cpuprofile')
    const profile = (await response.json()) as { nodes: unknown[]; startTime: number; endTime: number }
    expect(profile.nodes.length).toBeGreaterThan(1)
    expect(profile.endTime).toBeGreaterThan(profile.startTime)
  })

  it('gives a heap snapshot', async () => {
    // That of Jest's worker may take minutes.
    const script = join(__dirname, '../test/profile-server.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', script, token], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const [port] = (await once(child.stdout, 'data')) as [Buffer]
      const snapshot = `http://127.0.0.1:${Number(port)}/control/profile?kind=heap`
      const response = await fetch(snapshot, { method: 'POST', headers: { authorization } })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-disposition')).toContain('triplane.heapsnapshot')
      const start = (await response.text()).slice(0, 200)
      expect(start).toContain('{"snapshot":{"meta":')
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('is free again when who asked went away', async () => {
    await expect(ask('kind=cpu&seconds=60', AbortSignal.timeout(100))).rejects.toThrow()
    let status = 409
    for (let tries = 0; status === 409 && tries < 50; tries++) {
      status = (await ask('kind=cpu&seconds=1')).status
      if (status === 409) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(status).toBe(200)
  })

  it.each([
    ['kind=disk', 'Expected kind to be cpu or heap, was "disk".'],
    ['kind=cpu&seconds=0', 'Expected seconds to be a whole number from 1 to 60, was "0".'],
    ['seconds=61', 'Expected seconds to be a whole number from 1 to 60, was "61".'],
    ['seconds=1.5', 'Expected seconds to be a whole number from 1 to 60, was "1.5".'],
  ])('refuses %s', async (query, reason) => {
    refusals.length = 0
    const response = await ask(query)
    expect([response.status, await response.json()]).toEqual([400, { accepted: false, reason }])
    expect(refusals).toEqual(['bad_request'])
  })

  it('is for operators only', async () => {
    expect((await fetch(`${url}?kind=heap`, { method: 'POST' })).status).toBe(401)
  })
})
