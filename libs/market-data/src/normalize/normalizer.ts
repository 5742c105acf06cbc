import { err, ok, type Result } from '@triplane/kernel'
import type { Instrument } from '@triplane/contracts'
import type { Frame } from '../frame.ts'
import { dialectOf } from './binance-dialect.ts'
import { parseFrame } from './frame-parser.ts'
import type { FrameRefusal, NormalizedEvent } from './frame-refusal.ts'
import { FrameScanner } from './frame-scanner.ts'
import { InstrumentTable } from './instrument-table.ts'

/** Turns a raw frame into an event with the receive time `tsRecvUs` (microseconds), or says why not. Never throws. */
export type Normalize = (frame: Frame, tsRecvUs: number) => Result<NormalizedEvent, FrameRefusal>

/**
 * Builds the normaliser of all venues that `instruments` name. A frame is read by the scanner; what the scanner leaves
 * is decided by `JSON.parse`. What is remembered between frames is how they are written, which changes no result.
 */
export function createNormalizer(instruments: readonly Instrument[]): Normalize {
  const venues = new Map(
    [...dialectOf].map(([venue, dialect]) => {
      const table = new InstrumentTable(instruments.filter((instrument) => instrument.venue === venue))
      return [venue, { dialect, table, scanner: new FrameScanner(table, dialect) }] as const
    }),
  )

  return function normalize(frame, tsRecvUs) {
    const venue = venues.get(frame.origin.venue)
    if (venue === undefined) {
      const detail = `Expected a frame of ${[...venues.keys()].join(', ')}, was one of ${frame.origin.venue}`
      return err({ code: 'unknown_message', detail })
    }
    const scanned = venue.scanner.scan(frame, tsRecvUs)
    if (scanned !== undefined) return ok(scanned)
    const parsed = parseFrame(frame, tsRecvUs, venue.table, venue.dialect)
    if (parsed.ok) venue.scanner.learn(frame, parsed.value)
    return parsed
  }
}
