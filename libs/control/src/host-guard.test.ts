import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { hostGuard } from './host-guard.ts'
import { hashToken } from './operator-tokens.ts'

const token = 'token-of-ann'
const refusals: string[] = []
let server: Server
let port = 0

beforeAll(async () => {
  const guard = hostGuard({
    names: ['order-plane', 'Planes.example'],
    tokens: [{ name: 'ann', hash: hashToken(token) }],
    onRefused: (reason, address) => refusals.push(`${reason} ${address}`),
  })
  server = createServer(express().use(guard, (_request, response) => void response.send('ours')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => void refusals.splice(0))

/** The status of a request with exactly these headers. */
function statusOf(headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/metrics', headers, setHost: false, agent: false }
    httpRequest(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
      .on('error', reject)
      .end()
  })
}

describe('the names of a port', () => {
  it.each([
    ['localhost:8001'],
    ['LOCALHOST'],
    ['127.0.0.1:8001'],
    ['127.8.9.1'],
    ['[::1]:8001'],
    ['order-plane:8001'],
    ['planes.EXAMPLE'],
  ])('are %s', async (host) => {
    expect(await statusOf({ host })).toBe(200)
    expect(refusals).toEqual([])
  })

  it('are not needed in a request of HTTP 1.0, as health checks send', async () => {
    expect(await statusOf({ host: '' })).toBe(200)
  })

  it.each([['evil.example'], ['localhost.evil.example:8001'], ['127.0.0.1.evil.example'], ['192.168.1.9'], ['[::2]']])(
    'are not %s, which is counted, unless a right token comes with it',
    async (host) => {
      expect(await statusOf({ host })).toBe(403)
      expect(await statusOf({ host, authorization: 'Bearer wrong' })).toBe(403)
      expect(refusals).toEqual(['foreign_host 127.0.0.1', 'foreign_host 127.0.0.1'])
      expect(await statusOf({ host, authorization: `Bearer ${token}` })).toBe(200)
    },
  )

  it.each([['https://evil.example'], ['http://localhost:8001'], ['null']])(
    'do not help a page of %s: any Origin is refused, with a token too',
    async (origin) => {
      expect(await statusOf({ host: 'localhost', origin })).toBe(403)
      expect(await statusOf({ host: 'localhost', origin, authorization: `Bearer ${token}` })).toBe(403)
      expect(refusals).toEqual(['foreign_origin 127.0.0.1', 'foreign_origin 127.0.0.1'])
    },
  )
})
