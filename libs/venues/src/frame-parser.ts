import { err, type Result } from '@triplane/kernel'
import type { Frame, FrameRefusal, NormalizedEvent } from '@triplane/market-data'
import type { InstrumentTable } from './instrument-table.ts'
import type { MapMessage } from './venue.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a frame by `JSON.parse` and the venue's mapper: slower than a venue's fast reader, and the last word on every frame.
 * Refuses what is not JSON in UTF-8 (`not_json`), and what the mapper refuses.
 */
export function parseFrame(
  { bytes, start, end, origin }: Frame,
  tsRecvUs: number,
  instruments: InstrumentTable,
  map: MapMessage,
): Result<NormalizedEvent, FrameRefusal> {
  let json: unknown
  try {
    json = JSON.parse(utf8.decode(bytes.subarray(start, end)))
  } catch {
    // The engine's own message differs between Node versions, and the detail is part of a hashed event.
    return err({ code: 'not_json', detail: 'Expected JSON in UTF-8' })
  }
  return map({ json, origin, tsRecvUs, instruments })
}
