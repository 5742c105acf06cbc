import { explainEvent, isEvent } from '@triplane/contracts'
import type { Frame } from '@triplane/market-data'
import { anInstrument, testStartUs } from '@triplane/testing'
import { brief, newCore } from '../test/tape.ts'

const MINUTE_US = 60_000_000
const T = testStartUs - (testStartUs % MINUTE_US)
const venue = 'binance_spot'
const url = 'https://api.binance.com/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=4'
const btc = anInstrument({ venue, exchange: 'binance', tickSize: '0.01', minNotional: '5' })
const row = (minutes: number, close = '100.5') => [
  ...[(T + minutes * MINUTE_US) / 1000, '100.5', '101', '99', close, '2.5', 0, '250', 7, '1', '100', '0'],
]

function aFrame(rows: unknown, tsRecvUs = T + 20_000_000): Frame {
  const bytes = Buffer.from(JSON.stringify(rows))
  const origin = { source: 'binance_ws', venue, pastBarsUrl: url }
  return { type: 'frame', origin, bytes, start: 0, end: bytes.length, tsRecvUs }
}

/** What a core says of a frame. */
function said(frame: Frame) {
  const core = newCore(undefined, { source: 'binance_ws', instruments: [btc] })
  core.accept({ type: 'connect', origin: { source: 'binance_ws', venue }, tsRecvUs: T })
  const before = core.snapshot()
  core.outbox.drain()
  core.accept(frame)
  const events = core.outbox.drain().filter(({ tsRecvUs }) => tsRecvUs === frame.tsRecvUs)
  return { core, before, events: events.filter(({ type }) => type !== 'mark') }
}

it('says an event for each bar that is over, oldest first, and remembers nothing of them', () => {
  const { core, before, events } = said(aFrame([row(-3), row(-2), row(-1, '99.5'), row(0)]))
  expect(brief(events)).toEqual(['pastBar', 'pastBar', 'pastBar'])
  expect(events.filter((event) => !isEvent(event)).map(explainEvent)).toEqual([])
  expect(events[2]).toMatchObject({
    ...{ source: 'binance_ws', instrument: 'BTC/USDT@binance_spot', timeframe: '1m', tsRecvUs: T + 20_000_000 },
    ...{ openTimeUs: T - MINUTE_US, open: 100.5, high: 101, low: 99, close: 99.5, volume: 2.5, trades: 7 },
  })
  expect([core.framesIn, core.understood]).toEqual([1, 1])
  expect(core.snapshot().lanes).toEqual(before.lanes)
})

it('says no bar that our clock has not seen the end of', () => {
  const { events } = said(aFrame([row(-1), row(0), row(1)]))
  expect(events).toMatchObject([{ openTimeUs: T - MINUTE_US }])
})

it('refuses an answer as a whole, as one frame', () => {
  const { core, events } = said(aFrame([row(-2), row(-1, 'much'), row(0)]))
  expect(events).toMatchObject([
    {
      type: 'deadLetter',
      stage: 'normalize',
      reason: 'bad_field',
      eventType: 'bar',
      instrument: 'BTC/USDT@binance_spot',
    },
  ])
  expect([core.framesIn, core.understood, core.refused.bad_field]).toEqual([1, 0, 1])
})
