import type { Instrument } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import { describeValue, type Frame, type FrameRefusal } from '@triplane/market-data'
import { isJsonObject, type JsonObject } from '../field-reader.ts'
import { jsonOf } from '../frame-parser.ts'
import { readSteps } from '../steps-reader.ts'
import type { ListedInstrument } from '../venue.ts'

/**
 * Reads Binance's own list of its instruments (`exchangeInfo`) for `instruments`, those of the frame's venue: their steps, in
 * canonical form, or why they are unusable. Leaves out an instrument that is not in the list. Refuses the frame as a whole when
 * it is not JSON or not a list.
 */
export function readExchangeInfo(
  frame: Frame,
  instruments: readonly Instrument[],
): readonly Result<ListedInstrument, FrameRefusal>[] {
  const list = readSymbols(frame)
  if (!list.ok) return [list]
  const ours = new Map(instruments.map((instrument) => [instrument.venueSymbol, instrument]))
  return list.value.flatMap((entry) => {
    const instrument = isJsonObject(entry) ? ours.get(String(entry['symbol'])) : undefined
    return instrument && isJsonObject(entry) ? [readEntry(entry, instrument)] : []
  })
}

function readSymbols(frame: Frame): Result<readonly unknown[], FrameRefusal> {
  const json = jsonOf(frame)
  if (!json.ok) return json
  const symbols = isJsonObject(json.value) ? json.value['symbols'] : undefined
  if (Array.isArray(symbols)) return ok(symbols)
  return err({
    code: 'unknown_message',
    detail: `Expected a list of instruments in symbols, was ${describeValue(symbols)}`,
  })
}

function readEntry(entry: JsonObject, instrument: Instrument): Result<ListedInstrument, FrameRefusal> {
  const filters = Array.isArray(entry['filters']) ? entry['filters'].filter(isJsonObject) : []
  const find = (...types: readonly string[]) => filters.find(({ filterType }) => types.includes(String(filterType)))
  const least = find('NOTIONAL', 'MIN_NOTIONAL')
  // Spot calls it minNotional, USD-M notional; without the filter the venue accepts every value.
  return readSteps(instrument, {
    tickSize: find('PRICE_FILTER')?.['tickSize'],
    lotSize: find('LOT_SIZE')?.['stepSize'],
    minNotional: least ? (least['minNotional'] ?? least['notional']) : '0',
  })
}
