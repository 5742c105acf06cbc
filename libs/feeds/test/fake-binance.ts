import type { Server } from 'node:http'
import { Random } from '@triplane/kernel'
import { FakeVenue, fakeBars, listen, type Answer } from '@triplane/testing/fake-venue'

/** Answers a request for a symbol's snapshot; undefined is the current book. */
export type AnswerDepth = (venueSymbol: string, request: number) => Answer | undefined | Promise<Answer | undefined>

/** One instrument's market, whose messages are written like Binance's. */
class FakeMarket {
  readonly symbol: string
  readonly #isUsdm: boolean
  readonly #random: Random
  readonly #bids = new Map<number, number>()
  readonly #asks = new Map<number, number>()
  #updateId: number
  #tradeId = 1

  constructor(symbol: string, isUsdm: boolean, seed: number) {
    this.symbol = symbol
    this.#isUsdm = isUsdm
    this.#random = new Random(seed)
    this.#updateId = 5_000_000_000 + seed
    for (let i = 0; i < 20; i++) {
      this.#bids.set(10_000 - i, 1 + i)
      this.#asks.set(10_001 + i, 1 + i)
    }
  }

  trade(): string {
    const timeMs = Date.now()
    const t = this.#tradeId++
    const end = this.#isUsdm ? '"X":"MARKET","m":false' : '"m":false,"M":true'
    return this.#stream(
      'trade',
      `{"e":"trade","E":${timeMs},"T":${timeMs},"s":"${this.symbol}","t":${t},"p":"100.01","q":"0.5",${end}}`,
    )
  }

  quote(): string {
    const timeMs = Date.now()
    const head = this.#isUsdm ? '"e":"bookTicker",' : ''
    const tail = this.#isUsdm ? `,"T":${timeMs},"E":${timeMs}` : ''
    const bid = Math.max(...this.#bids.keys())
    const ask = Math.min(...this.#asks.keys())
    return this.#stream(
      'bookTicker',
      `{${head}"u":${this.#updateId},"s":"${this.symbol}","b":"${price(bid)}","B":"${this.#bids.get(bid)}","a":"${price(ask)}","A":"${this.#asks.get(ask)}"${tail}}`,
    )
  }

  /** Changes a level of each side, and returns the diff. Ids of USD-M have holes. */
  delta(): string {
    const before = this.#updateId
    const first = before + 1 + (this.#isUsdm ? this.#random.below(50) : 0)
    this.#updateId = first + this.#random.below(5)
    const [bid, bidSize] = this.#change(this.#bids, 10_000, -1)
    const [ask, askSize] = this.#change(this.#asks, 10_001, 1)
    const timeMs = Date.now()
    const transaction = this.#isUsdm ? `"T":${timeMs},` : ''
    const previous = this.#isUsdm ? `"pu":${before},` : ''
    return this.#stream(
      'depth@100ms',
      `{"e":"depthUpdate","E":${timeMs},${transaction}"s":"${this.symbol}","U":${first},"u":${this.#updateId},${previous}"b":[["${price(bid)}","${bidSize}"]],"a":[["${price(ask)}","${askSize}"]]}`,
    )
  }

  snapshot(): string {
    const timeMs = Date.now()
    const times = this.#isUsdm ? `"E":${timeMs},"T":${timeMs},` : ''
    const levels = (side: Map<number, number>, sign: number) =>
      JSON.stringify([...side].sort(([a], [b]) => sign * (a - b)).map(([ticks, size]) => [price(ticks), String(size)]))
    return `{"lastUpdateId":${this.#updateId},${times}"bids":${levels(this.#bids, -1)},"asks":${levels(this.#asks, 1)}}`
  }

  #change(side: Map<number, number>, best: number, sign: number): [ticks: number, size: number] {
    const distance = this.#random.below(25)
    // The best level stays, so that a side is never empty.
    const size = distance === 0 ? 1 + this.#random.below(9) : this.#random.below(10)
    const ticks = best + sign * distance
    if (size > 0) side.set(ticks, size)
    else side.delete(ticks)
    return [ticks, size]
  }

  #stream(name: string, data: string): string {
    return `{"stream":"${this.symbol.toLowerCase()}@${name}","data":${data}}`
  }
}

const lengthMs = { '1m': 60_000, '5m': 300_000, '15m': 900_000, '1h': 3_600_000, '1d': 86_400_000 }
const price = (ticks: number) => (ticks / 100).toFixed(2)

