import { instrumentId, type Instrument } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { createLogger } from '@triplane/logging'
import { aBar, aFill, anOfi, anOrderEvent, aSignal, readExposition, testStartUs } from '@triplane/testing'
import { strategies } from '@triplane/strategy'
import { strategyConfigOf } from '@triplane/strategy-core'
import { dataPlaneConfig } from '../../data-core/test/config.ts'
import { aFrame, message } from '../../data-core/test/tape.ts'
import { orderPlaneConfig } from '../../order-core/test/config.ts'
import { Session } from '../../order-core/test/session.ts'
import { createDataMetrics } from '../src/data/data-plane-metrics.ts'
import { dataPlane } from '../src/data/data-plane.ts'
import { createOrderMetrics } from '../src/order/order-plane-metrics.ts'
import { orderPlane } from '../src/order/order-plane.ts'
import { createStrategyMetrics } from '../src/strategy/strategy-plane-metrics.ts'
import { strategyPlane } from '../src/strategy/strategy-plane.ts'

const T = testStartUs
const SECOND = 1_000_000

const bitcoinAt = (venue: string, exchange: string): Instrument => ({
  symbol: 'BTC/USDT',
  venue,
  exchange,
  venueSymbol: 'BTCUSDT',
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '5',
  session: '24x7',
})

/** Both speak the protocol of Binance USD-M. */
const here = bitcoinAt('sim', 'sim')
const there = bitcoinAt('binance_usdm', 'binance')
const instruments = [here, there]
const isSessionOpen = () => true
const rates = configuredRates({ USD: '1', USDT: '1' })
const [idHere, idThere] = [instrumentId(here), instrumentId(there)]
const NOT_CONFIGURED = 'DOGE/USDT@nowhere'

const options = {
  instruments,
  source: 'sim',
  maxSeries: 10_000,
  logger: createLogger({ service: 'test', destination: { write: () => undefined } }),
}

