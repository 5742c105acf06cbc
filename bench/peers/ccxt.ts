import type { Capture } from '../capture.ts'
import type { Contender } from '../contender.ts'
import { importPeer } from './peer.ts'
import { PlainOfi, type Tally } from './tally.ts'

type Side = readonly (readonly [price: number, size: number])[]
interface Book {
  readonly bids: Side
  readonly asks: Side
  nonce: number
  limit(): Book
}
interface BidAsk {
  readonly bid: number
  readonly bidVolume: number
  readonly ask: number
  readonly askVolume: number
}
interface Exchange {
  orderbooks: Record<string, Book>
  fetchRestOrderBookSafe: () => Promise<Book>
  setMarkets(markets: readonly unknown[]): void
  orderBook(snapshot: object, depth: number): Book
  parseOrderBook(snapshot: unknown, symbol: string): Book
  handleMessage(client: Client, message: unknown): void
  fetchOrderBookSnapshot(client: Client, message: unknown, subscription: object): Promise<void>
}
interface Ccxt {
  readonly pro: { readonly binanceusdm: new () => Exchange }
}

/** The part of ccxt's WebSocket client that its handlers use. A user would get what it resolves with. */
interface Client {
  readonly url: string
  readonly subscriptions: object
  resolve(value: unknown, messageHash: string): void
  reject(error: unknown): never
}

const SYMBOL = 'BTC/USDT:USDT'
const DEPTH = 1000

/** ccxt pro: the message handlers of binanceusdm, fed with the raw messages. */
export function ccxtContender(capture: Capture): Contender {
  return {
    name: 'ccxt pro',
    isSlow: true,
    prepare: async () => {
      const ccxt = await importPeer<Ccxt>('ccxt')
      return () => runCcxt(ccxt, capture)
    },
  }
}

async function runCcxt(ccxt: Ccxt, { bytes, frames }: Capture): Promise<Tally> {
  const exchange = new ccxt.pro.binanceusdm()
  exchange.setMarkets([market])
  exchange.orderbooks[SYMBOL] = exchange.orderBook({}, DEPTH)
  const ofi = new PlainOfi()
  let trades = 0
  let quotes = 0
  const client: Client = {
    url: 'wss://fstream.binance.com/ws',
    subscriptions: {},
    resolve(value, messageHash) {
      if (messageHash.startsWith('trade::')) trades++
      else if (messageHash.startsWith('bidask:')) {
        const { bid, bidVolume, ask, askVolume } = value as BidAsk
        quotes++
        ofi.add(bid, bidVolume, ask, askVolume)
      }
    },
    reject(error) {
      throw error
    },
  }
  for (const { start, end } of frames) {
    const message = JSON.parse(bytes.toString('utf8', start, end)) as { stream?: string; lastUpdateId?: number }
    if (message.stream !== undefined) {
      exchange.handleMessage(client, message)
      continue
    }
    exchange.fetchRestOrderBookSafe = async () =>
      Object.assign(exchange.parseOrderBook(message, SYMBOL), { nonce: message.lastUpdateId })
    await exchange.fetchOrderBookSnapshot(client, message, { symbol: SYMBOL, type: 'future', limit: DEPTH })
  }
  const book = exchange.orderbooks[SYMBOL]?.limit()
  const [bid = [], ask = []] = [book?.bids[0], book?.asks[0]]
  return { trades, quotes, bid: [bid[0], bid[1]], ask: [ask[0], ask[1]], ofi: ofi.sum }
}

const market = {
  id: 'BTCUSDT',
  symbol: SYMBOL,
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  baseId: 'BTC',
  quoteId: 'USDT',
  settleId: 'USDT',
  type: 'swap',
  spot: false,
  swap: true,
  future: false,
  option: false,
  contract: true,
  linear: true,
  inverse: false,
  contractSize: 1,
  active: true,
  precision: { amount: 0.001, price: 0.1 },
  limits: {},
  info: {},
}
