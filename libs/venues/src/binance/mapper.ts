import { err, ok, type Result } from '@triplane/kernel'
import type { Bar, BookDelta, BookSnapshot, InstrumentId, Quote, Trade } from '@triplane/contracts'
import { describeValue, type FrameOrigin, type FrameRefusal, type NormalizedEvent } from '@triplane/market-data'
import { FieldReader, isJsonObject, type JsonObject } from '../field-reader.ts'
import type { InstrumentTable } from '../instrument-table.ts'
import type { MapMessage } from '../venue.ts'
import type { BinanceDialect } from './dialect.ts'

/** A message and its context. */
interface Message {
  readonly payload: JsonObject
  /** It came wrapped in the name of a stream, so it is not a REST answer. */
  readonly isStream: boolean
  readonly origin: FrameOrigin
  readonly tsRecvUs: number
  readonly instruments: InstrumentTable
}

/**
 * The mapper of a product: the definition of what is understood, which the byte scanner must match. A message comes bare or
 * wrapped in the name of its stream. Times on the wire are milliseconds.
 */
export function mapBinance(dialect: BinanceDialect): MapMessage {
  return function map({ json, origin, tsRecvUs, instruments }) {
    const data = isJsonObject(json) && 'stream' in json ? json['data'] : undefined
    const isStream = data !== undefined
    const payload = isStream ? data : json
    if (isJsonObject(payload)) return [mapPayload({ payload, isStream, origin, tsRecvUs, instruments }, dialect)]
    return [err({ code: 'unknown_message', detail: `Expected a JSON object, was ${describeValue(payload)}` })]
  }
}

function mapPayload(message: Message, dialect: BinanceDialect): Result<NormalizedEvent, FrameRefusal> {
  const { payload, origin } = message
  switch (payload['e']) {
    case 'trade':
      return mapTrade(message)
    case 'aggTrade':
      return mapAggregate(message)
    case 'depthUpdate':
      return mapDelta(message, dialect)
    case 'kline':
      return mapKline(message)
    case 'bookTicker':
      if (dialect.namesQuotes) return mapQuote(message, dialect)
      break
    case undefined:
      if (!dialect.namesQuotes && 'B' in payload && 'A' in payload) return mapQuote(message, dialect)
      // A partial-depth stream looks like a snapshot, but is not the whole book.
      if ('lastUpdateId' in payload && !message.isStream) return mapSnapshot(message)
  }
  const detail = `Expected a market message of ${origin.venue}, was one with e ${describeValue(payload['e'])}`
  return err({ code: 'unknown_message', detail })
}

function mapTrade(message: Message): Result<Trade, FrameRefusal> {
  const { payload, origin, tsRecvUs } = message
  const found = instrumentOf(message)
  const refusal = refuseOffBook(payload, found)
  if (refusal) return err({ ...refusal, ...readTradeId(payload) })
  const trade = build('trade', payload, found, (fields, instrument) => ({
    type: 'trade',
    seq: 0,
    source: origin.source,
    instrument,
    tsRecvUs,
    tsEventUs: fields.timeUs('T'),
    tradeId: fields.integer('t'),
    price: fields.decimal('p'),
    size: fields.decimal('q'),
    // `m`: the buyer is the maker, so the seller took liquidity.
    aggressor: fields.flag('m') ? 'sell' : 'buy',
  }))
  return trade.ok ? trade : err({ ...trade.error, ...readTradeId(payload) })
}

/** Futures also report trades taken over by the insurance fund or ADL: they are not of the order book, but their ids count. */
function refuseOffBook(payload: JsonObject, instrument: Result<InstrumentId, FrameRefusal>): FrameRefusal | undefined {
  const kind = payload['X']
  if (!instrument.ok || kind === undefined || kind === 'MARKET') return undefined
  const detail = `Expected X to be "MARKET", was ${describeValue(kind)}`
  return { code: 'off_book_trade', detail, instrument: instrument.value, eventType: 'trade' }
}

/** The id of a refused trade, if it has a valid one. */
function readTradeId(payload: JsonObject): { readonly tradeId?: number } {
  const tradeId = new FieldReader(payload).integer('t')
  return tradeId >= 0 ? { tradeId } : {}
}

/** Trades of one order at one price and time, reported as one: it covers the ids from `f` to `l`. */
function mapAggregate(message: Message): Result<Trade, FrameRefusal> {
  const { payload, origin, tsRecvUs } = message
  const found = instrumentOf(message)
  const refusal = refuseOffBook(payload, found)
  if (refusal) return err(refusal)
  return build('trade', payload, found, (fields, instrument) => ({
    type: 'trade',
    seq: 0,
    source: origin.source,
    instrument,
    tsRecvUs,
    tsEventUs: fields.timeUs('T'),
    tradeId: fields.integer('a'),
    price: fields.decimal('p'),
    size: fields.decimal('q'),
    aggressor: fields.flag('m') ? 'sell' : 'buy',
    firstTradeId: fields.integer('f'),
    lastTradeId: fields.integer('l', fields.integer('f')),
  }))
}

