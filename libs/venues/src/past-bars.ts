import { instrumentId, type Instrument, type InstrumentId, type Timeframe } from '@triplane/contracts'
import { err, invariant, ok, type Result } from '@triplane/kernel'
import { describeValue, timeframeUs, type Frame, type FrameRefusal } from '@triplane/market-data'
import { FieldReader, type JsonObject } from './field-reader.ts'
import { jsonOf } from './frame-parser.ts'
import type { Klines } from './klines.ts'
import { venueById } from './registry.ts'

/** A past bar as its venue sends it: prices in the quote currency, volume in base units. */
interface PastBarRow {
  readonly openTimeUs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly trades: number
}

/** The bars of an instrument and a length that were over when the venue answered, oldest first; some may be missing. */
export interface PastBars {
  readonly instrument: InstrumentId
  readonly timeframe: Timeframe
  readonly bars: readonly PastBarRow[]
}

/** True for the URL of an answer with past bars. */
export const isPastBarsUrl = (venue: string, url: URL): boolean => venueById(venue)?.klines?.askedBy(url) !== undefined

/**
 * Reads a venue's answer with past bars, whose URL is in the origin of its frame. Leaves out the last bar: it is in progress,
 * whatever our clock says. Refuses the frame as a whole when it is not such an answer, when it is about no instrument of the
 * run, or when one of its bars is invalid: every price must be above 0 and within its high and low, and each bar later than the
 * one before.
 */
export function readPastBars(frame: Frame, instruments: readonly Instrument[]): Result<PastBars, FrameRefusal> {
  const { venue, pastBarsUrl } = frame.origin
  invariant(pastBarsUrl !== undefined, 'the frame is an answer with past bars', venue)
  const klines = venueById(venue)?.klines
  const asked = klines?.askedBy(new URL(pastBarsUrl))
  if (!klines || !asked) {
    const detail = `Expected a venue that has bars of the time before, was ${venue}`
    return err({ code: 'unknown_message', detail })
  }
  const json = jsonOf(frame)
  if (!json.ok) return json
  const found = instruments.find((one) => one.venue === venue && klines.pairOf(one.venueSymbol) === asked.pair)
  if (!found) {
    const detail = `Expected an instrument of ${venue}, was ${describeValue(asked.pair)}`
    return err({ code: 'unknown_instrument', detail, eventType: 'bar' })
  }
  return readRows(json.value, klines, instrumentId(found), asked.timeframe)
}

function readRows(
  json: unknown,
  klines: Klines,
  instrument: InstrumentId,
  timeframe: Timeframe,
): Result<PastBars, FrameRefusal> {
  const rows = klines.rows(json)
  if (!rows.ok) return rows
  const bars: PastBarRow[] = []
  for (const row of rows.value.slice(0, -1)) {
    const bar = readRow(row)
    if (!bar.ok) return err({ ...bar.error, instrument, eventType: 'bar' })
    const { openTimeUs } = bar.value
    const lastUs = bars.at(-1)?.openTimeUs ?? 0
    if (openTimeUs <= lastUs || openTimeUs % timeframeUs[timeframe] !== 0) {
      const detail = `Expected starts of bars of ${timeframe} in their order, was ${openTimeUs} after ${lastUs}`
      return err({ code: 'bad_field', detail, instrument, eventType: 'bar' })
    }
    bars.push(bar.value)
  }
  return ok({ instrument, timeframe, bars })
}

function readRow(row: JsonObject): Result<PastBarRow, Pick<FrameRefusal, 'code' | 'detail'>> {
  const fields = new FieldReader(row)
  const bar = {
    openTimeUs: fields.timeUs('time'),
    open: fields.decimal('open'),
    high: fields.decimal('high'),
    low: fields.decimal('low'),
    close: fields.decimal('close'),
    volume: fields.decimal('volume'),
    trades: fields.integer('trades'),
  }
  if (fields.problem) return err(fields.problem)
  const { open, high, low, close, volume } = bar
  if (low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && volume >= 0) return ok(bar)
  const was = `${open}, ${high}, ${low}, ${close}, ${volume}`
  return err({ code: 'bad_field', detail: `Expected open, high, low, close and volume of a bar, was ${was}` })
}
