import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { BookDelta, BookSnapshot, Quote, Trade } from '@triplane/contracts'
import type { idRules } from '../src/order-book/book-rule.ts'

/** An event of a recorded capture with its line, counted from 1 across all files. */
export interface RecordedEvent {
  readonly line: number
  readonly event: Trade | Quote | BookDelta | BookSnapshot
}

/** One recorded market: files that continue each other, and the results of independent calculators for them. */
export interface Recording {
  readonly venue: string
  readonly rule: keyof typeof idRules
  readonly symbol: string
  readonly files: readonly string[]
  readonly reference: string
  readonly tickSize: string
  readonly lotSize: string
  readonly depth: number
  readonly quotes: number
  readonly trades: number
}

export const recordings: readonly Recording[] = [
  {
    venue: 'binance_usdm',
    rule: 'chained',
    symbol: 'BTC/USDT:USDT',
    files: ['usdm_btcusdt_20240808.gz'],
    reference: 'usdm_btcusdt_20240808.json',
    tickSize: '0.10',
    lotSize: '0.001',
    depth: 6551,
    quotes: 66_089,
    trades: 21_313,
  },
  {
    venue: 'binance_spot',
    rule: 'consecutive',
    symbol: 'BTC/USDT',
    files: ['spot_btcusdt_20240808.gz', 'spot_btcusdt_20240809.gz'],
    reference: 'spot_btcusdt_20240808-09.json',
    tickSize: '0.01',
    lotSize: '0.00001',
    depth: 6495,
    quotes: 73_174,
    trades: 19_904,
  },
  {
    venue: 'binance_spot',
    rule: 'consecutive',
    symbol: 'ETH/USDT',
    files: ['spot_ethusdt_20240808.gz', 'spot_ethusdt_20240809.gz'],
    reference: 'spot_ethusdt_20240808-09.json',
    tickSize: '0.01',
    lotSize: '0.0001',
    depth: 6470,
    quotes: 58_758,
    trades: 14_515,
  },
]

/** Reads a JSON file below the folder of recorded data, plain or gzip. */
export function readJson(...path: string[]): unknown {
  const bytes = readFileSync(join(...path))
  return JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()) as unknown
}

/** The events of a recording, parsed with plain JSON.parse: an independent check of the real normaliser. */
export function* recordedEvents(folder: string, { venue, symbol, files }: Recording): Generator<RecordedEvent> {
  const market = { seq: 0, source: 'capture', instrument: `${symbol}@${venue}` }
  let line = 0
  for (const file of files) {
    for (const text of gunzipSync(readFileSync(join(folder, 'binance_ws_20240808', file)))
      .toString()
      .split('\n')) {
      if (text === '') continue
      line++
      const space = text.indexOf(' ')
      const message = JSON.parse(text.slice(space + 1)) as Message
      yield { line, event: eventOf(message, { ...market, tsRecvUs: Number(text.slice(0, space - 3)) }) }
    }
  }
}

/** A REST snapshot as an event. */
export function snapshotEvent(message: Message, market: Market): BookSnapshot {
  const { lastUpdateId = 0, bids = [], asks = [] } = message
  return { ...market, type: 'bookSnapshot', lastUpdateId, bids: numbers(bids), asks: numbers(asks) }
}

/** The origin and receive time of a message. */
export type Market = Pick<Trade, 'seq' | 'source' | 'instrument' | 'tsRecvUs'>

/** A line of a capture: a message of a stream, or a REST snapshot. */
export interface Message {
  readonly stream?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly lastUpdateId?: number
  readonly bids?: readonly (readonly string[])[]
  readonly asks?: readonly (readonly string[])[]
}

function eventOf(message: Message, market: Market): RecordedEvent['event'] {
  const { stream, data } = message
  if (!stream || !data) return snapshotEvent(message, market)
  const number = (name: string) => Number(data[name])
  const tsEventUs = number('T' in data && stream.includes('@trade') ? 'T' : 'E') * 1000
  if (stream.includes('@depth')) {
    return {
      type: 'bookDelta',
      ...market,
      tsEventUs,
      firstUpdateId: number('U'),
      lastUpdateId: number('u'),
      ...('pu' in data && { prevUpdateId: number('pu') }),
      bids: numbers(data['b'] as string[][]),
      asks: numbers(data['a'] as string[][]),
    }
  }
  if (stream.includes('@bookTicker')) {
    return {
      type: 'quote',
      ...market,
      ...('E' in data && { tsEventUs }),
      updateId: number('u'),
      bid: number('b'),
      bidSize: number('B'),
      ask: number('a'),
      askSize: number('A'),
    }
  }
  return {
    type: 'trade',
    ...market,
    tsEventUs,
    tradeId: number('t'),
    price: number('p'),
    size: number('q'),
    aggressor: data['m'] === true ? 'sell' : 'buy',
  }
}

const numbers = (pairs: readonly (readonly string[])[]) => pairs.flat().map(Number)