/** What is exposed, and of BTC/USDT at an exchange. */
async function samplesOf(metrics: { expose(): Promise<string> }) {
  const text = await metrics.expose()
  const samples = readExposition(text).flatMap((family) => family.samples)
  return {
    text,
    ofSymbols: samples.filter(({ labels }) => 'symbol' in labels),
    /** The sum of what the family has at the exchange, of these labels; undefined when nothing is exposed of it. */
    value(name: string, exchange: string, more: Readonly<Record<string, string>> = {}): number | undefined {
      const wanted = Object.entries({ exchange, symbol: 'BTC/USDT', ...more })
      const found = samples.filter(
        (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
      )
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
    },
  }
}

type Samples = Awaited<ReturnType<typeof samplesOf>>

/** The values of the family at both exchanges. */
const both = (of: Samples, name: string, more?: Readonly<Record<string, string>>) =>
  ['sim', 'binance'].map((exchange) => of.value(name, exchange, more))

describe('one symbol at two exchanges', () => {
  it('has series of its own at each in the data plane', async () => {
    const metrics = createDataMetrics(options)
    let monotonicUs = 0
    const plane = dataPlane.build({
      ...{ config: dataPlaneConfig(), source: 'sim', instruments, isSessionOpen, metrics },
      nowUs: () => 5 * SECOND,
      monotonicUs: () => monotonicUs++,
    })
    const { core, observe, freshness } = plane
    const originOf = ({ venue, venueSymbol }: Instrument) => ({ source: 'sim', venue, snapshotSymbol: venueSymbol })
    const feed = (item: Parameters<typeof core.accept>[0]) => {
      freshness.handedOver()
      core.accept(item)
      freshness.published()
      core.outbox.drain().forEach(observe)
    }
    const frame = (of: Instrument, text: string, tsRecvUs = T) => feed(aFrame(text, tsRecvUs, originOf(of)))
    for (const of of instruments) feed({ type: 'connect', origin: originOf(of), tsRecvUs: T })
    frame(here, message.trade(T, 1, 100, 2))
    frame(here, message.trade(T, 2, 101, 3))
    frame(there, message.trade(T, 1, 200, 7))
    frame(here, message.snapshot(T, 10))
    frame(there, message.quote(T, 1, 199.9, 1, 200.3))
    observe(anOfi({ instrument: idThere }))
    observe(aBar({ instrument: idHere, timeframe: '1m', closed: true, incomplete: true }))

    const seen = await samplesOf(metrics)
    // Received: trades here, a trade and a quote there.
    expect(both(seen, 'data_ticks_received_total', { source: 'sim' })).toEqual([2, 2])
    expect(both(seen, 'crypto_trades_total')).toEqual([2, 1])
    expect(both(seen, 'crypto_trade_volume_total')).toEqual([5, 7])
    expect(both(seen, 'crypto_trade_volume')).toEqual([5, 7])
    expect(both(seen, 'crypto_price', { type: 'last' })).toEqual([101, 200])
    expect(both(seen, 'crypto_price', { type: 'ask' })).toEqual([undefined, 200.3])
    expect(both(seen, 'crypto_candle_high', { timeframe: '1m' })).toEqual([101, 200])
    expect(both(seen, 'crypto_orderbook_bid_price', { level: '0' })).toEqual([99.9, undefined])
    expect(both(seen, 'data_book_valid')).toEqual([1, 0])
    expect(both(seen, 'data_ofi_events_generated_total')).toEqual([0, 1])
    expect(both(seen, 'data_bars_received_total', { duration: '1m' })).toEqual([1, 0])
    expect(both(seen, 'data_bars_incomplete_total', { duration: '1m' })).toEqual([1, 0])
    expect(both(seen, 'data_freshness_seconds_count', { source: 'sim' })).toEqual([2, 2])
    expect(both(seen, 'data_session_open')).toEqual([1, 1])
    expect(both(seen, 'data_last_receive_timestamp_seconds')).toEqual([5, 5])
    expect(seen.ofSymbols.filter(({ labels }) => !('exchange' in labels))).toEqual([])
  })

  it('has series of its own at each in the order plane', async () => {
    const metrics = createOrderMetrics(options)
    const { observe } = orderPlane.build({
      ...{ config: orderPlaneConfig(), instruments, rates, isSessionOpen, metrics },
      onApproved: () => undefined,
    })
    const order = (instrument: string, intentId: string, state: 'received' | 'submitted' | 'acknowledged') =>
      observe(anOrderEvent({ instrument, intentId, state, side: 'BUY' }))
    order(idHere, 'a', 'received')
    order(idHere, 'a', 'submitted')
    order(idHere, 'a', 'acknowledged')
    order(idHere, 'b', 'received')
    order(idThere, 'c', 'received')
    observe(aFill({ instrument: idThere, price: '200', quantity: '2', fee: '1.5', side: 'BUY', status: 'FILLED' }))
    observe(aFill({ instrument: idHere, price: '100', quantity: '1', fee: '0.5', side: 'BUY', status: 'FILLED' }))

    const seen = await samplesOf(metrics)
    expect(both(seen, 'orders_received_total')).toEqual([2, 1])
    expect(both(seen, 'orders_submitted_total')).toEqual([1, 0])
    expect(both(seen, 'trading_orders_total', { status: 'submitted' })).toEqual([1, 0])
    expect(both(seen, 'orders_submit_to_ack_latency_seconds_count')).toEqual([1, 0])
    expect(both(seen, 'trading_order_latency_seconds_count')).toEqual([1, 0])
    expect(both(seen, 'orders_filled_total', { status: 'FILLED' })).toEqual([1, 1])
    expect(both(seen, 'orders_commission_total_usd')).toEqual([0.5, 1.5])
    const [krwHere, krwThere] = both(seen, 'trading_order_volume_krw_total', { action: 'BUY' })
    expect((krwThere as number) / (krwHere as number)).toBeCloseTo(4, 9)
    expect(both(seen, 'orders_open', { state: 'acknowledged' })).toEqual([0, 0])
    expect(seen.ofSymbols.filter(({ labels }) => !('exchange' in labels))).toEqual([])
  })

  it('shows the orders and the position at the one, and none at the other', async () => {
    const config = orderPlaneConfig()
    const metrics = createOrderMetrics(options)
    const plane = orderPlane.build({ config, instruments, rates, isSessionOpen, metrics, onApproved: () => undefined })
    const session = new Session()
    session.core = plane.core
    session.open(here.symbol)
    session.intent('taker', { instrument: idHere, quantity: '0.5', limitPrice: '100.1' })
    session.intent('rests', { instrument: idHere, quantity: '0.2', limitPrice: '99.9' })
    session.wait(20_000).settle()
    session.outputs.forEach(plane.observe)

    const seen = await samplesOf(metrics)
    expect(both(seen, 'orders_open', { state: 'acknowledged' })).toEqual([1, 0])
    expect(both(seen, 'orders_filled_total', { status: 'FILLED' })).toEqual([1, 0])
    const [value, otherValue] = both(seen, 'trading_position_value_krw')
    expect(value).toBeCloseTo(0.5 * 100.05 * config.krwPerUsd, 6)
    expect(otherValue).toBe(0)
    expect(seen.value('trading_unrealized_pnl_krw', 'sim')).toBeLessThan(0)
    expect(seen.value('trading_unrealized_pnl_krw', 'binance')).toBe(0)
  })

  it('has series of its own at each in the strategy plane', async () => {
    const metrics = createStrategyMetrics(options)
    const config = strategyConfigOf(strategies).parse({ startingCashUsd: '1000000' })
    const { core, observe } = strategyPlane.build({ config, instruments, rates, isSessionOpen, metrics })
    observe(aSignal({ instrument: idHere, direction: 'BUY' }))
    observe(aSignal({ instrument: idThere, direction: 'SELL' }))
    observe(aSignal({ instrument: idThere, direction: 'SELL' }))
    core.process(anOrderEvent({ instrument: idThere, effectUs: T, state: 'filled' }))
    core.process(aFill({ instrument: idThere, effectUs: T }))

    const seen = await samplesOf(metrics)
    expect(both(seen, 'strategy_signals_generated_total')).toEqual([1, 2])
    expect(both(seen, 'strategy_signals_generated_total', { direction: 'SELL' })).toEqual([0, 2])
    expect(both(seen, 'strategy_mark_age_seconds')).toEqual([undefined, expect.any(Number)])
    expect(seen.ofSymbols.filter(({ labels }) => !('exchange' in labels))).toEqual([])
  })
})

describe('an instrument that is not configured', () => {
  it('is counted under labels that are not taken from the wire', async () => {
    const metrics = createOrderMetrics(options)
    const { observe } = orderPlane.build({
      ...{ config: orderPlaneConfig(), instruments, rates, isSessionOpen, metrics },
      onApproved: () => undefined,
    })
    observe(anOrderEvent({ instrument: NOT_CONFIGURED, strategy: 'OFI', state: 'received' }))
    const { text } = await samplesOf(metrics)
    expect(text).toContain('orders_received_total{strategy="OFI",exchange="unknown",symbol="unknown",')
    expect(text).not.toMatch(/DOGE|nowhere/)
  })
})
