import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Instrument } from '@triplane/contracts'
import { systemClock, type Clock } from '@triplane/kernel'
import { itemsOf, textOf } from '@triplane/testing'
import { openCapture } from '../src/capture/open-capture.ts'
import type { FeedNotice } from '../src/live/feed-notice.ts'
import { createLiveFeed, type LiveFeed, type LiveFeedOptions } from '../src/live/live-feed.ts'
import { FakeBinance } from './fake-binance.ts'
import { FakeKraken } from './fake-kraken.ts'
import { Listener } from './listener.ts'
import { OwnTimers } from './own-timers.ts'

const timing = {
  ...{ stallAfterMs: 60_000, firstRetryMs: 10, longestRetryMs: 40, stableAfterMs: 0, answerMs: 2_000 },
  ...{ depthWithinMs: 60_000, silenceMs: 10, pastBarsWithinMs: 30_000, afterBarMs: 10 },
}

const cases = [
  {
    venue: 'binance_spot',
    symbols: ['BTCUSDT', 'ETHUSDT'],
    start: (): Promise<FakeBinance | FakeKraken> => FakeBinance.start('binance_spot', ['BTCUSDT', 'ETHUSDT']),
    url: /^\/api\/v3\/klines\?symbol=(BTCUSDT|ETHUSDT)&interval=(1m|1d)&limit=\d+$/,
  },
  {
    venue: 'kraken',
    symbols: ['XBT/USD', 'ETH/USD'],
    start: (): Promise<FakeBinance | FakeKraken> => FakeKraken.start(['BTC/USD', 'ETH/USD']),
    url: /^\/0\/public\/OHLC\?pair=(XBTUSD|ETHUSD)&interval=(1|1440)&since=\d{10}$/,
  },
]

const anInstrument = (venueSymbol: string, venue: string): Instrument => ({
  ...{ symbol: venueSymbol, venue, exchange: venue, venueSymbol, kind: 'spot', base: 'BTC', quote: 'USD' },
  ...{ tickSize: '0.01', lotSize: '0.001', minNotional: '5', session: '24x7' },
})

