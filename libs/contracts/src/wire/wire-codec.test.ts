import { Type } from '@sinclair/typebox'
import { defineEvent } from '../define-event.ts'
import { definitionOf, wire } from '../event.ts'
import { createEventRegistry } from '../event-registry.ts'
import { code, exampleMarket, label, marketFields, oneOf, real, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'
import { createWireCodec } from './wire-codec.ts'

/** A build with one event of these fields. */
function buildOf<Fields extends Parameters<typeof defineEvent>[0]['schema']>(
  fields: Fields,
  { version = 2, wireNumber = 200 } = {},
) {
  const funding = defineEvent({
    tag: 'funding',
    version,
    wireNumber,
    doc: 'What a perpetual pays.',
    schema: { ...marketFields, ...fields },
    topic: topics.market,
    key: () => 'funding',
    rank: rank.data,
    example: exampleMarket as never,
  })
  const definitions = [funding] as const
  const codec = createWireCodec(definitions, createEventRegistry(definitions))
  const event = (values: object) => ({ type: 'funding', seq: 1, ...exampleMarket, ...values })
  return {
    encode: (...all: readonly object[]) => codec.encodeRecord(all.map(event) as never),
    read: (bytes: Buffer) => codec.decodeRecord(bytes),
    event,
    digest: codec.digest(),
  }
}

const share = { strategy: label('who'), quantity: real('how much') }
const firstFields = {
  rate: real('share of the notional'),
  next: Type.Optional(real('the next one')),
  isFinal: Type.Boolean({ description: 'true' }),
  side: oneOf(['BUY', 'SELL'], 'side'),
  shares: Type.Array(Type.Object(share)),
}
const first = buildOf(firstFields)
const second = buildOf({
  ...firstFields,
  shares: Type.Array(
    Type.Object({ ...share, note: Type.Optional(text('of it')), isOld: Type.Optional(Type.Boolean()) }),
  ),
  cap: Type.Optional(real('most')),
  isCapped: Type.Optional(Type.Boolean()),
  why: Type.Optional(text('sentence')),
  venue: Type.Optional(label('venue')),
  kind: Type.Optional(oneOf(['a', 'b'], 'kind')),
  reason: Type.Optional(code(['x'], 'why')),
  levels: Type.Optional(Type.Array(Type.Number())),
  names: Type.Optional(Type.Array(text('name'))),
  inner: Type.Optional(Type.Object({ at: Type.Integer() })),
})
const old = { rate: 0.1, next: 0.2, isFinal: true, side: 'SELL', shares: [{ strategy: 'OFI', quantity: 1 }] }
const added = {
  cap: 1,
  isCapped: true,
  why: 'Zürich',
  venue: 'sim',
  kind: 'b',
  reason: 'of_tomorrow',
  levels: [1, 2, 3],
  names: ['a', 'b'],
  inner: { at: 7 },
}
const fresh = { ...old, ...added, shares: [{ strategy: 'OFI', quantity: 1, note: 'n', isOld: false }] }

describe('two builds of one version', () => {
  it('differ in the digest of a record, which refuses nothing', () => {
    expect(second.digest).not.toBe(first.digest)
  })

  it('the older one reads the fields that it knows and skips the rest', () => {
    expect(first.read(second.encode(fresh, old))).toEqual({ ok: true, value: [first.event(old), first.event(old)] })
  })

  it('the newer one reads events without its fields', () => {
    expect(second.read(first.encode(old, old))).toEqual({ ok: true, value: [second.event(old), second.event(old)] })
  })

  it('the newer one reads its own', () => {
    expect(second.read(second.encode(old, fresh))).toEqual({
      ok: true,
      value: [second.event(old), second.event(fresh)],
    })
  })

  it('write the same bytes where the new fields are absent, so hashes do not change', () => {
    const events = (bytes: Buffer) => bytes.subarray(24).toString('hex')
    expect(events(second.encode(old))).toBe(events(first.encode(old)))
  })

  it('the older one refuses an unknown field of a closed object, rather than read it in part', () => {
    const closed = { additionalProperties: false }
    const older = buildOf({ owned: Type.Object({ cash: real('cash') }, closed) })
    for (const more of [{ debt: Type.Optional(real('debt')) }, { isOwed: Type.Optional(Type.Boolean()) }]) {
      const newer = buildOf({ owned: Type.Object({ cash: real('cash'), ...more }, closed) })
      const [name] = Object.keys(more) as [string]
      expect(older.read(newer.encode({ owned: { cash: 1 } })).ok).toBe(true)
      expect(older.read(newer.encode({ owned: { cash: 1, [name]: name === 'debt' ? 1 : false } }))).toEqual({
        ok: false,
        error: { code: 'bad_record', detail: 'funding/owned: Expected no other field, was one' },
      })
    }
  })
})

describe('an event or a version that this build does not have', () => {
  it.each([
    {
      name: 'number',
      build: buildOf(firstFields, { wireNumber: 201 }),
      detail: 'Expected an event that is known, was number 201',
    },
    { name: 'version', build: buildOf(firstFields, { version: 3 }), detail: 'Expected version 2 of funding, was 3' },
  ])('is an unknown schema: $name', ({ build, detail }) => {
    const read = first.read(build.encode(old))
    expect(read).toEqual({ ok: false, error: { code: 'unknown_schema', detail: expect.stringContaining(detail) } })
  })

  it('never shares a number with another', () => {
    const { trade, quote } = definitionOf
    const definitions = [trade, { ...quote, wireNumber: trade.wireNumber }] as const
    expect(() => createWireCodec(definitions, createEventRegistry(definitions))).toThrow('a number of its own')
  })
})

describe('an invalid record', () => {
  const { trade, quote, signal } = definitionOf
  const bytes = wire.encodeRecord([trade.example, quote.example])
  const refusal = (record: Buffer) => {
    const read = wire.decodeRecord(record)
    return read.ok ? 'read' : `${read.error.code}: ${read.error.detail}`
  }
  const patched = (at: number, ...values: readonly number[]) => {
    const copy = Buffer.from(bytes)
    for (const [i, value] of values.entries()) copy[at + i] = value
    return copy
  }

  it('is read when nothing is changed', () => {
    expect(refusal(bytes)).toBe('read')
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'bad_record: Expected a record of the format 1, was '],
    ['another format', patched(3, 2), 'bad_record: Expected a record of the format 1, was 5450570202000000'],
    ['no event', patched(4, 0), 'bad_record: Expected at least one event, was none'],
    ['fewer events', patched(4, 3), 'bad_record: Expected 3 events, was 2'],
    ['more events', patched(4, 1), 'bad_record: Expected 1 events, was more behind them'],
    ['a cut end', bytes.subarray(0, -1), /^bad_record: Expected a text of \d+ bytes, was \d+ left$/],
    ['a byte too many', Buffer.concat([bytes, Buffer.alloc(8)]), 'bad_record: Expected 2 labels, was more behind them'],
    ['a label that is not there', patched(24 + 16, 9), 'bad_record: trade/source: Expected a label, was number 9'],
    ['a choice that is none', patched(24 + 21, 7), 'bad_record: trade/aggressor: Expected union value, was number 7'],
    [
      'no integer',
      patched(24 + 24, 1, 2, 3, 4, 5, 6, 7, 0x40),
      /^not_an_event: trade\/tsRecvUs: Expected integer, was 2\.87/,
    ],
    ['no number', patched(24 + 48 + 6, 0xf8, 0x7f), 'not_an_event: trade/price: Expected number, was null'],
    ['a shorter fixed part', patched(24 + 2, 6), /^bad_record: trade: Expected at least 8 words/],
  ])('is refused, with what was expected: %s', (_, record, want) => {
    if (typeof want === 'string') expect(refusal(record)).toBe(want)
    else expect(refusal(record)).toMatch(want)
  })

  it('is refused in the same words as its JSON', () => {
    const beyond = { ...signal.example, strength: 2 }
    expect(refusal(wire.encodeRecord([beyond]))).toBe(
      'not_an_event: signal/strength: Expected number to be less or equal to 1, was 2',
    )
  })
})
