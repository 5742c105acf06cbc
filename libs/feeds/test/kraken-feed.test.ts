import type { Instrument } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { textOf } from '@triplane/testing'
import type { FeedNotice } from '../src/live/feed-notice.ts'
import { createLiveFeed, type LiveFeed, type LiveFeedOptions } from '../src/live/live-feed.ts'
import { FakeKraken } from './fake-kraken.ts'
import { Listener } from './listener.ts'
import { OwnTimers } from './own-timers.ts'

/** Short waits, and a stall only in a test about it. */
const timing = {
  stallAfterMs: 60_000,
  firstRetryMs: 10,
  longestRetryMs: 80,
  stableAfterMs: 0,
  answerMs: 2_000,
  depthWithinMs: 60_000,
  silenceMs: 10,
}

const anInstrument = (venueSymbol: string): Instrument => {
  const symbol = venueSymbol.replace('XBT', 'BTC')
  const [base = '', quote = ''] = symbol.split('/')
  return {
    ...{ symbol, venue: 'kraken', exchange: 'kraken', venueSymbol, kind: 'spot', base, quote },
    ...{ tickSize: '0.1', lotSize: '0.00000001', minNotional: '0.5', session: '24x7' },
  }
}

const BTC = 'BTC/USD@kraken'
const isSnapshotOf = (symbol: string) => (text: string) =>
  text.startsWith(`{"channel":"book","type":"snapshot","data":[{"symbol":"${symbol}"`)

