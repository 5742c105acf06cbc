import type { Event } from '@triplane/contracts'
import { aFill, aQuote, aTrade, examples } from '@triplane/testing'
import fc from 'fast-check'
import { checkedLine } from '../files/checked-lines.ts'
import { readRows, scanSegment, segmentHeader, segmentRow } from './spill-segment.ts'

type Row = readonly [producer: string, event: Event]

/** The header and the rows, each as it is in the file. */
const recordsOf = (rows: readonly Row[]) => [
  segmentHeader('run-1'),
  ...rows.map(([producer, event]) => segmentRow(producer, event)),
]
const aSegment = (rows: readonly Row[]) => Buffer.concat(recordsOf(rows))

/** The number of whole records within the first `length` bytes. */
function wholeRecords(rows: readonly Row[], length: number): number {
  let end = 0
  return recordsOf(rows).filter((record) => (end += record.length) <= length).length
}

const inColumns = (rows: readonly Row[]) => ({
  events: rows.map(([, event]) => event),
  producers: rows.map(([producer]) => producer),
  unreadable: 0,
})

const anEvent = fc.oneof(
  fc
    .record({ seq: fc.nat(), price: fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-9 }) })
    .map((some) => aTrade(some)),
  fc.record({ seq: fc.nat(), source: fc.string({ unit: 'binary', minLength: 1 }) }).map((some) => aQuote(some)),
  fc.uint8Array().map((raw): Event => ({ ...examples.deadLetter, raw: Buffer.from(raw).toString('latin1') })),
)
const someRows = fc.array(fc.tuple(fc.string({ unit: 'binary' }), anEvent), { maxLength: 20 })

describe('a segment of the spill', () => {
  const events: readonly Event[] = [
    ...Object.values(examples),
    aFill({ instrument: 'tab\t line\n back\\ "quote" ünï 🚀 \u2028 \0@sim' }),
  ]

  it('returns every event type and any text', () => {
    const rows = events.map((event): Row => ['a producer', event])
    const scan = scanSegment(aSegment(rows), 2)
    expect(scan).toMatchObject({ version: 2, runId: 'run-1', tornRows: 0 })
    expect(readRows(scan)).toEqual(inColumns(rows))
  })

  it('of version 1, in lines, returns them too, and what is whole of a torn one', () => {
    const lines = [{ version: 1, runId: 'run-1' }, ...events.map((event) => ['a producer', event])]
    const bytes = Buffer.from(lines.map((line) => checkedLine(JSON.stringify(line))).join(''))
    const scan = scanSegment(bytes, 1)
    expect(scan).toMatchObject({ version: 1, runId: 'run-1', tornRows: 0, wholeBytes: bytes.length })
    expect(readRows(scan)).toEqual(inColumns(events.map((event) => ['a producer', event])))
    const torn = scanSegment(bytes.subarray(0, bytes.length - 3), 1)
    expect([torn.rows.length, torn.tornRows, torn.runId]).toEqual([events.length - 1, 1, 'run-1'])
  })

  it('of version 1 says how many events do not fit this build, and returns the others', () => {
    const { price: _, ...misfit } = aTrade({})
    const lines = [{ version: 1, runId: 'run-1' }, ...[aTrade({}), misfit].map((event) => ['data', event])]
    const bytes = Buffer.from(lines.map((line) => checkedLine(JSON.stringify(line))).join(''))
    expect(readRows(scanSegment(bytes, 1))).toEqual({
      events: [aTrade({})],
      producers: ['data'],
      unreadable: 1,
      why: expect.stringContaining('price') as string,
    })
  })

  it('says how many events it cannot read, and returns the others', () => {
    const scan = scanSegment(aSegment([1, NaN, 2].map((price): Row => ['data', aTrade({ price })])), 2)
    expect(readRows(scan)).toEqual({
      events: [aTrade({ price: 1 }), aTrade({ price: 2 })],
      producers: ['data', 'data'],
      unreadable: 1,
      why: expect.stringContaining('price') as string,
    })
  })

  it('torn anywhere, returns the intact rows before the tear and no others', () => {
    const aTear = someRows.chain((rows) => fc.tuple(fc.constant(rows), fc.nat(aSegment(rows).length)))
    fc.assert(
      fc.property(aTear, ([rows, length]) => {
        const bytes = aSegment(rows)
        const scan = scanSegment(bytes.subarray(0, length), 2)
        const whole = wholeRecords(rows, length)
        expect(scan.runId).toBe(whole > 0 ? 'run-1' : undefined)
        expect(readRows(scan)).toEqual(inColumns(rows.slice(0, Math.max(0, whole - 1))))
        expect(scan.tornRows).toBe(scan.wholeBytes < length ? 1 : 0)
        // Cut behind the last intact row, it has no torn ones.
        expect(wholeRecords(rows, scan.wholeBytes)).toBe(whole)
        expect(scanSegment(bytes.subarray(0, scan.wholeBytes), 2)).toMatchObject({ tornRows: 0, rows: scan.rows })
      }),
    )
  })

  it('with damage in the middle, loses the damaged row and no other', () => {
    const aBurn = fc
      .array(fc.tuple(fc.string(), anEvent), { minLength: 1, maxLength: 20 })
      .chain((rows) => fc.tuple(fc.constant(rows), fc.nat(aSegment(rows).length - 1), fc.integer({ min: 1, max: 255 })))
    fc.assert(
      fc.property(aBurn, ([rows, at, flip]) => {
        const bytes = aSegment(rows)
        bytes[at] = (bytes[at] as number) ^ flip
        const scan = scanSegment(bytes, 2)
        const touched = wholeRecords(rows, at)
        expect(readRows(scan).events).toEqual(rows.filter((_, i) => i + 1 !== touched).map(([, event]) => event))
        expect(scan.runId).toBe(touched > 0 ? 'run-1' : undefined)
        expect(scan.tornRows).toBe(1)
      }),
    )
  })
})
