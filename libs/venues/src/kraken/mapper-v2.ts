import { err, ok, type Result } from '@triplane/kernel'
import { describeValue, type FrameRefusal, type NormalizedEvent } from '@triplane/market-data'
import { FieldReader, isJsonObject, type JsonObject } from '../field-reader.ts'
import type { MapMessage, Understood } from '../venue.ts'
import { base, build, unknown, type Channel } from './build-event.ts'
import { v1NameOf } from './pair-names.ts'

/** Channels about the connection, and those that only repeat others. */
const SILENT: ReadonlySet<unknown> = new Set(['heartbeat', 'status', 'instrument', 'ohlc', 'level3'])
const MARKET = ['trade', 'ticker', 'book'] as const
/** Levels per side that a subscription can request. */
const DEPTHS = [10, 25, 100, 500, 1000] as const
/** The depth of the live feed: 20 levels are shown, and only ten are proved. */
export const BOOK_DEPTH = 25

/** Levels of one side. */
interface Levels {
  readonly numbers: readonly number[]
  /** The same levels as sent. */
  readonly texts: readonly string[]
}

type Entry = Result<NormalizedEvent, FrameRefusal>

/**
 * The mapper of Kraken's public WebSocket protocol v2, as documented on docs.kraken.com (Spot WebSocket v2: Trades, Ticker,
 * Book, Heartbeat, Status, Ping) in 2026. Numbers are kept as the texts sent (`parseJson`); times are RFC 3339.
 */
export const mapV2: MapMessage = ({ json, origin, tsRecvUs, instruments }) => {
  if (!isJsonObject(json)) return [unknown(`Expected an object, was ${describeValue(json)}`)]
  const { channel: name, type, data } = json
  if (name === undefined) return mapAnswer(json)
  if (SILENT.has(name)) return []
  const channel = MARKET.find((one) => one === name)
  if (channel === undefined) return [unknown(`Expected a channel of ${origin.venue}, was ${describeValue(name)}`)]
  const read = readerOf(channel, type === 'snapshot')
  if (!Array.isArray(data) || (type !== 'snapshot' && type !== 'update')) {
    const was = `${describeValue(type)} and ${describeValue(data)}`
    const detail = `Expected a snapshot or update and its data, was ${was}`
    return [err({ code: 'bad_field', detail, eventType: read.eventType })]
  }
  return (data as readonly unknown[]).flatMap((entry): Understood => {
    const fields = isJsonObject(entry) ? entry : {}
    const { symbol } = fields
    const instrument =
      typeof symbol === 'string' ? (instruments.byName(symbol) ?? instruments.byName(v1NameOf(symbol))) : undefined
    if (instrument === undefined) {
      const detail = `Expected an instrument of ${origin.venue}, was ${describeValue(symbol)}`
      return [err({ code: 'unknown_instrument', detail, eventType: read.eventType })]
    }
    return read.read(fields, { instrument, source: origin.source, tsRecvUs })
  })
}

/** The kind of a channel's entries, and their reader. */
function readerOf(channel: (typeof MARKET)[number], isSnapshot: boolean) {
  if (channel === 'trade') return { eventType: 'trade', read: readTrade } as const
  if (channel === 'ticker') return { eventType: 'quote', read: readTicker } as const
  const eventType = isSnapshot ? 'bookSnapshot' : 'bookDelta'
  const read = (entry: JsonObject, channel: Channel): Understood => [readBook(entry, eventType, channel)]
  return { eventType, read } as const
}

/** Answers are not about the market; a negative one is refused, so that it is noticed. */
function mapAnswer({ method, success, error }: JsonObject): Understood {
  if (method === 'pong' || (success === true && (method === 'subscribe' || method === 'unsubscribe'))) return []
  const was = `${describeValue(method)}, ${describeValue(error)}`
  return [unknown(`Expected a channel, or a request to be taken, was the answer to ${was}`)]
}

/** The side is that of the taker; ids count the trades of a book. */
function readTrade(entry: JsonObject, channel: Channel): Understood {
  const trade = build('trade', entry, channel, (fields) => ({
    ...base('trade', channel),
    tsEventUs: fields.rfc3339Us('timestamp'),
    tradeId: fields.integerText('trade_id'),
    price: fields.decimal('price'),
    size: fields.decimal('qty'),
    aggressor: fields.oneOf('side', ['buy', 'sell']),
  }))
  const tradeId = trade.ok ? NaN : new FieldReader(entry).integerText('trade_id')
  return [trade.ok || Number.isNaN(tradeId) ? trade : err({ ...trade.error, tradeId })]
}

/**
 * The best of both sides at its time. One without a time, as in older messages, may be from any time before, and is ignored.
 */
function readTicker(entry: JsonObject, channel: Channel): Understood {
  if (!('timestamp' in entry)) return []
  const quote = build('quote', entry, channel, (fields) => ({
    ...base('quote', channel),
    tsEventUs: fields.rfc3339Us('timestamp'),
    bid: fields.decimal('bid'),
    bidSize: fields.decimal('bid_qty'),
    ask: fields.decimal('ask'),
    askSize: fields.decimal('ask_qty'),
  }))
  return [quote]
}

/**
 * An update has the fields of a snapshot, with the changed levels, in the order of the changes, in place of the best ones, best
 * first.
 */
function readBook(entry: JsonObject, eventType: 'bookSnapshot' | 'bookDelta', channel: Channel): Entry {
  const bids = readLevels(entry['bids'])
  if (!bids.ok) return err({ ...bids.error, instrument: channel.instrument, eventType })
  const asks = readLevels(entry['asks'])
  if (!asks.ok) return err({ ...asks.error, instrument: channel.instrument, eventType })
  return build(eventType, entry, channel, (fields) => {
    const tsEventUs = fields.rfc3339Us('timestamp')
    const checksum = fields.integerText('checksum')
    const sides = { bids: [...bids.value.numbers], asks: [...asks.value.numbers] }
    const proof = { checksum, bids: bids.value.texts, asks: asks.value.texts }
    if (eventType === 'bookDelta') return { ...base('bookDelta', channel), tsEventUs, ...sides, proof }
    const depth = depthOf(Math.max(sides.bids.length, sides.asks.length) / 2)
    return { ...base('bookSnapshot', channel), tsEventUs, ...sides, proof: { ...proof, depth } }
  })
}

/** A list of `{ price, qty }`. */
function readLevels(levels: unknown): Result<Levels, Pick<FrameRefusal, 'code' | 'detail'>> {
  if (!Array.isArray(levels))
    return err({ code: 'bad_field', detail: `Expected a list of levels, was ${describeValue(levels)}` })
  const numbers: number[] = []
  const texts: string[] = []
  for (const level of levels as readonly unknown[]) {
    const { price, qty } = isJsonObject(level) ? level : {}
    const fields = new FieldReader({ price, qty })
    numbers.push(fields.decimal('price'), fields.decimal('qty'))
    if (fields.problem) return err(fields.problem)
    texts.push(String(price), String(qty))
  }
  return ok({ numbers, texts })
}

/**
 * The depth of a subscription, which its messages do not give, from the levels of its snapshot: a full side has that many. For
 * a thinner book it is unknown, and assumed to be that of the live feed; the checksum reveals a wrong one.
 */
function depthOf(levels: number): number {
  const atLeast = DEPTHS.find((depth) => depth === levels) ?? Math.max(levels, BOOK_DEPTH)
  return DEPTHS.find((depth) => depth >= atLeast) ?? levels
}