/**
 * An in-process venue with the part of Binance's protocol that the live feed uses, on the loopback interface: combined streams
 * named in the URL, and depth snapshots, the list of instruments and klines by REST. It sends only at a test's request.
 */
export class FakeBinance extends FakeVenue {
  /** Venue symbols of the snapshot requests, in order. */
  readonly depthRequests: string[] = []
  /** Paths with query of the list requests, in order. */
  readonly listRequests: string[] = []
  /** Decides the answers to snapshot requests. */
  answerDepth: AnswerDepth = () => undefined
  /** Steps of every instrument in the list. */
  steps = { tickSize: '0.01000000', stepSize: '0.00100000', minNotional: '5' }
  /** Decides the answers to list requests; undefined is the current list. */
  answerList: (request: number) => Answer | undefined = () => undefined
  readonly #isUsdm: boolean
  readonly #markets: ReadonlyMap<string, FakeMarket>

  private constructor(server: Server, isUsdm: boolean, markets: readonly FakeMarket[]) {
    super(server)
    this.#isUsdm = isUsdm
    this.#markets = new Map(markets.map((market) => [market.symbol, market]))
  }

  /** Listens on loopback, unless containers must reach it. */
  static async start(
    venue: 'binance_spot' | 'binance_usdm',
    symbols: readonly string[],
    host?: string,
  ): Promise<FakeBinance> {
    const isUsdm = venue === 'binance_usdm'
    return new FakeBinance(
      await listen(host),
      isUsdm,
      symbols.map((symbol, i) => new FakeMarket(symbol, isUsdm, i + 1)),
    )
  }

  /** Sends a diff, a quote and a trade of every instrument. */
  tick(): void {
    for (const market of this.#markets.values()) {
      this.send(market.delta())
      this.send(market.quote())
      this.send(market.trade())
    }
  }

  /** Changes the books without sending deltas. */
  loseDeltas(): void {
    for (const market of this.#markets.values()) market.delta()
  }

  snapshotOf(symbol: string): string {
    return (this.#markets.get(symbol) as FakeMarket).snapshot()
  }

  /** The list of instruments, in the product's format. */
  list(): string {
    const { tickSize, stepSize, minNotional } = this.steps
    const least = this.#isUsdm
      ? { filterType: 'MIN_NOTIONAL', notional: minNotional }
      : { filterType: 'NOTIONAL', minNotional, applyMinToMarket: true, maxNotional: '9000000', avgPriceMins: 5 }
    const filters = [{ filterType: 'PRICE_FILTER', tickSize }, { filterType: 'LOT_SIZE', stepSize }, least]
    const symbols = Array.from(this.#markets.keys(), (symbol) => ({ symbol, status: 'TRADING', filters }))
    return JSON.stringify({ timezone: 'UTC', serverTime: Date.now(), symbols })
  }

  /** Announces that this server will shut down. */
  announceShutdown(): void {
    this.send(`{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":${Date.now()}}}`)
  }

  protected override answerRest(url: URL): Answer | Promise<Answer> {
    if (url.pathname === (this.#isUsdm ? '/fapi/v1/exchangeInfo' : '/api/v3/exchangeInfo')) {
      this.listRequests.push(url.pathname + url.search)
      return this.answerList(this.listRequests.length) ?? { status: 200, body: this.list() }
    }
    if (url.pathname === (this.#isUsdm ? '/fapi/v1/klines' : '/api/v3/klines'))
      return this.answerBarsWith(url, () => klinesOf(url.searchParams))
    const symbol = url.searchParams.get('symbol') ?? ''
    this.depthRequests.push(symbol)
    const isDepth = /^\/(api\/v3|fapi\/v1)\/depth$/.test(url.pathname) && url.searchParams.get('limit') === '1000'
    return isDepth ? this.#answerDepth(symbol) : { status: 404 }
  }

  async #answerDepth(symbol: string): Promise<Answer> {
    const answer = await this.answerDepth(symbol, this.depthRequests.length)
    return answer ?? { status: 200, body: this.snapshotOf(symbol) }
  }
}

/** Klines in Binance's format. */
function klinesOf(asked: URLSearchParams): unknown {
  const length = lengthMs[asked.get('interval') as keyof typeof lengthMs]
  return fakeBars(length, Number(asked.get('limit'))).map(({ openMs, close }) => [
    ...[openMs, close, close, close, close, '12.50000000', openMs + length - 1],
    ...['1250.00000000', 25, '6.25000000', '625.00000000', '0'],
  ])
}