describe.each(cases)('past bars of a live feed of $venue', ({ venue, symbols, start, url }) => {
  let fake: FakeBinance | FakeKraken
  let feed: LiveFeed
  let listener: Listener
  let notices: FeedNotice[]
  let timers: OwnTimers

  function listen(options: Partial<LiveFeedOptions> = {}): void {
    feed = createLiveFeed({
      venue,
      instruments: symbols.map((symbol) => anInstrument(symbol, venue)),
      clock: systemClock,
      wsUrl: fake.wsUrl,
      restUrl: fake.restUrl,
      pastBars: [{ timeframe: '1m', bars: 5 }],
      onNotice: (notice) => notices.push(notice),
      ...options,
      timing: { ...timing, ...options.timing },
    })
    listener = new Listener(feed)
  }

  const pastUrls = () => listener.of('frame').flatMap(({ origin }) => origin.pastBarsUrl ?? [])
  const connected = () => listener.until(() => listener.of('connect').length === 1)
  const failed = () => notices.flatMap((notice) => (notice.kind === 'past_bars_failed' ? [notice] : []))

  beforeEach(async () => {
    timers = new OwnTimers()
    notices = []
    fake = await start()
  })

  afterEach(async () => {
    await feed.close()
    await listener.ended
    await fake.stop()
    const left = timers.live()
    timers.restore()
    expect(left).toEqual([])
  })

  it('arrive before any other item of the connection, which waits for them; a recording has them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triplane-past-'))
    const file = join(folder, 'recorded.capture')
    let give = () => undefined as void
    const held = new Promise<undefined>((resolve) => (give = () => resolve(undefined)))
    fake.answerBars = (request) => (request === 4 ? held : undefined)
    const pastBars = [
      { timeframe: '1m', bars: 5 },
      { timeframe: '1d', bars: 3 },
    ] as const
    listen({ pastBars, recordTo: { file } })
    await fake.until(() => fake.barRequests.length === 4)
    expect(fake.handshakes).toEqual([])
    give()
    await connected()
    fake.tick()
    await listener.until(() => listener.of('frame').length > 6)
    for (const asked of fake.barRequests) expect(asked).toMatch(url)
    const items = listener.items.filter(({ type }) => type !== 'time')
    expect(items.slice(0, 5).map(({ type }) => type)).toEqual(['connect', 'frame', 'frame', 'frame', 'frame'])
    expect(new Set(pastUrls())).toEqual(new Set(fake.barRequests.map((path) => fake.restUrl + path)))
    expect(pastUrls().length).toBe(4)
    expect(feed.stats()).toMatchObject({ pastBars: 4, pastBarsGivenUp: 0, requestFailures: 0 })
    await feed.close()
    await listener.ended
    const played = await itemsOf(await openCapture(file))
    const told = (all: typeof items) =>
      all.flatMap((item) => (item.type === 'frame' ? [[item.tsRecvUs, item.origin.pastBarsUrl, textOf(item)]] : []))
    expect(told(played)).toEqual(told(items))
    rmSync(folder, { recursive: true })
  })

  it('are not requested for quoted instruments', async () => {
    const [traded, quoted] = symbols.map((symbol) => anInstrument(symbol, venue)) as [Instrument, Instrument]
    listen({ instruments: [traded, { ...quoted, isTraded: false }] })
    await connected()
    expect(fake.barRequests).toHaveLength(1)
    expect(url.exec(fake.barRequests[0] ?? '')?.[1]).toBe(symbols[0]?.replace('/', ''))
  })

  it('are requested again at growing intervals when the venue fails, and are given up after four attempts', async () => {
    fake.answerBars = () =>
      fake.barRequests.at(-1)?.includes(symbols[0]?.slice(0, 3) ?? '') ? { status: 502 } : undefined
    listen()
    await connected()
    const tries = fake.barRequests.filter((asked) => asked.includes(symbols[0]?.slice(0, 3) ?? ''))
    expect([tries.length, fake.barRequests.length]).toEqual([4, 5])
    expect(failed().map(({ symbol, timeframe, retryMs }) => [symbol, timeframe, retryMs !== undefined])).toEqual([
      ...[true, true, true, false].map((isTried) => [symbols[0], '1m', isTried]),
    ])
    expect(feed.stats()).toMatchObject({ pastBars: 1, pastBarsGivenUp: 1, requestFailures: 4 })
  })

  it('are given up at once when the venue refuses', async () => {
    fake.answerBars = () => ({ status: 400, body: 'no' })
    listen()
    await connected()
    expect(failed().map(({ detail, retryMs }) => [detail, retryMs])).toEqual([
      ...symbols.map(() => ['Expected status 200, was 400: no', undefined]),
    ])
    expect([fake.barRequests.length, feed.stats().pastBarsGivenUp]).toEqual([2, 2])
  })

  it.each([
    ['does not answer', () => new Promise<undefined>(() => undefined)],
    ['wants nothing to be sent', () => ({ status: 429, headers: { 'retry-after': '600' } })],
  ])('are waited for no longer than the limit when the venue %s', async (_, answer) => {
    fake.answerBars = answer
    listen({ timing: { pastBarsWithinMs: 100 } })
    await connected()
    expect(failed().map(({ detail }) => detail)).toEqual(
      symbols.map(() => 'Expected an answer within 100 ms of the start'),
    )
    expect(feed.stats()).toMatchObject({ pastBars: 0, pastBarsGivenUp: 2 })
    expect(pastUrls()).toEqual([])
  })

  it('are requested once more at the end of the bar in which the first connection began, and not after others', async () => {
    // A fifth of a second before a minute is over, however long the connection takes.
    const clock: Clock = { ...systemClock, nowUs: () => Date.UTC(2024, 7, 8, 14, 30, 59, 800) * 1000 }
    const pastBars = [
      { timeframe: '1m', bars: 5 },
      { timeframe: '1d', bars: 3 },
    ] as const
    listen({ clock, pastBars })
    await connected()
    expect(fake.barRequests.length).toBe(4)
    fake.drop()
    await listener.until(() => listener.of('connect').length === 2 && pastUrls().length === 6)
    const again = fake.barRequests.slice(4)
    expect(again.length).toBe(2)
    for (const asked of again) expect(asked).toMatch(/interval=(1m|1)&/)
  })

  it('are no longer requested once the feed is closed', async () => {
    fake.answerBars = () => new Promise<undefined>(() => undefined)
    listen()
    await fake.until(() => fake.barRequests.length === 2)
    await feed.close()
    await listener.ended
    expect([listener.items, fake.handshakes]).toEqual([[], []])
  })
})

it('are requested only if configured', async () => {
  const fake = await FakeBinance.start('binance_spot', ['BTCUSDT'])
  const { wsUrl, restUrl } = fake
  const instruments = [anInstrument('BTCUSDT', 'binance_spot')]
  const feed = createLiveFeed({
    ...{ venue: 'binance_spot', instruments, clock: systemClock, wsUrl, restUrl, timing },
    onNotice: () => undefined,
  })
  const listener = new Listener(feed)
  await listener.until(() => listener.of('connect').length === 1)
  expect([fake.barRequests, feed.stats().pastBars]).toEqual([[], 0])
  await feed.close()
  await listener.ended
  await fake.stop()
})
