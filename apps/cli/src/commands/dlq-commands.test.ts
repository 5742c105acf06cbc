import { wire } from '@triplane/contracts'
import type { StoredDeadLetter } from '@triplane/storage'
import { aQuote, testStartUs } from '@triplane/testing'
import { CliWorld } from '../../test/cli-world.ts'

const raw = Buffer.from('[{"type":"quote","seq":41,"bid":"\u009b31mx"}]')
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
  origin: { topic: 'market.events.v2', partition: 2, offset: 1234, key: 'SPY' },
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
const frameId = '0a1b2c3d/data/9'

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
  it('sends the bytes again to their original topic', async () => {
    const { code, value } = await world.json('dlq', 'redrive', recordId)
    expect([code, value]).toEqual([
      0,
      { redriven: [{ id: recordId, topic: 'market.events.v2', partition: 2, key: 'SPY' }] },
    ])
    expect(world.redriven).toEqual([
      {
        topic: 'market.events.v2',
        partition: 2,
        key: 'SPY',
        value: raw,
        headers: { run: '0a1b2c3d', producer: 'redrive/2/1234', seq: '41', ts: String(testStartUs) },
      },
    ])
  })

  it.each(['nonsense', '[]', '{"seq":-1}', 'null'])('sends bytes without a readable sequence: %s', async (text) => {
    world.letters.splice(0, 2, { ...record, raw: Buffer.from(text), rawBytes: text.length })
    expect(await world.run('dlq', 'redrive', recordId)).toBe(0)
    expect(world.redriven).toMatchObject([{ value: Buffer.from(text), headers: { seq: '0' } }])
  })

  it('reads the sequence of a binary record', async () => {
    const bytes = wire.encodeRecord([aQuote({ seq: 41 }), aQuote({ seq: 42 })])
    world.letters.splice(0, 2, { ...record, raw: bytes, rawBytes: bytes.length })
    expect(await world.run('dlq', 'redrive', recordId)).toBe(0)
    expect(world.redriven).toMatchObject([{ value: bytes, headers: { seq: '41' } }])
  })

  it('refuses to send a truncated record', async () => {
    world.letters.splice(0, 2, { ...record, raw: Buffer.from('[{"seq":7'), rawBytes: 70_000 })
    expect(await world.run('dlq', 'redrive', recordId)).toBe(1)
    expect(world.redriven).toEqual([])
  })

  it('refuses frames, and then sends nothing at all', async () => {
    expect(await world.run('dlq', 'redrive', recordId, frameId)).toBe(1)
    expect(world.messages).toBe(
      `triplane: Expected a record of the bus, was a frame of binance_ws: ${frameId} never was on a topic and cannot be redriven\n`,
    )
    expect(world.redriven).toEqual([])
  })
})