function mapQuote(message: Message, { namesQuotes }: BinanceDialect): Result<Quote, FrameRefusal> {
  const { payload, origin, tsRecvUs } = message
  return build('quote', payload, instrumentOf(message), (fields, instrument) => ({
    type: 'quote',
    seq: 0,
    source: origin.source,
    instrument,
    tsRecvUs,
    ...(namesQuotes && { tsEventUs: fields.timeUs('E') }),
    updateId: fields.integer('u'),
    bid: fields.decimal('b'),
    bidSize: fields.decimal('B'),
    ask: fields.decimal('a'),
    askSize: fields.decimal('A'),
  }))
}

function mapDelta(message: Message, { chainsDeltas }: BinanceDialect): Result<BookDelta, FrameRefusal> {
  const { payload, origin, tsRecvUs } = message
  return build('bookDelta', payload, instrumentOf(message), (fields, instrument) => ({
    type: 'bookDelta',
    seq: 0,
    source: origin.source,
    instrument,
    tsRecvUs,
    tsEventUs: fields.timeUs('E'),
    firstUpdateId: fields.integer('U'),
    lastUpdateId: fields.integer('u'),
    ...(chainsDeltas && { prevUpdateId: fields.integer('pu') }),
    bids: fields.levels('b'),
    asks: fields.levels('a'),
  }))
}

function mapSnapshot(message: Message): Result<BookSnapshot, FrameRefusal> {
  const { payload, origin, tsRecvUs } = message
  return build('bookSnapshot', payload, snapshotInstrumentOf(message), (fields, instrument) => ({
    type: 'bookSnapshot',
    seq: 0,
    source: origin.source,
    instrument,
    tsRecvUs,
    ...('E' in payload && { tsEventUs: fields.timeUs('E') }),
    lastUpdateId: fields.integer('lastUpdateId'),
    bids: fields.levels('bids'),
    asks: fields.levels('asks'),
  }))
}

function mapKline(message: Message): Result<Bar, FrameRefusal> {
  const { payload, origin, tsRecvUs } = message
  const kline = payload['k']
  if (typeof kline !== 'object' || kline === null) {
    const code = kline === undefined ? 'missing_field' : 'bad_field'
    return err({ code, detail: `Expected k to be an object, was ${describeValue(kline)}`, eventType: 'bar' })
  }
  return build('bar', kline as JsonObject, instrumentOf(message), (fields, instrument) => ({
    type: 'bar',
    seq: 0,
    source: origin.source,
    instrument,
    tsRecvUs,
    timeframe: fields.timeframe('i'),
    origin: 'venue',
    openTimeUs: fields.timeUs('t'),
    open: fields.decimal('o'),
    high: fields.decimal('h'),
    low: fields.decimal('l'),
    close: fields.decimal('c'),
    volume: fields.decimal('v'),
    quoteVolume: fields.decimal('q'),
    buyVolume: fields.decimal('V'),
    trades: fields.integer('n'),
    closed: fields.flag('x'),
  }))
}

/** The event that `read` builds from `fields`, or the refusal of the first invalid one. */
function build<E extends NormalizedEvent>(
  eventType: E['type'],
  payload: JsonObject,
  found: Result<InstrumentId, FrameRefusal>,
  read: (fields: FieldReader, instrument: InstrumentId) => E,
): Result<E, FrameRefusal> {
  if (!found.ok) return err({ ...found.error, eventType })
  const instrument = found.value
  const fields = new FieldReader(payload)
  const event = read(fields, instrument)
  return fields.problem ? err({ ...fields.problem, instrument, eventType }) : ok(event)
}

function instrumentOf({ payload, instruments, origin }: Message): Result<InstrumentId, FrameRefusal> {
  const name = payload['s']
  if (typeof name === 'string') return findInstrument(name, instruments, origin)
  const code = name === undefined ? 'missing_field' : 'bad_field'
  return err({ code, detail: `Expected s to be a symbol, was ${describeValue(name)}` })
}

/** A REST snapshot does not name its symbol: it belongs to the only depth stream of its origin. */
function snapshotInstrumentOf({ instruments, origin }: Message): Result<InstrumentId, FrameRefusal> {
  if (origin.snapshotSymbol !== undefined) return findInstrument(origin.snapshotSymbol, instruments, origin)
  return err({
    code: 'unattributed_snapshot',
    detail: 'Expected exactly one depth stream that the snapshot belongs to',
  })
}

function findInstrument(
  name: string,
  instruments: InstrumentTable,
  { venue }: FrameOrigin,
): Result<InstrumentId, FrameRefusal> {
  const instrument = instruments.byName(name)
  if (instrument) return ok(instrument)
  return err({ code: 'unknown_instrument', detail: `Expected an instrument of ${venue}, was ${describeValue(name)}` })
}
