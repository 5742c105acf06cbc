import { err, ok, type Result } from '@triplane/kernel'
import { describeValue, type FrameRefusal, type NormalizedEvent } from '@triplane/market-data'
import { FieldReader, isJsonObject, type JsonObject } from '../field-reader.ts'
import type { MapMessage, Understood } from '../venue.ts'
import { bad, base, build, unknown, type Channel } from './build-event.ts'

/** Levels of one side. */
interface Levels {
  readonly numbers: readonly number[]
  /** The same levels as sent. */
  readonly texts: readonly string[]
  /** Time of the newest one, -Infinity when there is none. */
  readonly newestUs: number
}

const BOOK = /^book-(\d{1,5})$/
/**
 * Channels with nothing that others do not have in better form: a ticker comes with trades only, so its best prices are old.
 */
const UNUSED = /^(ticker|ohlc-\d+)$/
const CONTROLS: ReadonlySet<unknown> = new Set(['heartbeat', 'pong', 'systemStatus', 'subscriptionStatus'])

/** The mapper of Kraken's public WebSocket protocol v1, as documented on docs.kraken.com in 2026. Times on the wire are seconds. */
export const mapV1: MapMessage = ({ json, origin, tsRecvUs, instruments }) => {
  if (isJsonObject(json)) return mapControl(json)
  if (!Array.isArray(json) || json.length < 4)
    return [unknown(`Expected an event or an array of a channel, was ${describeValue(json)}`)]
  const parts = json as readonly unknown[]
  const [name, pair] = parts.slice(-2)
  const data = parts.slice(1, -2)
  if (typeof name !== 'string') return [unknown(`Expected the name of a channel, was ${describeValue(name)}`)]
  if (UNUSED.test(name)) return []
  const depth = Number(BOOK.exec(name)?.[1])
  const read = name === 'trade' ? mapTrades : name === 'spread' ? mapSpread : depth > 0 ? mapBook(depth) : undefined
  if (read === undefined) return [unknown(`Expected a channel of ${origin.venue}, was ${describeValue(name)}`)]
  const instrument = typeof pair === 'string' ? instruments.byName(pair) : undefined
  if (instrument !== undefined) return read(data, { instrument, source: origin.source, tsRecvUs })
  const eventType = name === 'trade' ? 'trade' : name === 'spread' ? 'quote' : 'bookDelta'
  const detail = `Expected an instrument of ${origin.venue}, was ${describeValue(pair)}`
  return [err({ code: 'unknown_instrument', detail, eventType })]
}

/** Heartbeats and answers are not about the market; a negative answer is refused, so that it is noticed. */
function mapControl(json: JsonObject): Understood {
  const { event, status, errorMessage } = json
  if (event === 'error' || status === 'error')
    return [unknown(`Expected a subscription to be taken, was an error: ${describeValue(errorMessage)}`)]
  return CONTROLS.has(event) ? [] : [unknown(`Expected a known event, was ${describeValue(event)}`)]
}

/** `[[price, volume, time, side, order type, misc], ...]`, the oldest first. */
function mapTrades([trades]: readonly unknown[], channel: Channel): Understood {
  if (!Array.isArray(trades)) return [bad('trade', channel, `Expected a list of trades, was ${describeValue(trades)}`)]
  return (trades as readonly unknown[]).map((trade) => {
    const [price, volume, time, side] = listOf(trade)
    return build('trade', { price, volume, time, side }, channel, (fields) => ({
      ...base('trade', channel),
      tsEventUs: fields.secondsUs('time'),
      price: fields.decimal('price'),
      size: fields.decimal('volume'),
      aggressor: fields.oneOf('side', ['b', 's']) === 'b' ? 'buy' : 'sell',
    }))
  })
}

