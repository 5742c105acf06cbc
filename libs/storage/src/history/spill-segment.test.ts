import type { Event } from '@triplane/contracts'
import { aFill, aQuote, aTrade, examples } from '@triplane/testing'
import fc from 'fast-check'
import { parseRows, scanSegment, segmentHeader, segmentRow } from './spill-segment.ts'

const HEADER_LINES = 1

function aSegment(rows: readonly (readonly [producer: string, event: Event])[]): Buffer {
  return Buffer.from(segmentHeader('run-1') + rows.map(([producer, event]) => segmentRow(producer, event)).join(''))
}

/** The number of intact lines within the first `length` bytes. */
function wholeLines(bytes: Buffer, length: number): number {
  return bytes.subarray(0, length).toString('latin1').split('\n').length - 1
}

const anEvent = fc.oneof(
  fc
    .record({ seq: fc.nat(), price: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }) })
    .map((some) => aTrade(some)),
  fc.record({ seq: fc.nat(), symbol: fc.string({ unit: 'binary' }) }).map((some) => aQuote(some)),
  fc.uint8Array().map((raw): Event => ({ ...examples.deadLetter, raw: Buffer.from(raw).toString('latin1') })),
)
const someRows = fc.array(fc.tuple(fc.string(), anEvent), { maxLength: 20 })

describe('a segment of the spill', () => {
  it('returns every event type and any text', () => {
    const events = [
      ...Object.values(examples),
      aFill({ instrument: 'tab\t line\n back\\ "quote" ünï 🚀 \u2028 \0 \ud800' }),
    ]
    const { runId, rows, tornLines } = scanSegment(aSegment(events.map((event) => ['a producer', event])))
    expect({ runId, tornLines }).toEqual({ runId: 'run-1', tornLines: 0 })
    expect(parseRows(rows)).toEqual({ events, producers: events.map(() => 'a producer') })
  })

  it('torn anywhere, returns the intact rows before the tear and no others', () => {
    const aTear = someRows.chain((rows) => fc.tuple(fc.constant(rows), fc.nat(aSegment(rows).length)))
    fc.assert(
      fc.property(aTear, ([rows, length]) => {
        const bytes = aSegment(rows)
        const scan = scanSegment(bytes.subarray(0, length))
        const lines = wholeLines(bytes, length)
        const whole = rows.slice(0, Math.max(0, lines - HEADER_LINES))
        expect(scan.runId).toBe(lines >= HEADER_LINES ? 'run-1' : undefined)
        expect(parseRows(scan.rows)).toEqual({
          events: whole.map(([, event]) => event),
          producers: whole.map(([producer]) => producer),
        })
        // Cut behind the last intact line, it has no torn lines.
        const cut = bytes.subarray(0, scan.wholeBytes)
        expect([wholeLines(cut, cut.length), cut.at(-1) ?? 10]).toEqual([lines, 10])
        expect(scan.tornLines).toBe(scan.wholeBytes < length ? 1 : 0)
        expect(scanSegment(cut)).toMatchObject({ tornLines: 0, rows: scan.rows })
      }),
    )
  })

  it('with damage in the middle, loses the damaged lines and no others', () => {
    const aBurn = fc
      .array(fc.tuple(fc.string(), anEvent), { minLength: 1, maxLength: 20 })
      .chain((rows) => fc.tuple(fc.constant(rows), fc.nat(aSegment(rows).length - 1), fc.integer({ min: 1, max: 255 })))
    fc.assert(
      fc.property(aBurn, ([rows, at, flip]) => {
        const bytes = aSegment(rows)
        const wasLineFeed = bytes[at] === 10
        const touched = wholeLines(bytes, at)
        bytes[at] = (bytes[at] as number) ^ flip
        const scan = scanSegment(bytes)
        // A lost line feed joins two lines.
        const lost = wasLineFeed ? [touched, touched + 1] : [touched]
        const kept = rows.filter((_, i) => !lost.includes(i + HEADER_LINES))
        expect(parseRows(scan.rows).events).toEqual(kept.map(([, event]) => event))
        expect(scan.runId).toBe(touched >= HEADER_LINES ? 'run-1' : undefined)
        expect(scan.tornLines).toBeGreaterThan(0)
      }),
    )
  })
})
