import type { MarketEvent } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import type { FeedItem } from '@triplane/market-data'
import { strategies } from '@triplane/strategy'
import { createStrategyCore, strategyConfigOf, type StrategyInput } from '@triplane/strategy-core'
import { anInstrument, testStartUs } from '@triplane/testing'
import { newCore } from '../../data-core/test/tape.ts'

const SECOND_US = 1_000_000
const MINUTE_US = 60 * SECOND_US
/** A run begins 20 seconds after the minute. */
const MINUTE = testStartUs - (testStartUs % MINUTE_US)
const venue = 'binance_spot'
const origin = { source: 'binance_ws', venue }
const BARS = 5
const btc = anInstrument({ venue, exchange: 'binance', tickSize: '0.01', minNotional: '5' })
const pastBarsUrl = `https://api.binance.com/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=${BARS + 2}`

/** Rises a little all the time. */
const priceAt = (timeUs: number) => (100 + (timeUs - MINUTE) / MINUTE_US + 20).toFixed(2)
const events: readonly string[] = ['quote', 'ofi', 'bar', 'pastBar', 'mark', 'marketStatus']

/** The two cores, one behind the other, of a run that trades by MOM alone. */
class Run {
  readonly #data = newCore(undefined, { source: origin.source, instruments: [btc] })
  readonly #strategy = createStrategyCore(
    strategyConfigOf(strategies).parse({ strategies: ['MOM'], mom: { bars: BARS, minChange: 0.01 } }),
    { instruments: [btc], rates: configuredRates({ USDT: '1' }), isSessionOpen: () => true },
  )
  /** Seconds after the minute in which the run began, of each signal. */
  readonly signals: number[] = []
  #tradeId = 0

  constructor() {
    this.#take({ type: 'connect', origin, tsRecvUs: MINUTE + 20 * SECOND_US })
  }

  /** What the venue says of the bars that are over at a second, and of the one in progress. */
  pastBars(second: number): void {
    const nowUs = MINUTE + second * SECOND_US
    const lastUs = nowUs - (nowUs % MINUTE_US)
    const rows = Array.from({ length: BARS + 2 }, (_, i) => {
      const openUs = lastUs - (BARS + 1 - i) * MINUTE_US
      const close = priceAt(openUs + MINUTE_US)
      return [openUs / 1000, close, close, close, close, '1', 0, '100', 5, '1', '100', '0']
    })
    this.#frame(second, JSON.stringify(rows), { ...origin, pastBarsUrl })
  }

  /** A trade each second from `from` to before `to`. */
  trades(from: number, to: number): void {
    for (let second = from; second < to; second++) {
      const timeUs = MINUTE + second * SECOND_US
      const head = `"e":"trade","E":${timeUs / 1000},"T":${timeUs / 1000},"s":"BTCUSDT","t":${++this.#tradeId}`
      const data = `{${head},"p":"${priceAt(timeUs)}","q":"0.5","m":false,"M":true}`
      this.#frame(second, `{"stream":"btcusdt@trade","data":${data}}`, origin)
    }
  }

  #frame(second: number, text: string, of: typeof origin & { readonly pastBarsUrl?: string }): void {
    const bytes = Buffer.from(text)
    const tsRecvUs = MINUTE + second * SECOND_US
    this.#take({ type: 'frame', origin: of, bytes, start: 0, end: bytes.length, tsRecvUs })
  }

  #take(item: FeedItem): void {
    this.#data.accept(item)
    for (const event of this.#data.outbox.drain()) {
      if (isHeard(event)) this.#strategy.process(event)
      for (const said of this.#strategy.outbox.drain())
        if (said.type === 'signal') this.signals.push(Math.floor((said.effectUs - MINUTE) / SECOND_US))
    }
  }
}

const isHeard = (event: MarketEvent): event is MarketEvent & StrategyInput => events.includes(event.type)

describe('a strategy that needs minutes of history, in the middle of a minute', () => {
  it('speaks at the first bar that is whole when the venue gives the ones before, and that of the start when it is over', () => {
    const run = new Run()
    run.pastBars(20)
    run.trades(20, 62)
    run.pastBars(62)
    run.trades(62, 200)
    expect(run.signals[0]).toBe(120)
  })

  it('has to begin anew when the venue does not give the bar of the start', () => {
    const run = new Run()
    run.pastBars(20)
    run.trades(20, 600)
    expect(run.signals[0]).toBe((BARS + 2) * 60)
  })

  it('waits for bars of its own when there are none of before', () => {
    const run = new Run()
    run.trades(20, 600)
    expect(run.signals[0]).toBe((BARS + 2) * 60)
  })
})
