import type { BookDelta, Quote, Trade } from '@triplane/contracts'
import type { Frame, FrameOrigin, NormalizedEvent } from '@triplane/market-data'
import { timeUsOf } from '../../field-reader.ts'
import type { InstrumentTable } from '../../instrument-table.ts'
import type { FastReader } from '../../venue.ts'
import type { BinanceDialect } from '../dialect.ts'
import { learnLayout, slotOf, type FrameLayout, type KeptKey } from './frame-layout.ts'
import { LayoutReader } from './layout-reader.ts'

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

/** Where a frame shows its stream: bare ones by the first key, combined ones by the stream's name. */
const FIRST_KEY = 1
const STREAM_NAME = 8
const STREAM_NAME_END = 28
/** The bytes `"str`. */
const STREAM_KEY = 0x72747322
const BUCKETS = 256
const LAYOUTS_PER_BUCKET = 8

type FastEvent = Trade | Quote | BookDelta

/** The meaning of a layout. */
interface KnownLayout {
  readonly layout: FrameLayout
  readonly eventType: FastEvent['type']
  readonly isAggregate: boolean
}

const ascii = new TextDecoder('latin1')

/**
 * The fast path to the result of `parseFrame`: reads trades, quotes and depth diffs straight from the bytes when it knows their
 * layout. It learns layouts from frames that `parseFrame` understood. Its memory affects how fast a frame is read, never the
 * result.
 */
export class FrameScanner implements FastReader {
  readonly #dialect: BinanceDialect
  readonly #reader: LayoutReader
  readonly #buckets: KnownLayout[][] = Array.from({ length: BUCKETS }, () => [])
  #bytes: Uint8Array = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)

  constructor(instruments: InstrumentTable, dialect: BinanceDialect) {
    this.#reader = new LayoutReader(instruments)
    this.#dialect = dialect
  }

  /** The event of the frame, or undefined when `parseFrame` must decide. */
  scan({ bytes, start, end, origin }: Frame, tsRecvUs: number): FastEvent | undefined {
    if (end - start < STREAM_NAME_END) return undefined
    const view = this.#viewOf(bytes)
    const bucket = this.#buckets[bucketOf(view, start)] as KnownLayout[]
    for (let i = 0; i < bucket.length; i++) {
      const known = bucket[i] as KnownLayout
      if (!this.#reader.read(known.layout, bytes, view, start, end)) continue
      if (i > 0) {
        // Layouts in use move to the front; the last one makes room.
        bucket[i] = bucket[i - 1] as KnownLayout
        bucket[i - 1] = known
      }
      return this.#eventOf(known, origin, tsRecvUs)
    }
    return undefined
  }

  /** Learns the layout of a frame that `scan` did not know and that turned out to be `event`. */
  learn({ bytes, start, end }: Frame, event: NormalizedEvent): void {
    if (end - start < STREAM_NAME_END) return
    if (event.type !== 'trade' && event.type !== 'quote' && event.type !== 'bookDelta') return
    const text = ascii.decode(bytes.subarray(start, end))
    const isAggregate = event.type === 'trade' && event.firstTradeId !== undefined
    const layout = learnLayout(text, neededKeys(event.type, isAggregate, this.#dialect))
    const view = this.#viewOf(bytes)
    // A frame may also have been left to the parser because of a number that cannot be scanned; its layout is known then.
    if (layout === undefined || !this.#reader.read(layout, bytes, view, start, end)) return
    const bucket = this.#buckets[bucketOf(view, start)] as KnownLayout[]
    if (bucket.length === LAYOUTS_PER_BUCKET) bucket.pop()
    bucket.push({ layout, eventType: event.type, isAggregate })
  }

  #eventOf({ eventType, isAggregate }: KnownLayout, origin: FrameOrigin, tsRecvUs: number): FastEvent | undefined {
    switch (eventType) {
      case 'quote':
        return this.#quote(origin, tsRecvUs)
      case 'trade':
        return isAggregate ? this.#aggregate(origin, tsRecvUs) : this.#trade(origin, tsRecvUs)
      case 'bookDelta':
        return this.#delta(origin, tsRecvUs)
    }
  }

  #trade({ source }: FrameOrigin, tsRecvUs: number): Trade | undefined {
    const { numbers, instrument } = this.#reader
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

  #aggregate({ source }: FrameOrigin, tsRecvUs: number): Trade | undefined {
    const { numbers, instrument } = this.#reader
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

  #quote({ source }: FrameOrigin, tsRecvUs: number): Quote | undefined {
    const { numbers, instrument } = this.#reader
    const updateId = numbers[LAST_UPDATE] as number
    const bid = numbers[BID] as number
    const bidSize = numbers[BID_SIZE] as number
    const ask = numbers[ASK] as number
    const askSize = numbers[ASK_SIZE] as number
    if (!this.#dialect.namesQuotes) {
      return { type: 'quote', seq: 0, source, instrument, tsRecvUs, updateId, bid, bidSize, ask, askSize }
    }
    const tsEventUs = timeUsOf(numbers[EVENT_TIME] as number)
    if (Number.isNaN(tsEventUs)) return undefined
    return { type: 'quote', seq: 0, source, instrument, tsRecvUs, tsEventUs, updateId, bid, bidSize, ask, askSize }
  }

  #delta({ source }: FrameOrigin, tsRecvUs: number): BookDelta | undefined {
    const { numbers, instrument, bids, asks } = this.#reader
    const tsEventUs = timeUsOf(numbers[EVENT_TIME] as number)
    if (Number.isNaN(tsEventUs)) return undefined
    const firstUpdateId = numbers[FIRST_UPDATE] as number
    const lastUpdateId = numbers[LAST_UPDATE] as number
    // Two literals, since a spread would cost more than all the rest.
    // prettier-ignore
    if (!this.#dialect.chainsDeltas) {
      return { type: 'bookDelta', seq: 0, source, instrument, tsRecvUs, tsEventUs, firstUpdateId, lastUpdateId, bids, asks }
    }
    const prevUpdateId = numbers[PREVIOUS_UPDATE] as number
    // prettier-ignore
    return { type: 'bookDelta', seq: 0, source, instrument, tsRecvUs, tsEventUs, firstUpdateId, lastUpdateId, prevUpdateId, bids, asks }
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this.#view
  }
}

/** Maps the frames of one stream to one bucket. */
function bucketOf(view: DataView, start: number): number {
  const key = view.getInt32(start + FIRST_KEY, true)
  if (key !== STREAM_KEY) return key & (BUCKETS - 1)
  let hash = 0
  for (let at = STREAM_NAME; at < STREAM_NAME_END; at += 4)
    hash = Math.imul(hash ^ view.getInt32(start + at, true), 0x9e3779b1)
  return hash >>> 24
}

/** Keys whose values an event of this type needs. */
function neededKeys(eventType: FastEvent['type'], isAggregate: boolean, dialect: BinanceDialect): readonly KeptKey[] {
  switch (eventType) {
    case 'trade':
      return ['s', 'T', 'p', 'q', 'm', ...(isAggregate ? (['a', 'f', 'l'] as const) : (['t'] as const))]
    case 'quote':
      return ['s', 'u', 'b', 'B', 'a', 'A', ...(dialect.namesQuotes ? (['E'] as const) : [])]
    case 'bookDelta':
      return ['s', 'E', 'U', 'u', 'b', 'a', ...(dialect.chainsDeltas ? (['pu'] as const) : [])]
  }
}
