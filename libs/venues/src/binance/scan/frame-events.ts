import type { Bar, BookDelta, BookSnapshot, InstrumentId, Quote, Timeframe, Trade } from '@triplane/contracts'
import { timeUsOf } from '../../field-reader.ts'
import { slotOf } from './frame-layout.ts'
import type { LayoutReader } from './layout-reader.ts'

const EVENT_TIME = slotOf('E')
const TRADE_TIME = slotOf('T')
const TRADE_PRICE = slotOf('p')
const TRADE_SIZE = slotOf('q')
const BUYER_IS_MAKER = slotOf('m')
const FIRST_UPDATE = slotOf('U')
const LAST_UPDATE = slotOf('u')
const PREVIOUS_UPDATE = slotOf('pu')
const BID = slotOf('b')
const BID_SIZE = slotOf('B')
const ASK = slotOf('a')
const ASK_SIZE = slotOf('A')
const TRADE_ID = slotOf('t')
const AGGREGATE_ID = slotOf('a')
const FIRST_TRADE = slotOf('f')
const LAST_TRADE = slotOf('l')
const SNAPSHOT_ID = slotOf('lastUpdateId')
const BIDS = slotOf('bids')
const ASKS = slotOf('asks')
const OPEN_TIME = slotOf('k.t')
const OPEN = slotOf('k.o')
const HIGH = slotOf('k.h')
const LOW = slotOf('k.l')
const CLOSE = slotOf('k.c')
const VOLUME = slotOf('k.v')
const QUOTE_VOLUME = slotOf('k.q')
const BUY_VOLUME = slotOf('k.V')
const TRADES = slotOf('k.n')
const IS_CLOSED = slotOf('k.x')

// The events of a frame that was read, as the mapper makes them; undefined when it has to decide.

/** The trade of the frame that `reader` has read. */
export function tradeOf(
  { numbers }: LayoutReader,
  source: string,
  instrument: InstrumentId,
  tsRecvUs: number,
): Trade | undefined {
  const tsEventUs = timeUsOf(numbers[TRADE_TIME] as number)
  if (Number.isNaN(tsEventUs)) return undefined
  return {
    type: 'trade',
    seq: 0,
    source,
    instrument,
    tsRecvUs,
    tsEventUs,
    tradeId: numbers[TRADE_ID] as number,
    price: numbers[TRADE_PRICE] as number,
    size: numbers[TRADE_SIZE] as number,
    aggressor: numbers[BUYER_IS_MAKER] === 1 ? 'sell' : 'buy',
  }
}

/** The trades of one order, as one. */
export function aggregateOf(
  { numbers }: LayoutReader,
  source: string,
  instrument: InstrumentId,
  tsRecvUs: number,
): Trade | undefined {
  const firstTradeId = numbers[FIRST_TRADE] as number
  const lastTradeId = numbers[LAST_TRADE] as number
  const tsEventUs = timeUsOf(numbers[TRADE_TIME] as number)
  if (Number.isNaN(tsEventUs) || lastTradeId < firstTradeId) return undefined
  return {
    type: 'trade',
    seq: 0,
    source,
    instrument,
    tsRecvUs,
    tsEventUs,
    tradeId: numbers[AGGREGATE_ID] as number,
    price: numbers[TRADE_PRICE] as number,
    size: numbers[TRADE_SIZE] as number,
    aggressor: numbers[BUYER_IS_MAKER] === 1 ? 'sell' : 'buy',
    firstTradeId,
    lastTradeId,
  }
}

/** The quote, with its time where quotes have one. */
export function quoteOf(
  { numbers }: LayoutReader,
  source: string,
  instrument: InstrumentId,
  tsRecvUs: number,
  hasTime: boolean,
): Quote | undefined {
  const updateId = numbers[LAST_UPDATE] as number
  const bid = numbers[BID] as number
  const bidSize = numbers[BID_SIZE] as number
  const ask = numbers[ASK] as number
  const askSize = numbers[ASK_SIZE] as number
  // Two literals here and below, since a spread would cost more than all the rest.
  if (!hasTime) return { type: 'quote', seq: 0, source, instrument, tsRecvUs, updateId, bid, bidSize, ask, askSize }
  const tsEventUs = timeUsOf(numbers[EVENT_TIME] as number)
  if (Number.isNaN(tsEventUs)) return undefined
  return { type: 'quote', seq: 0, source, instrument, tsRecvUs, tsEventUs, updateId, bid, bidSize, ask, askSize }
}

/** The diff of a book, with the id of the one before it where diffs name it. */
export function deltaOf(
  reader: LayoutReader,
  source: string,
  instrument: InstrumentId,
  tsRecvUs: number,
  isChained: boolean,
): BookDelta | undefined {
  const { numbers } = reader
  const tsEventUs = timeUsOf(numbers[EVENT_TIME] as number)
  if (Number.isNaN(tsEventUs)) return undefined
  const firstUpdateId = numbers[FIRST_UPDATE] as number
  const lastUpdateId = numbers[LAST_UPDATE] as number
  const bids = reader.levels(BID)
  const asks = reader.levels(ASK)
  // prettier-ignore
  if (!isChained) {
    return { type: 'bookDelta', seq: 0, source, instrument, tsRecvUs, tsEventUs, firstUpdateId, lastUpdateId, bids, asks }
  }
  const prevUpdateId = numbers[PREVIOUS_UPDATE] as number
  // prettier-ignore
  return { type: 'bookDelta', seq: 0, source, instrument, tsRecvUs, tsEventUs, firstUpdateId, lastUpdateId, prevUpdateId, bids, asks }
}

/** The whole book, with its time where it has one. */
export function snapshotOf(
  reader: LayoutReader,
  source: string,
  instrument: InstrumentId,
  tsRecvUs: number,
  hasTime: boolean,
): BookSnapshot | undefined {
  const lastUpdateId = reader.numbers[SNAPSHOT_ID] as number
  const bids = reader.levels(BIDS)
  const asks = reader.levels(ASKS)
  if (!hasTime) return { type: 'bookSnapshot', seq: 0, source, instrument, tsRecvUs, lastUpdateId, bids, asks }
  const tsEventUs = timeUsOf(reader.numbers[EVENT_TIME] as number)
  if (Number.isNaN(tsEventUs)) return undefined
  return { type: 'bookSnapshot', seq: 0, source, instrument, tsRecvUs, tsEventUs, lastUpdateId, bids, asks }
}

/** The bar of the venue. */
export function barOf(
  { numbers }: LayoutReader,
  source: string,
  instrument: InstrumentId,
  tsRecvUs: number,
  timeframe: Timeframe,
): Bar | undefined {
  const openTimeUs = timeUsOf(numbers[OPEN_TIME] as number)
  if (Number.isNaN(openTimeUs)) return undefined
  return {
    type: 'bar',
    seq: 0,
    source,
    instrument,
    tsRecvUs,
    timeframe,
    origin: 'venue',
    openTimeUs,
    open: numbers[OPEN] as number,
    high: numbers[HIGH] as number,
    low: numbers[LOW] as number,
    close: numbers[CLOSE] as number,
    volume: numbers[VOLUME] as number,
    quoteVolume: numbers[QUOTE_VOLUME] as number,
    buyVolume: numbers[BUY_VOLUME] as number,
    trades: numbers[TRADES] as number,
    closed: numbers[IS_CLOSED] === 1,
  }
}
