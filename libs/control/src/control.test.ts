import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { examples } from '@triplane/testing'
import express from 'express'
import { DeskWorld } from '../test/desk-world.ts'
import { createControl, type ControlOptions } from './control.ts'
import { hashToken } from './operator-tokens.ts'
import { sealOwned } from './owned-document.ts'

const owned = examples.accountOpened.account

const tokens = [
  { name: 'ann', hash: hashToken('token-of-ann') },
  { name: 'bob', hash: hashToken('token-of-bob') },
]

let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  server = undefined
})

type Answer = Readonly<Record<string, unknown>>

interface Sent {
  readonly token?: string
  readonly body?: string
  readonly from?: string
}

/** Serves a control surface over a world; `post` sends a command from a loopback address. */
async function served(more: Partial<ControlOptions> = {}) {
  const world = new DeskWorld()
  const refusals: string[] = []
  const control = createControl({ tokens, onRefused: (reason) => refusals.push(reason), ...world.options(), ...more })
  server = createServer(express().use(control.routes))
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const post = (command: string, { token, body = '{"why":"a drill"}', from = '127.0.0.1' }: Sent) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Answer }>((resolve, reject) => {
      const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) }
      const options = {
        port,
        host: '127.0.0.1',
        localAddress: from,
        method: 'POST',
        path: `/control/${command}`,
        headers,
      }
      const request = httpRequest(options, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => {
          const isJson = response.headers['content-type']?.startsWith('application/json') ?? false
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: isJson ? JSON.parse(text) : text,
          })
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  return { world, control, post, refusals }
}

