import { err, ok, type Result } from '@triplane/kernel'
import type { Frame, FrameRefusal } from '@triplane/market-data'
import type { InstrumentTable } from './instrument-table.ts'
import type { MapMessage, Understood, Venue } from './venue.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The JSON of a frame; refuses anything but JSON in UTF-8 (`not_json`). */
export function jsonOf(
  { bytes, start, end }: Frame,
  parseJson: (text: string) => unknown = JSON.parse,
): Result<unknown, FrameRefusal> {
  try {
    return ok(parseJson(utf8.decode(bytes.subarray(start, end))))
  } catch {
    // The engine's own message differs between Node versions, and the detail is part of a hashed event.
    return err({ code: 'not_json', detail: 'Expected JSON in UTF-8' })
  }
}

/**
 * Reads a frame by its JSON and the venue's mapper: slower than a venue's fast reader, and authoritative for every frame.
 * Refuses what `jsonOf` and the mapper refuse.
 */
export function parseFrame(
  frame: Frame,
  tsRecvUs: number,
  instruments: InstrumentTable,
  map: MapMessage,
  parseJson?: Venue['parseJson'],
): Understood {
  const json = jsonOf(frame, parseJson)
  return json.ok ? map({ json: json.value, origin: frame.origin, tsRecvUs, instruments }) : [json]
}
