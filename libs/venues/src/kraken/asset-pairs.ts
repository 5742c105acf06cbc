import type { Instrument } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import { describeValue, type Frame, type FrameRefusal } from '@triplane/market-data'
import { isJsonObject, type JsonObject } from '../field-reader.ts'
import { jsonOf } from '../frame-parser.ts'
import { readSteps } from '../steps-reader.ts'
import type { ListedInstrument } from '../venue.ts'
import { v1NameOf } from './pair-names.ts'

/** The most decimals of a quantity; a list with more is invalid. */
const MOST_DECIMALS = 30

/**
 * Reads Kraken's own list of its pairs (docs.kraken.com, "Get Tradable Asset Pairs") for `instruments`, those of the frame's
 * venue: their steps, or why they are unusable. The channel `instrument` has the same data, with exponents. A pair is
 * identified by `wsname`, its name in the protocol v1. Leaves out an instrument that is not in the list. Refuses the frame as a
 * whole when it is not JSON or not a list.
 */
export function readAssetPairs(
  frame: Frame,
  instruments: readonly Instrument[],
): readonly Result<ListedInstrument, FrameRefusal>[] {
  const list = readPairs(frame)
  if (!list.ok) return [list]
  const ours = new Map(instruments.map((instrument) => [v1NameOf(instrument.venueSymbol), instrument]))
  return list.value.flatMap((pair) => {
    const instrument = isJsonObject(pair) ? ours.get(v1NameOf(String(pair['wsname']))) : undefined
    if (!isJsonObject(pair) || instrument === undefined) return []
    // Without a smallest value, any value is accepted.
    const { tick_size: tickSize, lot_decimals: decimals, costmin: minNotional = '0' } = pair
    return [readSteps(instrument, { tickSize, lotSize: stepOf(decimals), minNotional })]
  })
}

/** `{ error: [], result: { XXBTZUSD: { wsname, ... }, ... } }`; a refusal has status 200 too. */
function readPairs(frame: Frame): Result<readonly unknown[], FrameRefusal> {
  const json = jsonOf(frame)
  if (!json.ok) return json
  const { result, error }: JsonObject = isJsonObject(json.value) ? json.value : {}
  if (isJsonObject(result)) return ok(Object.values(result))
  const was = `${describeValue(result)}, ${describeValue(Array.isArray(error) ? error[0] : error)}`
  return err({ code: 'unknown_message', detail: `Expected a list of pairs in result, was ${was}` })
}

/** 0.00000001 for 8 decimals; the value itself when it is not a number of decimals. */
function stepOf(decimals: unknown): unknown {
  const isCount = Number.isInteger(decimals) && Number(decimals) >= 0 && Number(decimals) <= MOST_DECIMALS
  if (!isCount) return decimals
  return decimals === 0 ? '1' : `0.${'1'.padStart(Number(decimals), '0')}`
}
