import type { Instrument } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { Frame, FrameRefusal, NormalizedEvent } from '@triplane/market-data'
import { parseFrame } from './frame-parser.ts'
import { InstrumentTable } from './instrument-table.ts'
import { venues } from './registry.ts'

/** Turns a raw frame into an event with the receive time `tsRecvUs` (microseconds), or says why not. Never throws. */
export type Normalize = (frame: Frame, tsRecvUs: number) => Result<NormalizedEvent, FrameRefusal>

/**
 * Builds the normaliser of all venues that `instruments` name. A frame is read by the venue's fast reader where it has one;
 * what that leaves is decided by `JSON.parse` and the venue's mapper.
 */
export function createNormalizer(instruments: readonly Instrument[]): Normalize {
  const readers = new Map(
    venues.map(({ id, map, fast }) => {
      const table = new InstrumentTable(instruments.filter(({ venue }) => venue === id))
      return [id, { map, table, fast: fast?.(table) }] as const
    }),
  )

  return function normalize(frame, tsRecvUs) {
    const reader = readers.get(frame.origin.venue)
    if (reader === undefined) {
      const detail = `Expected a frame of ${[...readers.keys()].join(', ')}, was one of ${frame.origin.venue}`
      return err({ code: 'unknown_message', detail })
    }
    const { map, table, fast } = reader
    const scanned = fast?.scan(frame, tsRecvUs)
    if (scanned !== undefined) return ok(scanned)
    const parsed = parseFrame(frame, tsRecvUs, table, map)
    if (parsed.ok) fast?.learn(frame, parsed.value)
    return parsed
  }
}
