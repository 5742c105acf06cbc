import type { Instrument, MarketEvent } from '@triplane/contracts'
import type { FeedItem, Frame, FrameOrigin } from '@triplane/market-data'
import { testStartUs } from '@triplane/testing'
import type { DataPlaneConfig } from '../src/config.ts'
import type { DataPlaneDeps, DataPlaneSnapshot } from '../src/data-plane-core.ts'
import { createDataCore, type DataCore } from '../src/pipeline.ts'
import { dataPlaneConfig } from './config.ts'

export const SECOND = 1_000_000

/** The venue's clock is this much behind ours. */
const LAG_US = 2_000

const anInstrument = (venueSymbol: string): Instrument => ({
  symbol: `${venueSymbol.slice(0, -4)}/USDT`,
  venue: 'sim',
  exchange: 'sim',
  venueSymbol,
  kind: 'spot',
  base: venueSymbol.slice(0, -4),
  quote: 'USDT',
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '5',
  session: '24x7',
})

/** Two instruments of the simulated venue, which speaks the protocol of Binance USD-M. */
export const instruments: readonly Instrument[] = [anInstrument('BTCUSDT'), anInstrument('ETHUSDT')]

export const origin: FrameOrigin = { source: 'sim', venue: 'sim', snapshotSymbol: 'BTCUSDT' }

const config: DataPlaneConfig = dataPlaneConfig()

export function newCore(snapshot?: DataPlaneSnapshot, deps: Partial<DataPlaneDeps> = {}): DataCore {
  return createDataCore(config, { source: 'sim', instruments, isSessionOpen: () => true, ...deps }, snapshot)
}

/** A frame of `text` that came at `tsRecvUs`. */
export function aFrame(text: string | Uint8Array, tsRecvUs = testStartUs, of: FrameOrigin = origin): Frame {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return { type: 'frame', origin: of, bytes, start: 0, end: bytes.length, tsRecvUs }
}

type Levels = readonly (readonly [price: number, size: number])[]
const written = (levels: Levels) => JSON.stringify(levels.map(([price, size]) => [price.toFixed(1), size.toFixed(3)]))
const eventMs = (tsRecvUs: number) => Math.floor((tsRecvUs - LAG_US) / 1000)

/** Messages as the venue writes them, sent shortly before `tsRecvUs`. */
export const message = {
  trade: (tsRecvUs: number, id: number, price = 100, size = 1, s = 'BTCUSDT') =>
    `{"e":"trade","E":${eventMs(tsRecvUs)},"T":${eventMs(tsRecvUs)},"s":"${s}","t":${id},"p":"${price.toFixed(1)}","q":"${size.toFixed(3)}","X":"MARKET","m":false}`,
  quote: (tsRecvUs: number, id: number, bid = 99.9, bidSize = 1, ask = 100.1, askSize = 1, s = 'BTCUSDT') =>
    `{"e":"bookTicker","u":${id},"s":"${s}","b":"${bid.toFixed(1)}","B":"${bidSize.toFixed(3)}","a":"${ask.toFixed(1)}","A":"${askSize.toFixed(3)}","T":${eventMs(tsRecvUs)},"E":${eventMs(tsRecvUs)}}`,
  delta: (tsRecvUs: number, before: number, id: number, bids: Levels = [], asks: Levels = [], s = 'BTCUSDT') =>
    `{"stream":"${s.toLowerCase()}@depth@100ms","data":{"e":"depthUpdate","E":${eventMs(tsRecvUs)},"T":${eventMs(tsRecvUs)},"s":"${s}","U":${before + 1},"u":${id},"pu":${before},"b":${written(bids)},"a":${written(asks)}}}`,
  snapshot: (tsRecvUs: number, id: number, bids: Levels = [[99.9, 1]], asks: Levels = [[100.1, 1]]) =>
    `{"lastUpdateId":${id},"E":${eventMs(tsRecvUs)},"T":${eventMs(tsRecvUs)},"bids":${written(bids)},"asks":${written(asks)}}`,
  kline: (tsRecvUs: number, openMs: number, closed: boolean) =>
    `{"e":"kline","E":${eventMs(tsRecvUs)},"s":"BTCUSDT","k":{"t":${openMs},"T":${openMs + 59_999},"s":"BTCUSDT","i":"1m","o":"100.0","c":"100.1","h":"100.2","l":"99.9","v":"3.000","n":3,"x":${closed},"q":"300.100","V":"2.000"}}`,
} as const

/** A data core that is fed by hand, and everything it has put out. */
export class Tape {
  readonly core: DataCore
  readonly outputs: MarketEvent[] = []

  constructor(core = newCore()) {
    this.core = core
  }

  /** Feeds one item; gives what came of it. */
  feed(item: FeedItem): readonly MarketEvent[] {
    this.core.accept(item)
    return this.#take()
  }

  /** Feeds a frame of `text` that came at `tsRecvUs`. */
  frame(text: string, tsRecvUs = testStartUs): readonly MarketEvent[] {
    return this.feed(aFrame(text, tsRecvUs))
  }

  advance(throughUs: number): readonly MarketEvent[] {
    this.core.advance(throughUs)
    return this.#take()
  }

  /** Connects, freezes the clock's offset, and gives BTC/USDT a book of 99.9 | 100.1 at update id 10, `seconds` after the start. */
  open(seconds = 6): this {
    this.feed({ type: 'connect', origin, tsRecvUs: testStartUs })
    this.frame(message.trade(testStartUs, 1), testStartUs)
    const nowUs = testStartUs + seconds * SECOND
    this.frame(message.trade(nowUs, 2), nowUs)
    this.frame(message.snapshot(nowUs, 10), nowUs)
    return this
  }

  #take(): readonly MarketEvent[] {
    const events = this.core.outbox.drain()
    this.outputs.push(...events)
    return events
  }
}

/** Short names of events but marks: 'trade', 'book_valid', 'deadLetter duplicate'. */
export function brief(events: readonly MarketEvent[]): string[] {
  const shown = events.filter(({ type }) => type !== 'mark')
  return shown.map((event) => {
    if (event.type === 'marketStatus') return event.status
    return event.type === 'deadLetter' ? `deadLetter ${event.reason}` : event.type
  })
}
