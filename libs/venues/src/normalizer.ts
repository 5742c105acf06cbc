import type { Instrument } from '@triplane/contracts'
import { err } from '@triplane/kernel'
import type { Frame, NormalizedEvent } from '@triplane/market-data'
import { parseFrame } from './frame-parser.ts'
import { InstrumentTable } from './instrument-table.ts'
import { venues } from './registry.ts'
import type { Understood } from './venue.ts'

/** Turns raw frames into events with the receive time `tsRecvUs` (microseconds). Never throws. */
export interface Normalizer {
  /** The one event of a frame, if the venue's fast reader can read it; undefined when `read` must. */
  scan(frame: Frame, tsRecvUs: number): NormalizedEvent | undefined
  /** Everything in a frame, by its JSON and the venue's mapper: authoritative. The fast reader learns from it. */
  read(frame: Frame, tsRecvUs: number): Understood
}

/** Creates the normaliser for all venues of `instruments`. */
export function createNormalizer(instruments: readonly Instrument[]): Normalizer {
  const readers = new Map(
    venues.map((venue) => {
      const table = new InstrumentTable(instruments.filter((instrument) => instrument.venue === venue.id))
      return [venue.id, { venue, table, fast: venue.fast?.(table) }] as const
    }),
  )

  return {
    scan: (frame, tsRecvUs) => readers.get(frame.origin.venue)?.fast?.scan(frame, tsRecvUs),

    read(frame, tsRecvUs) {
      const reader = readers.get(frame.origin.venue)
      if (reader === undefined) {
        const detail = `Expected a frame of ${[...readers.keys()].join(', ')}, was one of ${frame.origin.venue}`
        return [err({ code: 'unknown_message', detail })]
      }
      const { venue, table, fast } = reader
      const understood = parseFrame(frame, tsRecvUs, table, venue.map, venue.parseJson)
      const [first] = understood
      if (first?.ok && understood.length === 1) fast?.learn(frame, first.value)
      return understood
    },
  }
}