describe('the control surface', () => {
  it("takes an operator's order, under the name of the token", async () => {
    const { world, post } = await served()
    expect(await post('halt', { token: 'token-of-bob', body: '{"why":" looks\\nwrong "}' })).toMatchObject({
      status: 200,
      body: {
        accepted: true,
        command: 'halt',
        who: 'bob',
        tradingState: 'halted',
        persisted: true,
        audited: false,
      },
    })
    expect(world.file).toMatchObject({ state: 'halted', who: 'bob', why: 'looks wrong' })
    const resumed = await post('resume', { token: 'token-of-ann' })
    expect(resumed).toMatchObject({ status: 200, body: { accepted: true, tradingState: 'active', audited: true } })
    expect(world.audit).toMatchObject([{ who: 'ann', command: 'resume', why: 'a drill' }])
  })

  it.each([
    ['resume', 503, 'Cannot commit the audit row of resume: ECONNREFUSED. Nothing was loosened.'],
    ['rearm', 503, 'Cannot commit the audit row of rearm: ECONNREFUSED. Nothing was re-armed.'],
  ])('refuses %s while the database is away', async (command, status, reason) => {
    const { world, post } = await served()
    world.fates.audit.push('fails')
    const answer = await post(command, { token: 'token-of-ann' })
    expect(answer).toMatchObject({ status, body: { accepted: false, audited: false, reason } })
    expect(world.enforced).toEqual([])
  })

  it('answers 500 when the plane has a bug', async () => {
    const { world, post } = await served()
    world.fates.enforce.push('fails')
    expect(await post('halt', { token: 'token-of-ann' })).toMatchObject({
      status: 500,
      body: { accepted: false, persisted: true, reason: 'Cannot enforce halt: a bug' },
    })
  })

  it.each([
    ['no body', '', 'Expected why to be a text, was none.'],
    ['no JSON', 'why not', 'Expected JSON of at most 4096 bytes, was: '],
    ['a list', '["why"]', 'Expected a body such as {"why": "..."}, was something else.'],
    ['no reason', '{}', 'Expected why to be a text, was none.'],
    ['an empty reason', '{"why":" "}', 'Expected why to have 1 to 500 characters, was 0.'],
    ['a long reason', JSON.stringify({ why: 'x'.repeat(501) }), 'Expected why to have 1 to 500 characters, was 501.'],
    ['a number', '{"why":7}', 'Expected why to be a text, was a number.'],
    ['something else', '{"why":"x","who":"eve"}', 'Expected nothing but why, was also "who".'],
    ['too much', JSON.stringify({ why: 'x'.repeat(5000) }), 'Expected JSON of at most 4096 bytes, was: request entity'],
  ])('refuses %s', async (_, body, reason) => {
    const { world, post, refusals } = await served()
    const answer = await post('halt', { token: 'token-of-ann', body })
    expect(answer).toMatchObject({ status: 400, body: { accepted: false } })
    expect(answer.body['reason']).toContain(reason)
    expect(refusals).toEqual(['bad_request'])
    expect(world.enforced).toEqual([])
  })

  it('takes a document of what the account owned, far larger than other orders, and refuses one that was changed', async () => {
    const { world, post, refusals } = await served()
    const [position] = owned.positions
    const positions = Array.from({ length: 200 }, (_, i) => ({
      ...position,
      instrument: `A${i}@sim`,
    })) as typeof owned.positions
    const document = sealOwned({ account: 'a', runId: 'r', marketUs: 1, owned: { ...owned, positions }, switches: [] })
    const body = JSON.stringify({ document, why: 'upgrade' })
    expect(await post('open', { token: 'token-of-ann', body })).toMatchObject({
      status: 200,
      body: { accepted: true, command: 'open', who: 'ann', audited: true },
    })
    expect(world.opened).toMatchObject([{ who: 'ann', why: 'upgrade', document: { digest: document.digest } }])

    const changed = body.replace('"A7@sim"', '"B7@sim"')
    expect(await post('open', { token: 'token-of-ann', body: changed })).toMatchObject({
      status: 400,
      body: { accepted: false, reason: expect.stringContaining('the document was changed') as string },
    })
    expect(await post('open', { token: 'token-of-ann' })).toMatchObject({
      status: 400,
      body: { reason: 'Expected a document of the format triplane-owned-state, was another.' },
    })
    expect(await post('open', { token: 'token-of-ann', body: 'x'.repeat(1_000_001) })).toMatchObject({
      status: 400,
      body: { reason: expect.stringContaining('Expected JSON of at most 1000000 bytes') as string },
    })
    expect(refusals).toHaveLength(3)
    world.notOpened = 'Expected halted, was active'
    expect(await post('open', { token: 'token-of-ann', body })).toMatchObject({
      status: 409,
      body: { accepted: false },
    })
    expect(world.opened).toHaveLength(1)
  })

  it('takes a tuning, and refuses one that the bus does not take', async () => {
    const { world, post } = await served()
    const body = '{"strategy":"OFI","parameters":{"horizonMs":5000,"isShy":true,"mood":"sad"},"why":"faster"}'
    expect(await post('tune', { token: 'token-of-ann', body })).toMatchObject({
      status: 200,
      body: { accepted: true, command: 'tune', who: 'ann', audited: true },
    })
    const parameters = { horizonMs: 5000, isShy: true, mood: 'sad' }
    expect(world.published).toMatchObject([{ command: 'tune', strategy: 'OFI', parameters, why: 'faster' }])
    expect(world.enforced).toEqual([])
    world.fates.publish.push('fails')
    expect(await post('tune', { token: 'token-of-ann', body })).toMatchObject({
      status: 503,
      body: { accepted: false },
    })
    world.fates.audit.push('fails')
    expect(await post('tune', { token: 'token-of-ann', body })).toMatchObject({ status: 503, body: { audited: false } })
    expect((await post('tune', { token: 'token-of-eve', body })).status).toBe(401)
  })

  it.each([
    ['a list', '[]', 'Expected a body such as {"strategy": "OFI"'],
    [
      'no strategy',
      '{"parameters":{"a":1},"why":"x"}',
      'Expected strategy to be the name of one, in capitals, was none.',
    ],
    ['a name that is none', '{"strategy":"ofi","parameters":{"a":1},"why":"x"}', 'in capitals, was "ofi".'],
    [
      'no parameters',
      '{"strategy":"OFI","why":"x"}',
      'Expected parameters to be an object of those that change, was none.',
    ],
    ['nothing that changes', '{"strategy":"OFI","parameters":{},"why":"x"}', 'those that change, was {}.'],
    [
      'a list of values',
      '{"strategy":"OFI","parameters":{"a":[1]},"why":"x"}',
      'Expected a to be a number, true, false or a text, was [1].',
    ],
    ['no reason', '{"strategy":"OFI","parameters":{"a":1}}', 'Expected why to be a text, was none.'],
    [
      'something else',
      '{"strategy":"OFI","parameters":{"a":1},"why":"x","who":"eve"}',
      'Expected nothing but why, was also "who".',
    ],
  ])('refuses a tuning with %s', async (_, body, reason) => {
    const { world, post, refusals } = await served()
    const answer = await post('tune', { token: 'token-of-ann', body })
    expect(answer).toMatchObject({ status: 400, body: { accepted: false } })
    expect(answer.body['reason']).toContain(reason)
    expect(refusals).toEqual(['bad_request'])
    expect(world.audit).toEqual([])
  })

  it('knows no other command', async () => {
    const { post } = await served()
    expect((await post('liquidate', { token: 'token-of-ann' })).status).toBe(404)
  })
})

