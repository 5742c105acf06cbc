import type { Server } from 'node:http'
import { crc32 } from 'node:zlib'
import { Random } from '@triplane/kernel'
import { FakeVenue, fakeBars, listen, type Answer } from '@triplane/testing/fake-venue'
import type { WebSocket } from 'ws'

/** A client's request. */
interface Request {
  readonly method: string
  readonly params?: { readonly channel: string; readonly symbol: readonly string[]; readonly depth?: number }
}

type Side = 'bids' | 'asks'
/** Number of existing levels per side; fewer of them are shown. */
const LEVELS = 40

/** The current time in microseconds, in Kraken's format. */
const now = () => new Date().toISOString().replace('Z', '007Z')
const priceOf = (ticks: number) => (ticks / 10).toFixed(1)
const digitsOf = (text: string) => text.replace('.', '').replace(/^0+/, '')

/** One pair's market, whose messages are written like Kraken's, with every digit. */
class FakeMarket {
  readonly symbol: string
  /** Number of shown levels per side, as in the last subscription. */
  depth = 10
  readonly #random: Random
  readonly #sides = { bids: new Map<number, string>(), asks: new Map<number, string>() }
  #tradeId = 7_000_000

  constructor(symbol: string, seed: number) {
    this.symbol = symbol
    this.#random = new Random(seed)
    for (let i = 0; i < LEVELS; i++) {
      this.#sides.bids.set(10_000 - i, `${1 + i}.50000000`)
      this.#sides.asks.set(10_001 + i, `${1 + i}.50000000`)
    }
  }

  /** The shown levels of a side: price and quantity of each, best first. */
  shown(side: Side): [price: string, quantity: string][] {
    const sign = side === 'bids' ? -1 : 1
    const best = [...this.#sides[side]].sort(([a], [b]) => sign * (a - b)).slice(0, this.depth)
    return best.map(([ticks, quantity]) => [priceOf(ticks), quantity])
  }

  trade(): string {
    return this.#trade(this.#tradeId++)
  }

  /** Repeats the last trade. */
  lastTrade(): string {
    return this.#trade(this.#tradeId - 1)
  }

  snapshot(): string {
    return this.#book('snapshot', this.shown('bids'), this.shown('asks'))
  }

  /** The best of both sides. */
  ticker(): string {
    const [[bid, bidQty], [ask, askQty]] = [this.shown('bids')[0], this.shown('asks')[0]] as [
      [string, string],
      [string, string],
    ]
    return `{"channel":"ticker","type":"update","data":[{"symbol":"${this.symbol}","bid":${bid},"bid_qty":${bidQty},"ask":${ask},"ask_qty":${askQty},"last":1000.1,"timestamp":"${now()}"}]}`
  }

  /** Changes a level of each side. Returns the changes in the shown levels. */
  update(): string {
    return this.#book('update', this.#change('bids', 10_000, -1), this.#change('asks', 10_001, 1))
  }

  #change(side: Side, best: number, sign: number): [price: string, quantity: string][] {
    const before = new Map(this.shown(side))
    const distance = this.#random.below(LEVELS)
    const ticks = best + sign * distance
    // The best level stays, so that a side is never empty.
    const isGone = distance > 0 && this.#random.below(3) === 0
    if (isGone) this.#sides[side].delete(ticks)
    else this.#sides[side].set(ticks, `${this.#random.below(9)}.0${1 + this.#random.below(9)}000000`)
    const changed = this.shown(side).filter(([price, quantity]) => before.get(price) !== quantity)
    return isGone && before.has(priceOf(ticks)) ? [...changed, [priceOf(ticks), '0.00000000']] : changed
  }

  /** Over the ten best levels, asks first; Node's own CRC-32. */
  #checksum(): number {
    return crc32(
      (['asks', 'bids'] as const).flatMap((side) => this.shown(side).slice(0, 10).flat().map(digitsOf)).join(''),
    )
  }

  #book(type: string, bids: readonly [string, string][], asks: readonly [string, string][]): string {
    const levels = (side: readonly [string, string][]) => side.map(([price, qty]) => `{"price":${price},"qty":${qty}}`)
    return `{"channel":"book","type":"${type}","data":[{"symbol":"${this.symbol}","bids":[${levels(bids).join(',')}],"asks":[${levels(asks).join(',')}],"checksum":${this.#checksum()},"timestamp":"${now()}"}]}`
  }

  #trade(id: number): string {
    return `{"channel":"trade","type":"update","data":[{"symbol":"${this.symbol}","side":"buy","price":1000.1,"qty":0.50000000,"ord_type":"market","trade_id":${id},"timestamp":"${now()}"}]}`
  }
}

/**
 * An in-process venue with the part of Kraken's protocol v2 that the live feed uses, on the loopback interface: subscriptions
 * to trades, tickers and books with their answers, heartbeats and pongs, and the list of pairs and bars by REST. Books are
 * shown to the requested depth. It sends only at a test's request.
 */
export class FakeKraken extends FakeVenue {
  /** Requests of clients, in order. */
  readonly requests: Request[] = []
  /** Paths with query of the list requests, in order. */
  readonly listRequests: string[] = []
  /** Decides whether a subscription to a book gets no snapshot. */
  isMute: (symbol: string, request: number) => boolean = () => false
  /** The next update of each book has a wrong checksum. */
  spoilsChecksums = false
  readonly #markets: ReadonlyMap<string, FakeMarket>
  /** Channels and pairs of each client. */
  readonly #subscriptions = new Map<WebSocket, Set<string>>()

  private constructor(server: Server, markets: readonly FakeMarket[]) {
    super(server)
    this.#markets = new Map(markets.map((market) => [market.symbol, market]))
  }

