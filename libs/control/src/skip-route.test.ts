import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:http'
import express from 'express'
import { hashToken } from './operator-tokens.ts'
import { skipRoute, type SkipOrder } from './skip-route.ts'

const place = { topic: 'strategy.intents.v2', partition: 0, offset: 7 }
const done: string[] = []
let whyNot: string | undefined
let isAuditDown = false
let server: Server

beforeAll(async () => {
  const options = {
    tokens: [{ name: 'ada', hash: hashToken('secret') }],
    whyNot: () => whyNot,
    audit: async ({ who }: SkipOrder) => {
      if (isAuditDown) throw new Error('down')
      done.push(`audited ${who}`)
    },
    skip: ({ offset, why }: SkipOrder) => void done.push(`skipped ${offset}: ${why}`),
  }
  server = createServer(express().use(skipRoute(options)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  done.length = 0
  whyNot = undefined
  isAuditDown = false
})

async function ask(body: unknown, token = 'secret'): Promise<readonly [number, string[]]> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/control/skip`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return [status, [...done]]
}

it('skips a record once it is audited', async () => {
  expect(await ask({ ...place, why: 'seen' })).toEqual([200, ['audited ada', 'skipped 7: seen']])
})

it.each([
  ['a wrong token', 401, { ...place, why: 'seen' }, 'guess'],
  ['no reason', 400, place, 'secret'],
  ['no offset', 400, { topic: 't', partition: 0, why: 'seen' }, 'secret'],
  ['a partition below 0', 400, { ...place, partition: -1, why: 'seen' }, 'secret'],
])('refuses %s, and does nothing', async (_, status, body, token) => {
  expect(await ask(body, token)).toEqual([status, []])
})

it('refuses what the plane would not skip, and skips nothing that is not audited', async () => {
  whyNot = 'Expected another'
  expect(await ask({ ...place, why: 'seen' })).toEqual([409, []])
  whyNot = undefined
  isAuditDown = true
  expect(await ask({ ...place, why: 'seen' })).toEqual([503, []])
})
