import type { Capture } from '../capture.ts'
import type { Contender } from '../contender.ts'
import { importPeer } from './peer.ts'
import { PlainOfi, type Tally } from './tally.ts'

interface Level {
  readonly price: number
  readonly amount: number
}
type Normalized =
  | { readonly type: 'trade' }
  | { readonly type: 'book_change'; readonly isSnapshot: boolean }
  | {
      readonly type: 'book_ticker'
      readonly bidPrice: number
      readonly bidAmount: number
      readonly askPrice: number
      readonly askAmount: number
    }
interface Mapper {
  canHandle(message: unknown): boolean
  map(message: unknown, localTimestamp: Date): Iterable<Normalized>
}
type MapperFactory = (exchange: string, localTimestamp: Date) => Mapper
interface Tardis {
  readonly normalizeTrades: MapperFactory
  readonly normalizeBookChanges: MapperFactory
  readonly normalizeBookTickers: MapperFactory
  readonly OrderBook: new () => {
    update(change: Normalized): void
    bestBid(): Level | undefined
    bestAsk(): Level | undefined
  }
}

/** tardis-dev: its mappers for binance-futures and its OrderBook. */
export function tardisContender(capture: Capture): Contender {
  return {
    name: 'tardis-dev',
    prepare: async () => {
      const tardis = await importPeer<Tardis>('tardis-dev')
      return () => runTardis(tardis, capture)
    },
  }
}

function runTardis(tardis: Tardis, { bytes, frames }: Capture): Tally {
  const start = new Date(Math.floor((frames[0]?.tsRecvUs ?? 0) / 1000))
  const mappers = [tardis.normalizeBookTickers, tardis.normalizeTrades, tardis.normalizeBookChanges].map((create) =>
    create('binance-futures', start),
  )
  const book = new tardis.OrderBook()
  const ofi = new PlainOfi()
  let trades = 0
  let quotes = 0
  for (const frame of frames) {
    let message = JSON.parse(bytes.toString('utf8', frame.start, frame.end)) as { stream?: string }
    // Tardis marks the snapshots that it fetches by REST as a separate stream.
    if (message.stream === undefined) {
      message = { stream: 'btcusdt@depthSnapshot', generated: true, data: message } as { stream: string }
    }
    const localTimestamp = new Date(Math.floor(frame.tsRecvUs / 1000))
    for (const mapper of mappers) {
      if (!mapper.canHandle(message)) continue
      for (const event of mapper.map(message, localTimestamp)) {
        if (event.type === 'trade') trades++
        else if (event.type === 'book_change') book.update(event)
        else {
          quotes++
          ofi.add(event.bidPrice, event.bidAmount, event.askPrice, event.askAmount)
        }
      }
    }
  }
  const bid = book.bestBid()
  const ask = book.bestAsk()
  return { trades, quotes, bid: [bid?.price, bid?.amount], ask: [ask?.price, ask?.amount], ofi: ofi.sum }
}