describe('who is not let in', () => {
  const oneGuess = { rateLimit: { limit: 1, windowMs: 60_000 } }

  it('is told so, and counted', async () => {
    const { world, post, refusals } = await served()
    expect(await post('halt', {})).toMatchObject({ status: 401, body: { accepted: false } })
    const wrong = await post('halt', { token: 'token-of-eve', body: 'x'.repeat(9999) })
    expect(wrong).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="triplane"' } })
    expect(wrong.body).toEqual({ accepted: false, reason: "Expected an operator's token, was another." })
    expect(refusals).toEqual(['no_token', 'wrong_token'])
    expect(world.enforced).toEqual([])
  })

  it('may not guess for long, and holds up nobody else', async () => {
    const { post, refusals } = await served(oneGuess)
    await post('resume', { token: 'wrong' })
    const limited = await post('halt', { token: 'wrong' })
    expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    expect(refusals).toEqual(['wrong_token', 'rate_limited'])
    expect((await post('resume', { token: 'token-of-ann', from: '127.0.0.2' })).status).toBe(200)
  })

  it.each(['halt', 'reduce', 'resume', 'rearm'])('does not hold up %s from the same address', async (command) => {
    const { post } = await served(oneGuess)
    for (let i = 0; i < 5; i++) await post('halt', { token: 'wrong' })
    expect((await post(command, { token: 'token-of-ann' })).status).toBe(200)
  })

  it('is not counted for orders that are right', async () => {
    const { post } = await served(oneGuess)
    for (let i = 0; i < 5; i++) expect((await post('resume', { token: 'token-of-ann' })).status).toBe(200)
  })
})

describe('without a token', () => {
  it.each(['halt', 'reduce', 'resume', 'rearm'])('%s is answered 503', async (command) => {
    const { world, post } = await served({ tokens: [] })
    expect(await post(command, { token: 'token-of-ann' })).toMatchObject({
      status: 503,
      body: { accepted: false, reason: 'control is off: no operator token configured' },
    })
    expect(world.enforced).toEqual([])
  })
})

describe('the line for the log', () => {
  it('says whose orders are taken, and what stands', async () => {
    const { world, control, post } = await served()
    expect(control.describe()).toBe('control is on for ann, bob')
    await post('reduce', { token: 'token-of-ann' })
    expect(control.describe()).toBe('control is on for ann, bob; reducing by order of ann: a drill')
    const off = createControl({ ...world.options(), tokens: [] })
    expect(off.describe()).toBe('control is off: no operator token configured; reducing by order of ann: a drill')
    world.mode = 'active'
    off.restore()
    expect(world.mode).toBe('reducing')
  })
})
