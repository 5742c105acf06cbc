import { topicOf, topics, wire, type Event, type EventType, type Topic } from '@triplane/contracts'
import { examples } from '@triplane/testing'
import fc from 'fast-check'
import type { Message } from 'kafkajs'
import { recordOf } from '../../test/fetch-answers.ts'
import { decodeRecord } from './decode-record.ts'
import { encodeHeaders } from './record-headers.ts'

const origin = { runId: 'run-1', producer: 'data', seq: 7, tsSentUs: 1_723_127_400_000_000 }

const aMessage = (fields: Partial<Message> = {}): Message => ({
  key: Buffer.from('SPY'),
  value: Buffer.from('[]'),
  headers: encodeHeaders({ ...origin, traceparent: undefined, watermark: undefined }),
  ...fields,
})

describe('records', () => {
  it.each(Object.keys(examples) as EventType[])('contain a %s as it was sent', (type) => {
    const event = examples[type]
    const both = [event, event]
    for (const [value, events] of [
      [Buffer.from(JSON.stringify(event)), [event]],
      [Buffer.from(JSON.stringify(both)), both],
      [wire.encodeRecord([event]), [event]],
      [wire.encodeRecord(both), both],
    ] as const) {
      const record = recordOf(topicOf[type], 2, 12, aMessage({ value }))
      expect(record).toMatchObject({ ...origin, topic: topicOf[type], partition: 2, offset: 12, key: 'SPY' })
      expect(decodeRecord(record)).toEqual({ ok: true, value: events })
    }
  })

  it.each([
    { name: 'a cut record', at: 0, value: 0x54, cut: 1, code: 'bad_record' },
    { name: 'another format', at: 3, value: 2, code: 'bad_record' },
    { name: 'an unknown event', at: 24, value: 255, code: 'unknown_schema' },
    { name: 'another version', at: 25, value: 9, code: 'unknown_schema' },
    { name: 'an invalid event', at: 24 + 55, value: 0xff, code: 'not_an_event' },
    { name: 'an event of another topic', at: 0, value: 0x54, topic: topicOf.fill, code: 'wrong_topic' },
  ])('of the binary wire are refused: $name', ({ at, value, cut = 0, topic = topicOf.trade, code }) => {
    const bytes = wire.encodeRecord([examples.trade])
    bytes[at] = value
    // The seventh word is the price: 0xffff is not a number.
    if (code === 'not_an_event') bytes[at - 1] = 0xff
    const message = aMessage({ value: bytes.subarray(0, bytes.length - cut) })
    expect(decodeRecord(recordOf(topic, 0, 12, message))).toMatchObject({ ok: false, error: { code } })
  })

  it.each([
    { name: 'binary', encode: wire.encodeRecord },
    { name: 'JSON', encode: (events: readonly Event[]) => Buffer.from(JSON.stringify(events)) },
  ])('give a reader what it hears, perhaps nothing: $name', ({ encode }) => {
    const { trade, quote, ofi } = examples
    const record = recordOf(topicOf.trade, 0, 12, aMessage({ value: encode([trade, quote, ofi, quote]) }))
    const heard = (...types: readonly EventType[]) => decodeRecord(record, new Set(types))
    expect(heard('quote', 'heartbeat')).toEqual({ ok: true, value: [quote, quote] })
    expect(heard('ofi', 'trade')).toEqual({ ok: true, value: [trade, ofi] })
    expect(heard('fill')).toEqual({ ok: true, value: [] })
  })

  it('that would delete a key of what is kept are foreign, whoever sent them; elsewhere they are junk', () => {
    const codeOf = (topic: Topic, headers: NonNullable<Message['headers']>) => {
      const decoded = decodeRecord(recordOf(topic, 0, 1, { key: Buffer.from('desk/manual'), value: null, headers }))
      return decoded.ok ? undefined : decoded.error.code
    }
    const { headers = {} } = aMessage()
    for (const topic of [topics.killSwitch, topics.runs, topics.audit])
      expect([codeOf(topic, headers), codeOf(topic, {})]).toEqual(['foreign_record', 'foreign_record'])
    expect([codeOf(topics.halts, headers), codeOf(topics.halts, {})]).toEqual(['not_json', 'bad_header'])
  })

  it('of the binary wire are refused for an unknown event, heard or not, and for a length that is none', () => {
    const { trade, quote } = examples
    const bytes = wire.encodeRecord([trade, quote])
    const read = (at: number, value: number) => {
      const damaged = Buffer.from(bytes)
      damaged[at] = value
      const decoded = decodeRecord(
        recordOf(topicOf.trade, 0, 12, aMessage({ value: damaged })),
        new Set(['quote'] as const),
      )
      return decoded.ok ? decoded.value : decoded.error.code
    }
    expect(read(24, bytes[24] as number)).toEqual([quote])
    expect(read(24, 255)).toBe('unknown_schema')
    expect(read(24 + 4, 0)).toBe('bad_record')
    expect(read(24 + 7, 0xff)).toBe('bad_record')
    // What is wrong in an event that is not heard is nobody's matter here.
    expect(read(24 + 55, 0xff)).toEqual([quote])
  })

  it('contain a watermark, which has no events', () => {
    const watermark = { throughUs: Infinity, final: true }
    const headers = encodeHeaders({ ...origin, seq: 0, traceparent: undefined, watermark })
    const record = recordOf(topicOf.trade, 0, 12, aMessage({ key: Buffer.from(''), value: Buffer.alloc(0), headers }))
    expect(record).toMatchObject({ key: '', seq: 0, watermark })
    expect(decodeRecord(record)).toEqual({ ok: true, value: [] })
  })

  it('return the headers that were written', () => {
    const us = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    const text = fc.string({ minLength: 1, unit: 'grapheme' })
    const watermark = fc.option(fc.record({ throughUs: us, final: fc.boolean() }), { nil: undefined })
    const traceparent = fc.option(text, { nil: undefined })
    const origins = fc.record({ runId: text, producer: text, seq: us, tsSentUs: us, traceparent, watermark })
    fc.assert(
      fc.property(origins, (each) => {
        const { traceparent, watermark, ...read } = recordOf(topicOf.trade, 0, 12, {
          value: null,
          headers: encodeHeaders(each),
        })
        expect({ ...read, traceparent, watermark }).toMatchObject(each)
      }),
    )
  })

  it('are refused and never throw, whatever their bytes', () => {
    const names = fc.constantFrom('run', 'producer', 'seq', 'ts', 'wm', 'final', 'traceparent', '__proto__')
    const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array))
    const headers = fc.option(fc.dictionary(names, fc.oneof(bytes, fc.array(bytes, { maxLength: 2 }))), {
      nil: undefined,
    })
    const bodies = fc.oneof(
      bytes,
      fc.json().map((json) => Buffer.from(json)),
      fc.constant(null),
    )
    fc.assert(
      fc.property(headers, bodies, fc.boolean(), (foreign, value, isSigned) => {
        const message = aMessage({ value, ...(!isSigned && { headers: foreign ?? {} }) })
        const record = recordOf(topicOf.trade, 0, 12, message)
        const decoded = decodeRecord(record)
        if (decoded.ok) expect(record.watermark).toBeDefined()
        else expect(['bad_header', 'not_json', 'bad_record', 'not_an_event']).toContain(decoded.error.code)
      }),
    )
  })
})