describe('the live feed of Kraken', () => {
  let fake: FakeKraken
  let feed: LiveFeed
  let listener: Listener
  let notices: FeedNotice[]
  let timers: OwnTimers

  function listen(options: Partial<LiveFeedOptions> = {}): void {
    feed = createLiveFeed({
      venue: 'kraken',
      instruments: ['XBT/USD', 'ETH/USD'].map(anInstrument),
      clock: systemClock,
      wsUrl: fake.wsUrl,
      restUrl: fake.restUrl,
      onNotice: (notice) => notices.push(notice),
      ...options,
      timing: { ...timing, ...options.timing },
    })
    listener = new Listener(feed)
  }

  const texts = (from = 0) => listener.of('frame', from).map(textOf)
  const snapshots = (symbol: string) => texts().filter(isSnapshotOf(symbol)).length
  const bothBooks = () => listener.until(() => snapshots('BTC/USD') === 1 && snapshots('ETH/USD') === 1)

  beforeEach(async () => {
    timers = new OwnTimers()
    notices = []
    fake = await FakeKraken.start(['BTC/USD', 'ETH/USD'])
  })

  afterEach(async () => {
    await feed.close()
    await listener.ended
    await fake.stop()
    const left = timers.live()
    timers.restore()
    expect(left).toEqual([])
  })

  it('subscribes to trades, tickers and books of every pair, gets a snapshot of each by the stream, and the list of pairs by REST', async () => {
    listen()
    await bothBooks()
    await listener.until(() => feed.stats().lists === 1)
    expect(fake.handshakes).toEqual(['/'])
    expect(
      fake.requests.map(({ method, params }) => `${method} ${params?.channel} ${params?.symbol.join(' ')}`),
    ).toEqual(['trade', 'ticker', 'book'].map((channel) => `subscribe ${channel} BTC/USD ETH/USD`))
    expect(fake.listRequests).toEqual(['/0/public/AssetPairs?pair=XBTUSD,ETHUSD'])
    expect(listener.of('frame').filter(({ origin }) => origin.isInstrumentList).length).toBe(1)
    expect(feed.stats()).toMatchObject({ snapshots: 2, lists: 1, requestFailures: 0, connects: 1 })
    expect(feed.origin).toEqual({ source: 'kraken_ws', venue: 'kraken' })
  })

  it('hands over every message: the status, answers, heartbeats, updates, trades', async () => {
    listen()
    await bothBooks()
    const from = listener.items.length
    fake.tick()
    await listener.until(() => texts(from).some((text) => text.includes('heartbeat')))
    expect(texts()[0]).toContain('"channel":"status"')
    expect(texts().filter((text) => text.includes('"success":true')).length).toBe(6)
    expect(texts(from).filter((text) => text.includes('"type":"update"')).length).toBe(6)
  })

  it('resubscribes to a book for a fresh snapshot, once however often it is requested', async () => {
    listen()
    await bothBooks()
    for (let i = 0; i < 5; i++) feed.requestSnapshot(BTC)
    await listener.until(() => snapshots('BTC/USD') === 2)
    expect([fake.asked('unsubscribe', 'book', 'BTC/USD'), fake.asked('subscribe', 'book', 'BTC/USD')]).toEqual([1, 2])
    expect([fake.asked('unsubscribe', 'book', 'ETH/USD'), snapshots('ETH/USD')]).toEqual([0, 1])
    feed.requestSnapshot(BTC)
    await listener.until(() => snapshots('BTC/USD') === 3)
    expect(feed.stats()).toMatchObject({ snapshots: 4, requestFailures: 0 })
  })

  it('repeats the request for a missing snapshot at growing intervals', async () => {
    fake.isMute = (symbol, request) => symbol === 'BTC/USD' && request > 1 && request < 4
    listen({ timing: { answerMs: 150 } })
    await bothBooks()
    feed.requestSnapshot(BTC)
    await listener.until(() => snapshots('BTC/USD') === 2)
    expect(fake.asked('subscribe', 'book', 'BTC/USD')).toBe(4)
    const failed = notices.filter(({ kind }) => kind === 'snapshot_failed')
    expect(failed).toEqual([
      {
        kind: 'snapshot_failed',
        symbol: 'XBT/USD',
        detail: 'Expected an answer within 150 ms',
        retryMs: expect.any(Number),
      },
      {
        kind: 'snapshot_failed',
        symbol: 'XBT/USD',
        detail: 'Expected an answer within 150 ms',
        retryMs: expect.any(Number),
      },
    ])
    expect(feed.stats().requestFailures).toBeGreaterThanOrEqual(2)
  })

  it('resubscribes to a book that does not begin after the connect', async () => {
    fake.isMute = (symbol, request) => symbol === 'BTC/USD' && request === 1
    listen({ timing: { depthWithinMs: 50 } })
    await bothBooks()
    expect([fake.asked('subscribe', 'book', 'BTC/USD'), fake.asked('subscribe', 'book', 'ETH/USD')]).toEqual([2, 1])
  })

  it('reconnects when the connection is lost in the middle, and resubscribes to all channels', async () => {
    listen()
    await bothBooks()
    fake.drop()
    await listener.until(() => snapshots('BTC/USD') === 2 && snapshots('ETH/USD') === 2)
    expect(listener.of('disconnect').map(({ reason }) => reason)).toEqual(['closed'])
    expect(fake.asked('subscribe', 'trade', 'ETH/USD')).toBe(2)
    expect(feed.stats()).toMatchObject({ connects: 2, disconnects: { closed: 1 } })
  })

  it('reports a pair that the venue refuses, and has the others', async () => {
    listen({ instruments: ['XBT/USD', 'ADA/USD'].map(anInstrument) })
    await listener.until(() => snapshots('BTC/USD') === 1)
    await listener.until(() => notices.filter(({ kind }) => kind === 'subscription_refused').length === 3)
    const refused = { kind: 'subscription_refused', symbol: 'ADA/USD', detail: 'Currency pair not supported ADA/USD' }
    expect(notices.filter(({ kind }) => kind === 'subscription_refused')).toEqual([refused, refused, refused])
    expect(texts().filter((text) => text.includes('"success":false')).length).toBe(3)
  })

  it('keeps the connection alive by pings, whose answers are messages', async () => {
    const intervals = jest.mocked(setInterval)
    listen({ timing: { stallAfterMs: 80_000 } })
    await bothBooks()
    const pings = intervals.mock.calls.filter(([, everyMs]) => everyMs === 30_000)
    expect(pings.length).toBe(1)
    pings[0]?.[0]()
    await listener.until(() => texts().some((text) => text.startsWith('{"method":"pong"')))
    expect(fake.requests.at(-1)).toEqual({ method: 'ping' })
  })
})
