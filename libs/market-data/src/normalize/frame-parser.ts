import { err, type Result } from '@triplane/kernel'
import type { Frame } from '../frame.ts'
import type { BinanceDialect } from './binance-dialect.ts'
import { mapBinanceMessage } from './binance-mapper.ts'
import { describeValue, type FrameRefusal, type NormalizedEvent } from './frame-refusal.ts'
import type { JsonObject } from './field-reader.ts'
import type { InstrumentTable } from './instrument-table.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a frame by `JSON.parse`: slower than the scanner, and the last word on every frame. A message comes bare or
 * wrapped in the name of its stream. Refuses what is not JSON in UTF-8 (`not_json`), and what the mapper refuses.
 */
export function parseFrame(
  frame: Frame,
  tsRecvUs: number,
  instruments: InstrumentTable,
  dialect: BinanceDialect,
): Result<NormalizedEvent, FrameRefusal> {
  const { origin } = frame
  let json: unknown
  try {
    json = JSON.parse(utf8.decode(frame.bytes.subarray(frame.start, frame.end)))
  } catch {
    // The engine's own message differs between Node versions, and the detail is part of a hashed event.
    return err({ code: 'not_json', detail: 'Expected JSON in UTF-8' })
  }
  const data = isJsonObject(json) && 'stream' in json ? json['data'] : undefined
  const isStream = data !== undefined
  const payload = isStream ? data : json
  if (isJsonObject(payload)) return mapBinanceMessage({ payload, isStream, origin, tsRecvUs, instruments }, dialect)
  return err({ code: 'unknown_message', detail: `Expected a JSON object, was ${describeValue(payload)}` })
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
