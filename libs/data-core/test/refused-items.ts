import type { FeedItem, frameRefusalsOf, refusalsOf } from '@triplane/market-data'
import { testStartUs } from '@triplane/testing'
import { aFrame, message, origin, SECOND } from './tape.ts'

type Refusals<Table extends Record<string, readonly string[]>> = {
  readonly [Type in keyof Table]: Readonly<Record<Table[Type][number], readonly FeedItem[]>>
}

const T = testStartUs
const frames = (...texts: readonly string[]) => texts.map((text) => aFrame(text, T))
const badLine: FeedItem = { type: 'badLine', origin, bytes: Buffer.from('x'), start: 0, end: 1, tsRecvUs: T }

/** Events that are further ahead of our clock each second: the third one is not believed. */
const ahead = (of: (eventUs: number, id: number) => string): readonly FeedItem[] =>
  [2, 3, 4].map((seconds) => aFrame(of(T + 2 * seconds * SECOND, 100 + seconds), T + seconds * SECOND))

const trade = (id: number, price = 100, size = 1) => message.trade(T, id, price, size)
const quote = (id: number, bid = 99.9, bidSize = 1, ask = 100.1) => message.quote(T, id, bid, bidSize, ask)
const delta = message.delta(T, 10, 11)
const snapshot = message.snapshot(T, 10)
const kline = (openMs = 180_000) => message.kline(T, openMs, true)

/** What is refused for each reason that a frame can be refused for before it is understood: the last of the items. */
export const notUnderstood: Refusals<typeof frameRefusalsOf> = {
  frame: {
    bad_line: [badLine],
    impossible_time: [{ ...badLine, impossibleUs: T + SECOND }],
    not_json: frames('{'),
    unknown_message: frames('{"e":"greeting"}'),
  },
  trade: {
    unknown_instrument: frames(message.trade(T, 101, 100, 1, 'XRPUSDT')),
    off_book_trade: frames(trade(101).replace('MARKET', 'INSURANCE_FUND')),
    missing_field: frames(trade(101).replace('"p":"100.0",', '')),
    bad_field: frames(trade(101).replace('"100.0"', '"x"')),
  },
  quote: {
    unknown_instrument: frames(message.quote(T, 1, 99.9, 1, 100.1, 1, 'XRPUSDT')),
    missing_field: frames(quote(1).replace('"b":"99.9",', '')),
    bad_field: frames(quote(1).replace('"99.9"', '"x"')),
  },
  bookDelta: {
    unknown_instrument: frames(message.delta(T, 10, 11, [], [], 'XRPUSDT')),
    missing_field: frames(delta.replace('"pu":10,', '')),
    bad_field: frames(delta.replace('"pu":10', '"pu":"x"')),
  },
  bookSnapshot: {
    unknown_instrument: [aFrame(snapshot, T, { ...origin, snapshotSymbol: 'XRPUSDT' })],
    unattributed_snapshot: [aFrame(snapshot, T, { source: 'sim', venue: 'sim' })],
    missing_field: frames(snapshot.replace('"asks"', '"sellers"')),
    bad_field: frames(snapshot.replace('"99.9"', '"x"')),
  },
  bar: {
    unknown_instrument: frames(kline().replaceAll('BTCUSDT', 'XRPUSDT')),
    missing_field: frames(kline().replace('"o":"100.0",', '')),
    bad_field: frames(kline().replace('"o":"100.0"', '"o":"x"')),
  },
}

/** The same for what is understood and cannot be true, after a trade with id 100 and a closed bar of minute 2. */
export const notValid: Refusals<typeof refusalsOf> = {
  trade: {
    bad_price: frames(trade(101, 0)),
    bad_size: frames(trade(101, 100, 0)),
    price_band: frames(trade(101, 1000)),
    duplicate: frames(trade(100)),
    out_of_order: frames(trade(99)),
    clock_drift: ahead((eventUs, id) => message.trade(eventUs, id)),
  },
  quote: {
    bad_price: frames(quote(1, 0)),
    bad_size: frames(quote(1, 99.9, 0)),
    crossed_quote: frames(quote(1, 100.2)),
    price_band: frames(quote(1), quote(2, 900, 1, 901)),
    duplicate: frames(quote(1), quote(1)),
    out_of_order: frames(quote(2), quote(1)),
    clock_drift: ahead((eventUs, id) => message.quote(eventUs, id)),
  },
  bookDelta: {
    bad_price: frames(message.delta(T, 10, 11, [[0, 1]])),
    bad_size: frames(message.delta(T, 10, 11, [[99, -1]])),
    duplicate: frames(delta, delta),
    out_of_order: frames(delta, message.delta(T, 4, 5)),
  },
  bookSnapshot: {
    bad_price: frames(message.snapshot(T, 10, [[0, 1]])),
    bad_size: frames(message.snapshot(T, 10, [[99, -1]])),
    crossed_quote: frames(message.snapshot(T, 10, [[101, 1]])),
  },
  bar: {
    bad_price: frames(kline().replace('"h":"100.2"', '"h":"1.0"')),
    bad_size: frames(kline().replace('"v":"3.000"', '"v":"-3.000"')),
    duplicate: frames(kline(120_000)),
    out_of_order: frames(kline(60_000)),
  },
}