  /** `symbols` are the names of the pairs in v2. */
  static async start(symbols: readonly string[]): Promise<FakeKraken> {
    return new FakeKraken(
      await listen(),
      symbols.map((symbol, i) => new FakeMarket(symbol, i + 1)),
    )
  }

  /** Sends an update, a ticker and a trade of every pair, and a heartbeat. */
  tick(): void {
    for (const market of this.#markets.values()) {
      const update = market.update()
      const wrong = update.replace(/"checksum":(\d+)/, (_, sum) => `"checksum":${(Number(sum) + 1) % 2 ** 32}`)
      this.#publish('book', market.symbol, this.spoilsChecksums ? wrong : update)
      this.#publish('ticker', market.symbol, market.ticker())
      this.#publish('trade', market.symbol, market.trade())
    }
    this.spoilsChecksums = false
    this.send('{"channel":"heartbeat"}')
  }

  /** Repeats the last trade of every pair. */
  repeatTrades(): void {
    for (const market of this.#markets.values()) this.#publish('trade', market.symbol, market.lastTrade())
  }

  /** Changes the books without updates, until one of the ten best levels differs. */
  loseDeltas(): void {
    for (const market of this.#markets.values()) {
      const best = () => JSON.stringify([market.shown('bids').slice(0, 10), market.shown('asks').slice(0, 10)])
      for (const before = best(); best() === before;) market.update()
    }
  }

  /** Both shown sides of a pair: price, quantity, price, quantity, ... */
  shown(symbol: string): { readonly bids: readonly number[]; readonly asks: readonly number[] } {
    const market = this.#markets.get(symbol) as FakeMarket
    const numbers = (side: Side) => market.shown(side).flat().map(Number)
    return { bids: numbers('bids'), asks: numbers('asks') }
  }

  /** The number of requests of a method for a channel and a pair. */
  asked(method: string, channel: string, symbol: string): number {
    return this.requests.filter(
      (request) =>
        request.method === method && request.params?.channel === channel && request.params.symbol.includes(symbol),
    ).length
  }

  protected override onOpen(client: WebSocket): void {
    this.#subscriptions.set(client, new Set())
    client.on('close', () => this.#subscriptions.delete(client))
    client.send(
      '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":15113583034416118705}]}',
    )
  }

  protected override onMessage(text: string, client: WebSocket): void {
    const request = JSON.parse(text) as Request
    this.requests.push(request)
    const times = `"time_in":"${now()}","time_out":"${now()}"`
    const { method, params } = request
    if (method === 'ping') client.send(`{"method":"pong",${times}}`)
    for (const symbol of params?.symbol ?? []) {
      const market = this.#markets.get(symbol)
      if (market === undefined) {
        const error = `"error":"Currency pair not supported ${symbol}"`
        client.send(`{${error},"method":"${method}","success":false,"symbol":"${symbol}",${times}}`)
        continue
      }
      const { channel = '', depth } = params ?? {}
      const result = JSON.stringify({ channel, ...(depth !== undefined && { depth, snapshot: true }), symbol })
      client.send(`{"method":"${method}","result":${result},"success":true,${times}}`)
      if (method === 'unsubscribe') this.#subscriptions.get(client)?.delete(`${channel} ${symbol}`)
      else this.#subscribe(client, channel, market, depth)
    }
  }

  protected override answerRest(url: URL): Answer | Promise<Answer> {
    if (url.pathname === '/0/public/OHLC') return this.answerBarsWith(url, () => barsOf(url.searchParams))
    if (url.pathname !== '/0/public/AssetPairs') return { status: 404 }
    this.listRequests.push(url.pathname + url.search)
    const named = (url.searchParams.get('pair') ?? '').split(',')
    const pairs = named.map((name) => [...this.#markets.keys()].find((symbol) => altNameOf(symbol) === name))
    if (pairs.includes(undefined)) return { status: 200, body: '{"error":["EQuery:Unknown asset pair"]}' }
    const steps = { pair_decimals: 1, lot_decimals: 8, ordermin: '0.00005', costmin: '0.5', tick_size: '0.1' }
    const result = Object.fromEntries(
      named.map((altname, i) => [altname, { altname, wsname: v1NameOf(pairs[i] ?? ''), ...steps, status: 'online' }]),
    )
    return { status: 200, body: JSON.stringify({ error: [], result }) }
  }

  #subscribe(client: WebSocket, channel: string, market: FakeMarket, depth: number | undefined): void {
    this.#subscriptions.get(client)?.add(`${channel} ${market.symbol}`)
    if (channel !== 'book' || depth === undefined) return
    market.depth = depth
    if (!this.isMute(market.symbol, this.asked('subscribe', 'book', market.symbol))) client.send(market.snapshot())
  }

  #publish(channel: string, symbol: string, message: string): void {
    for (const [client, subscriptions] of this.#subscriptions)
      if (subscriptions.has(`${channel} ${symbol}`)) client.send(message)
  }
}

const v1NameOf = (symbol: string) => symbol.replace('BTC', 'XBT')
const altNameOf = (symbol: string) => v1NameOf(symbol).replace('/', '')

/** Bars in Kraken's format: those that began after `since`, seconds. */
function barsOf(asked: URLSearchParams): unknown {
  const minutes = Number(asked.get('interval'))
  const since = Number(asked.get('since'))
  const rows = fakeBars(minutes * 60_000, 720).flatMap(({ openMs, close }) =>
    openMs / 1000 < since ? [] : [[openMs / 1000, close, close, close, close, close, '12.50000000', 25]],
  )
  return { error: [], result: { [`X${asked.get('pair')}`]: rows, last: rows.at(-2)?.[0] } }
}