/** `[bid, ask, time, bid volume, ask volume]`, whenever one of them changes. */
function mapSpread([spread]: readonly unknown[], channel: Channel): Understood {
  const [bid, ask, time, bidVolume, askVolume] = listOf(spread)
  const quote = build('quote', { bid, ask, time, bidVolume, askVolume }, channel, (fields) => ({
    ...base('quote', channel),
    tsEventUs: fields.secondsUs('time'),
    bid: fields.decimal('bid'),
    bidSize: fields.decimal('bidVolume'),
    ask: fields.decimal('ask'),
    askSize: fields.decimal('askVolume'),
  }))
  return [quote]
}

/** A snapshot is one object with `as` and `bs`; a delta is one with `a` or `b`, or one each; the last has the checksum `c`. */
function mapBook(depth: number) {
  return function map(data: readonly unknown[], channel: Channel): Understood {
    const objects = data.filter(isJsonObject)
    const [first] = objects
    if (first === undefined || objects.length < data.length)
      return [bad('bookDelta', channel, `Expected objects of levels, was ${describeValue(data[0])}`)]
    return ['as' in first || 'bs' in first ? mapSnapshot(first, depth, channel) : mapDelta(objects, depth, channel)]
  }
}

function mapSnapshot(payload: JsonObject, depth: number, channel: Channel): Result<NormalizedEvent, FrameRefusal> {
  const bids = readLevels([payload['bs']])
  const asks = readLevels([payload['as']])
  if (!bids.ok) return err({ ...bids.error, instrument: channel.instrument, eventType: 'bookSnapshot' })
  if (!asks.ok) return err({ ...asks.error, instrument: channel.instrument, eventType: 'bookSnapshot' })
  const newestUs = Math.max(bids.value.newestUs, asks.value.newestUs)
  return ok({
    ...base('bookSnapshot', channel),
    ...(Number.isFinite(newestUs) && { tsEventUs: newestUs }),
    bids: [...bids.value.numbers],
    asks: [...asks.value.numbers],
    proof: { depth, bids: bids.value.texts, asks: asks.value.texts },
  })
}

/** Levels that return to the depth are sent again with a mark behind their time; they are set like any other. */
function mapDelta(
  objects: readonly JsonObject[],
  depth: number,
  channel: Channel,
): Result<NormalizedEvent, FrameRefusal> {
  const side = (key: string) => readLevels(objects.filter((payload) => key in payload).map((payload) => payload[key]))
  const bids = side('b')
  const asks = side('a')
  if (!bids.ok) return err({ ...bids.error, instrument: channel.instrument, eventType: 'bookDelta' })
  if (!asks.ok) return err({ ...asks.error, instrument: channel.instrument, eventType: 'bookDelta' })
  const newestUs = Math.max(bids.value.newestUs, asks.value.newestUs)
  if (!Number.isFinite(newestUs)) return bad('bookDelta', channel, 'Expected a level in a or b, was none')
  return build('bookDelta', { c: objects.at(-1)?.['c'] }, channel, (fields) => ({
    ...base('bookDelta', channel),
    tsEventUs: newestUs,
    bids: [...bids.value.numbers],
    asks: [...asks.value.numbers],
    proof: { depth, checksum: fields.decimal('c'), bids: bids.value.texts, asks: asks.value.texts },
  }))
}

/** Lists of `[price, volume, time]`, one after another. */
function readLevels(lists: readonly unknown[]): Result<Levels, Pick<FrameRefusal, 'code' | 'detail'>> {
  const numbers: number[] = []
  const texts: string[] = []
  let newestUs = -Infinity
  for (const list of lists) {
    if (!Array.isArray(list))
      return err({ code: 'bad_field', detail: `Expected a list of levels, was ${describeValue(list)}` })
    for (const level of list as readonly unknown[]) {
      const [price, volume, time] = listOf(level)
      const fields = new FieldReader({ price, volume, time })
      numbers.push(fields.decimal('price'), fields.decimal('volume'))
      texts.push(String(price), String(volume))
      newestUs = Math.max(newestUs, fields.secondsUs('time'))
      if (fields.problem) return err(fields.problem)
    }
  }
  return ok({ numbers, texts, newestUs })
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : [])
