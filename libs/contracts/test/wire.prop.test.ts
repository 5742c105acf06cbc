import fc from 'fast-check'
import { encodeLine, eventDefinitions, isEvent, wire, type Event, type EventDefinition } from '../src/index.ts'
import { valueOf } from './arbitrary-event.ts'

const definitions: readonly EventDefinition[] = eventDefinitions
const anyEvent = fc.oneof(...definitions.map(({ schema }) => valueOf(schema))) as fc.Arbitrary<Event>
const decoded = (bytes: Buffer) => {
  const read = wire.decodeRecord(bytes)
  if (!read.ok) throw new Error(read.error.detail)
  return read.value
}

describe('any event', () => {
  it.each(definitions.map((definition) => [definition.tag, definition] as const))(
    'survives both codecs, and they agree: %s',
    (_, { schema }) => {
      fc.assert(
        fc.property(fc.array(valueOf(schema) as fc.Arbitrary<Event>, { minLength: 1, maxLength: 4 }), (events) => {
          const lines = events.map(encodeLine)
          const bytes = wire.encodeRecord(events)
          const read = decoded(bytes)
          expect(read.map(encodeLine)).toEqual(lines)
          expect(read).toEqual(lines.map((line) => JSON.parse(line)))
          expect(read.every(isEvent)).toBe(true)
          expect(Object.keys(read[0] as Event)).toEqual(Object.keys(JSON.parse(lines[0] as string) as Event))
          // There is one encoding of what was read.
          expect(wire.encodeRecord(read)).toEqual(bytes)
        }),
        { numRuns: 60 },
      )
    },
  )

  it('is heard by whoever hears its type, and passed over by all others', () => {
    const types = fc.subarray(definitions.map(({ tag }) => tag))
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 20 }), types, (events, heard) => {
        const read = wire.decodeRecord(wire.encodeRecord(events), new Set(heard))
        const lines = events.filter(({ type }) => heard.includes(type)).map(encodeLine)
        expect(read).toEqual({ ok: true, value: lines.map((line) => JSON.parse(line)) })
      }),
    )
  })

  it('is read from any position beside other records', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 20 }), fc.nat(9), (events, offset) => {
        const bytes = wire.encodeRecord(events)
        const around = Buffer.alloc(bytes.length + 2 * offset, 0xff)
        bytes.copy(around, offset)
        expect(decoded(around.subarray(offset, offset + bytes.length)).map(encodeLine)).toEqual(events.map(encodeLine))
      }),
    )
  })
})
