import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { examples } from '@triplane/testing'
import { definitionOf, encodeLine, eventTypes, explainEvent, isEvent, wire, type EventType } from '../src/index.ts'

const folder = join(__dirname, 'golden')

/** Golden files are named `<event type>.v<version>.json`, or `.hex`, and are never edited once released, only added to. */
const goldenOf = (type: EventType, as: 'json' | 'hex' = 'json') => `${type}.v${definitionOf[type].version}.${as}`

describe('events on the wire', () => {
  it('has one golden file per codec for every event and version, and no other', () => {
    const files = eventTypes.flatMap((type) => [goldenOf(type), goldenOf(type, 'hex')])
    expect(readdirSync(folder).sort()).toEqual(files.sort())
  })

  it.each(eventTypes)('%s reads its golden bytes, and writes the same', (type) => {
    const golden = Buffer.from(readFileSync(join(folder, goldenOf(type, 'hex')), 'utf8').replaceAll(' ', ''), 'hex')
    expect(wire.decodeRecord(golden)).toEqual({ ok: true, value: [examples[type]] })
    // The digest in the head is that of the build which wrote it.
    const written = wire.encodeRecord([examples[type]])
    golden.copy(written, 8, 8, 16)
    expect(written.toString('hex')).toBe(golden.toString('hex'))
  })

  it.each(eventTypes)('%s reads its golden file, and writes the same line', (type) => {
    const line = readFileSync(join(folder, goldenOf(type)), 'utf8').trimEnd()
    const event: unknown = JSON.parse(line)
    expect(explainEvent(event)).toBe(`${type} is valid`)
    expect(isEvent(event) && encodeLine(event)).toBe(line)
    expect(event).toEqual(examples[type])
  })

  it.each(eventTypes)('%s has one line, in whatever order its fields were set', (type) => {
    const turned = Object.fromEntries(Object.entries(examples[type]).reverse())
    expect(encodeLine(turned as never)).toBe(encodeLine(examples[type]))
  })

  it('leaves out absent fields and fields that the schema does not name', () => {
    const { tsEventUs: _, ...quote } = examples.quote
    const line = encodeLine({ ...quote, surprise: 1 } as never)
    expect(line).not.toContain('tsEventUs')
    expect(line).not.toContain('surprise')
  })

  it.each([
    [undefined, 'Expected an event with a known type, was undefined'],
    [{ type: 'constructor' }, 'Expected an event with a known type, was {"type":"constructor"}'],
    [{ ...examples.trade, aggressor: 'both' }, 'trade/aggressor: Expected union value, was "both"'],
    [{ ...examples.quote, bid: Number.NaN }, 'quote/bid: Expected number, was null'],
  ])('explains what is wrong with %j', (value, want) => {
    expect(isEvent(value)).toBe(false)
    expect(explainEvent(value)).toBe(want)
  })
})
