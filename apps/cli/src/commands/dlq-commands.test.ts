import { keptText } from '@triplane/contracts'
import type { StoredDeadLetter } from '@triplane/storage'
import { testStartUs } from '@triplane/testing'
import { aDeadPlane, aPlane, CliWorld, stopPlanes } from '../../test/cli-world.ts'

const raw = Buffer.from('[{"type":"quote","seq":41,"bid":"\u009b31mx"}]')
const place = { topic: 'market.events.v2', partition: 2, offset: 1234, key: 'SPY' }
const record: StoredDeadLetter = {
  runId: '0a1b2c3d',
  producer: 'strategy/dlq',
  seq: 3,
  tsRecvUs: testStartUs,
  source: 'data-plane',
  stage: 'decode',
  reason: 'not_an_event',
  eventType: 'record',
  detail: 'quote/bid: Expected number, was "x"',
  origin: place,
  rawBytes: raw.length,
  raw,
}
const { origin: _, ...withoutOrigin } = record
const frame: StoredDeadLetter = {
  ...withoutOrigin,
  producer: 'data',
  seq: 9,
  source: 'binance_ws',
  instrument: 'BTC/USDT@binance_spot',
  stage: 'normalize',
  reason: 'not_json',
  eventType: 'frame',
}
const recordId = '0a1b2c3d/strategy/dlq/3'

let world: CliWorld
beforeEach(() => {
  world = new CliWorld()
  world.letters.push(record, frame)
})

describe('dlq list', () => {
  it('prints a table', async () => {
    expect(await world.run('dlq', 'list')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "dead letter              received                  source      instrument             stage      reason        bytes  can be redriven
      0a1b2c3d/strategy/dlq/3  2024-08-08 14:30:00.000Z  data-plane  -                      decode     not_an_event     42  yes
      0a1b2c3d/data/9          2024-08-08 14:30:00.000Z  binance_ws  BTC/USDT@binance_spot  normalize  not_json         42  no
      "
    `)
  })

  it('prints JSON, filtered by run and limited', async () => {
    const { code, value } = await world.json('dlq', 'list', '--run', '0a1b2c3d', '--limit', '1')
    const { raw: _raw, ...summary } = record
    expect([code, value]).toEqual([0, { deadLetters: [{ id: recordId, ...summary }] }])
    expect((await world.json('dlq', 'list', '--run', 'other')).value).toEqual({ deadLetters: [] })
  })
})

describe('dlq show', () => {
  it('shows the bytes without terminal control characters', async () => {
    expect(await world.run('dlq', 'show', recordId)).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "dead letter  0a1b2c3d/strategy/dlq/3
      received     2024-08-08 14:30:00.000Z
      source       data-plane
      venue        -
      instrument   -
      stage        decode
      reason       not_an_event
      what         record
      detail       quote/bid: Expected number, was "x"
      lies at      market.events.v2, partition 2, offset 1234, key SPY
      bytes        42

      [{"type":"quote","seq":41,"bid":"Â 31mx"}]
      "
    `)
  })

  it('prints the raw bytes, alone or in JSON', async () => {
    expect(await world.run('dlq', 'show', recordId, '--raw')).toBe(0)
    expect(world.output).toBe(raw.toString())
    expect((await world.json('dlq', 'show', recordId)).value).toMatchObject({
      id: recordId,
      raw: raw.toString('latin1'),
    })
  })

  it('fails when there is no such record', async () => {
    expect(await world.run('dlq', 'show', '0a1b2c3d/data/10')).toBe(1)
    expect(world.messages).toContain('Expected a dead letter 0a1b2c3d/data/10, found none')
  })

  it('refuses an invalid name', async () => {
    expect(await world.run('dlq', 'show', '7')).toBe(2)
    expect(world.messages).toContain('Expected run/producer/sequence')
  })
})

describe('dlq redrive', () => {
  afterEach(stopPlanes)

  /** Order planes and a strategy plane that say this. */
  async function planes(order: object, strategy: object = { accepted: true, events: 1 }) {
    const status = (said: object) => ('reason' in said ? 409 : 200)
    const [first, second] = [await aPlane(status(order), order), await aPlane(status(strategy), strategy)]
    world.environment = {
      TRIPLANE_ORDER_PLANES: first.url,
      TRIPLANE_STRATEGY_PLANES: second.url,
      TRIPLANE_TOKEN: 'a-token-of-ann',
    }
    return [first, second] as const
  }

  it('gives the record to the order plane, which audits it, and then to the strategy plane', async () => {
    const [order, strategy] = await planes({ accepted: true, audited: true, events: 1 })
    const { code, value } = await world.json('dlq', 'redrive', recordId, '--why', 'the build is mended')
    const said = { id: recordId, accepted: true, events: 1 }
    expect([code, value]).toEqual([0, { redriven: [order, strategy].map(({ url }) => ({ ...said, url })) }])
    const { origin, runId } = record
    const sent = { ...origin, runId, producer: 'data-plane', bytes: raw.length, raw: raw.toString('base64') }
    for (const { asked } of [order, strategy]) {
      expect(asked).toMatchObject([{ path: '/control/redrive', authorization: 'Bearer a-token-of-ann' }])
      expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ record: sent, why: 'the build is mended' })
    }
  })

  it('ends where a plane does not take it, and names it', async () => {
    const [order, strategy] = await planes({ accepted: false, reason: 'Expected trading to be halted, was active' })
    expect(await world.run('dlq', 'redrive', recordId)).toBe(1)
    expect(world.messages).toBe(
      `triplane: Expected ${order.url} to take ${recordId}, was: Expected trading to be halted, was active\n`,
    )
    expect(strategy.asked).toEqual([])
    world.environment = { ...world.environment, TRIPLANE_ORDER_PLANES: await aDeadPlane() }
    expect(await world.run('dlq', 'redrive', recordId)).toBe(1)
    expect(world.messages).toContain('was: ECONNREFUSED')
  })

  it.each([
    ['frames', frame, `a record of the bus, was a frame of binance_ws`],
    ['what was cut', { ...record, rawBytes: 70_000 }, 'a record that was kept whole, was 42 bytes of 70000'],
    ['fills', { ...record, origin: { ...place, topic: 'execution.fills.v2' } }, 'was of execution.fills.v2'],
    ['intents', { ...record, origin: { ...place, topic: 'strategy.intents.v2' } }, 'was of strategy.intents.v2'],
    ['commands', { ...record, origin: { ...place, topic: 'control.commands.v1' } }, 'was of control.commands.v1'],
    ['a key that was cut', { ...record, origin: { ...place, key: keptText('k'.repeat(400)) } }, 'kept whole, was cut'],
  ])('refuses %s, and then gives nothing at all', async (_, letter, message) => {
    const [order] = await planes({ accepted: true, events: 1 })
    world.letters.push({ ...letter, seq: 77, producer: 'x' })
    expect(await world.run('dlq', 'redrive', recordId, '0a1b2c3d/x/77')).toBe(1)
    expect(world.messages).toContain(message)
    expect(world.messages).toContain('0a1b2c3d/x/77 cannot be redriven')
    expect(order.asked).toEqual([])
  })
})
