import { createServer, type Server } from 'node:http'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashToken, profileRoute } from '@triplane/control'
import express from 'express'
import { aPlane, CliWorld, stopPlanes } from '../../test/cli-world.ts'

const tokens = [{ name: 'ann', hash: hashToken('secret') }]
const folder = mkdtempSync(join(tmpdir(), 'triplane-cli-'))
let server: Server
let url: string
let world: CliWorld

beforeAll(async () => {
  server = createServer(express().use(profileRoute({ tokens })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  world = new CliWorld()
  world.environment = { TRIPLANE_ORDER_PLANES: url, TRIPLANE_TOKEN: 'secret' }
})
afterAll(async () => {
  await stopPlanes()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

describe('profile', () => {
  it('writes a CPU profile of a live plane', async () => {
    const file = join(folder, 'order.cpuprofile')
    const { code, value } = await world.json('profile', '--seconds', '1', '--out', file)
    expect([code, value]).toEqual([0, { plane: 'order', url, kind: 'cpu', file, bytes: statSync(file).size }])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ nodes: expect.any(Array) })
  })

  it("fails with the plane's message, and leaves no file", async () => {
    world.environment = { ...world.environment, TRIPLANE_TOKEN: 'wrong' }
    const file = join(folder, 'refused.cpuprofile')
    expect(await world.run('profile', '--seconds', '1', '--out', file)).toBe(1)
    expect(world.messages).toBe(
      `triplane: Expected a profile of ${url}, was refused: Expected an operator's token, was another.\n`,
    )
    expect(existsSync(file)).toBe(false)
  })

  it('fails when the file cannot be written, and leaves no partial file', async () => {
    const plane = await aPlane(200, '{}')
    const flags = ['--url', plane.url, '--kind', 'heap', '--out', join(folder, 'no', 'such', 'folder')]
    expect(await world.run('profile', ...flags)).toBe(1)
    expect(world.messages).toMatch(/^triplane: Cannot write the profile to .*ENOENT/)
    expect(readdirSync(folder)).toEqual(['order.cpuprofile'])
    expect(plane.asked).toMatchObject([{ method: 'POST', path: '/control/profile?kind=heap' }])
  })

  it('asks which plane where there are several', async () => {
    world.environment = { TRIPLANE_TOKEN: 'secret', TRIPLANE_ORDER_PLANES: 'http://a,http://b' }
    expect(await world.run('profile')).toBe(2)
    expect(world.messages).toBe('triplane: Expected --url to name one of http://a, http://b, found none\n')
  })
})
