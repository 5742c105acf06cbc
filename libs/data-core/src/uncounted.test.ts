import type { Instrument, MarketEvent } from '@triplane/contracts'
import { isEvent } from '@triplane/contracts'
import { testStartUs } from '@triplane/testing'
import { aFrame, brief, newCore, SECOND, Tape } from '../test/tape.ts'
import type { DataPlaneSnapshot } from './data-plane-core.ts'

/** A venue of which nothing has an id, and whose messages may say several things or nothing: Kraken. */
const T = testStartUs
const instrument: Instrument = {
  ...{ symbol: 'BTC/USD', venue: 'kraken', exchange: 'kraken', venueSymbol: 'XBT/USD', kind: 'spot' },
  ...{ base: 'BTC', quote: 'USD', tickSize: '0.1', lotSize: '0.001', minNotional: '5', session: '24x7' },
}
const origin = { source: 'capture', venue: 'kraken' }

const seconds = (timeUs: number) => `${Math.floor(timeUs / SECOND)}.${String(timeUs % SECOND).padStart(6, '0')}`
const aTrade = (atUs: number, price: string, size = '1.000') => [price, size, seconds(atUs), 'b', 'l', '']
const trades = (...list: readonly (readonly string[])[]) => JSON.stringify([337, list, 'trade', 'XBT/USD'])
const snapshot = (atUs: number) =>
  JSON.stringify([
    336,
    { as: [['100.1', '1.000', seconds(atUs)]], bs: [['99.9', '1.000', seconds(atUs)]] },
    'book-10',
    'XBT/USD',
  ])
const delta = (atUs: number, size: string, checksum: string) =>
  JSON.stringify([336, { b: [['99.9', size, seconds(atUs)]], c: checksum }, 'book-10', 'XBT/USD'])
const heartbeat = '{"event":"heartbeat"}'

function aTape(saved?: DataPlaneSnapshot) {
  const tape = new Tape(newCore(saved, { instruments: [instrument] }))
  if (!saved) tape.feed({ type: 'connect', origin, tsRecvUs: T })
  return { tape, frame: (text: string, atUs: number) => tape.feed(aFrame(text, atUs, origin)) }
}
const only = (events: readonly MarketEvent[], type: MarketEvent['type']) =>
  events.filter((event) => event.type === type)

it('takes what a message says one by one: one bad trade of three does not take the others with it', () => {
  const { tape, frame } = aTape()
  const said = frame(trades(aTrade(T - 3, '100.0'), aTrade(T - 2, 'much'), aTrade(T - 1, '100.2')), T)
  expect(brief(said)).toEqual(['trade', 'deadLetter bad_field', 'trade'])
  expect(said.filter((event) => !isEvent(event))).toEqual([])
  expect(tape.core).toMatchObject({ framesIn: 1, controls: 0, understood: 2 })
  expect(tape.core.refused.bad_field).toBe(1)
})

it('counts messages that say nothing about the market, and goes on counting when restored', () => {
  const { tape, frame } = aTape()
  expect([...frame(heartbeat, T), ...frame(heartbeat, T + 1)]).toEqual([])
  frame(trades(aTrade(T, '100.0'), aTrade(T, '100.1')), T + 2)
  const { frame: again, tape: restored } = aTape(JSON.parse(JSON.stringify(tape.core.snapshot())))
  again(heartbeat, T + 3)
  expect(restored.core).toMatchObject({ framesIn: 4, controls: 3, understood: 2 })
})

it('makes bars in the order of arrival where trades have no ids', () => {
  const { frame } = aTape()
  frame(trades(aTrade(T, '100.2'), aTrade(T, '100.0'), aTrade(T, '100.1')), T)
  const [bar] = only(frame(trades(aTrade(T + 61 * SECOND, '100.3')), T + 61 * SECOND), 'bar')
  expect(bar).toMatchObject({ open: 100.2, close: 100.1, trades: 3 })
})

it.each<{ name: string; trade: string[]; isGood: boolean }>([
  { name: 'a trade that is refused', trade: aTrade(T + 62 * SECOND, '0.0'), isGood: false },
  { name: 'a trade that cannot be read', trade: aTrade(T + 62 * SECOND, 'much'), isGood: false },
  { name: 'a good trade', trade: aTrade(T + 62 * SECOND, '100.1'), isGood: true },
])('marks the bar that $name is of, unless it is good', ({ trade, isGood }) => {
  const { frame } = aTape()
  frame(trades(aTrade(T, '100.0')), T)
  frame(trades(aTrade(T + 61 * SECOND, '100.0')), T + 61 * SECOND)
  frame(trades(trade), T + 62 * SECOND)
  frame(trades(aTrade(T + 63 * SECOND, '100.0')), T + 63 * SECOND)
  const [bar] = only(frame(trades(aTrade(T + 121 * SECOND, '100.0')), T + 121 * SECOND), 'bar')
  expect(bar).toMatchObject({ openTimeUs: T + 60 * SECOND, trades: isGood ? 3 : 2 })
  expect(bar !== undefined && 'incomplete' in bar).toBe(!isGood)
})

it("counts a checksum that is not the book's own as a gap, and emits no proof", () => {
  const { tape, frame } = aTape()
  const begun = frame(snapshot(T), T)
  expect(brief(begun)).toEqual(['bookSnapshot', 'book_valid'])
  expect(begun[0]).not.toHaveProperty('proof')
  const said = frame(delta(T + 1, '2.000', '1'), T + 1)
  expect(brief(said)).toEqual(['gap', 'book_invalid'])
  expect(said[0]).toMatchObject({ reason: 'checksum', instrument: 'BTC/USD@kraken' })
  expect(tape.core.gaps).toMatchObject({ count: 1, missing: 0 })
  expect(frame(delta(T + 2, '3.000', '1'), T + 2)).toEqual([])
  expect(brief(frame(snapshot(T + 3), T + 3))).toEqual(['bookSnapshot', 'book_valid'])
})
