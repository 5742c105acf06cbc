import type { AddressInfo } from 'node:net'
import { err, ok } from '@triplane/kernel'
import express from 'express'
import { hashToken } from './operator-tokens.ts'
import { parseRedrive, type RedrivenRecord } from './redrive-order.ts'
import { redriveRoute } from './redrive-route.ts'

const place = { topic: 'market.events.v2', partition: 2, offset: 1234, key: 'data-plane' }
const of = { ...place, runId: '0a1b2c3d', producer: 'data-plane' }
const raw = Buffer.from([0, 255, 128])
const record = { ...of, bytes: 3, raw: raw.toString('base64') }

describe('an order to redrive a record', () => {
  it('is the record and a reason', () => {
    expect(parseRedrive({ record, why: 'x' })).toEqual(ok({ record: { ...of, raw }, why: 'x' }))
  })

  it.each([
    ['nothing', undefined, 'Expected a body such as'],
    ['no reason', { record }, 'Expected why to be a text, was none.'],
    ['no record', { why: 'x' }, 'Expected record to be an object.'],
    ['what was cut', { record: { ...record, bytes: 70_000 }, why: 'x' }, 'kept whole, was 3 bytes of 70000.'],
    ['a topic that is none', { record: { ...record, topic: 7 }, why: 'x' }, 'to be texts.'],
    ['an odd place', { record: { ...record, offset: -1 }, why: 'x' }, 'to be whole numbers from 0.'],
  ])('is refused with %s', (_, body, message) => {
    const parsed = parseRedrive(body)
    expect(parsed.ok ? '' : parsed.error).toContain(message)
  })
})

describe('POST /control/redrive of a plane without an audit', () => {
  let server: ReturnType<ReturnType<typeof express>['listen']>
  const given: RedrivenRecord[] = []
  const refused: string[] = []
  let answer: ReturnType<Parameters<typeof redriveRoute>[0]['desk']['give']> = ok(2)
  beforeAll(async () => {
    const desk = {
      judge: () => ok(0),
      give(one: RedrivenRecord) {
        given.push(one)
        return answer
      },
    }
    const tokens = [{ name: 'ann', hash: hashToken('token-of-ann') }]
    const routes = redriveRoute({ tokens, onRefused: (reason) => refused.push(reason), desk })
    server = express().use(routes).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  async function post(body: string, token = 'token-of-ann') {
    const { port } = server.address() as AddressInfo
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`http://127.0.0.1:${port}/control/redrive`, { method: 'POST', headers, body })
    return { status: response.status, body: (await response.json()) as object }
  }

  it('gives the record to the plane, or tells why not', async () => {
    const body = JSON.stringify({ record, why: 'x' })
    expect(await post(body)).toEqual({ status: 200, body: { accepted: true, events: 2 } })
    expect(given).toEqual([{ ...of, raw }])
    answer = err('Expected a plane that is ready, was not')
    expect(await post(body)).toEqual({
      status: 409,
      body: { accepted: false, reason: 'Expected a plane that is ready, was not' },
    })
  })

  it('takes nothing without a token, and no body that is none', async () => {
    given.length = 0
    expect(await post(JSON.stringify({ record, why: 'x' }), 'a-guess')).toMatchObject({ status: 401 })
    expect(await post('{')).toMatchObject({ status: 400, body: { reason: expect.stringContaining('Expected JSON') } })
    expect(await post(JSON.stringify('x'.repeat(200_000)))).toMatchObject({ status: 400 })
    expect(await post('{}')).toMatchObject({ status: 400 })
    expect([given, refused]).toEqual([[], ['wrong_token', 'bad_request', 'bad_request', 'bad_request']])
  })
})
