import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@triplane/kernel'
import { textOf } from '@triplane/testing'
import type { Instrument } from '@triplane/contracts'
import type { Feed } from '../src/feed.ts'
import type { FeedNotice } from '../src/live/feed-notice.ts'
import { createLiveFeed, type LiveFeed, type LiveFeedOptions } from '../src/live/live-feed.ts'
import { FakeBinance } from './fake-binance.ts'
import { Listener } from './listener.ts'
import { OwnTimers } from './own-timers.ts'

/** Short waits, and a stall or planned end only in a test about it. */
const timing = {
  stallAfterMs: 60_000,
  firstRetryMs: 10,
  longestRetryMs: 80,
  stableAfterMs: 0,
  answerMs: 2_000,
  depthWithinMs: 60_000,
  silenceMs: 10,
}

function anInstrument(venueSymbol: string, venue: string): Instrument {
  return {
    symbol: `${venueSymbol.slice(0, -4)}/USDT`,
    venue,
    exchange: 'binance',
    venueSymbol,
    kind: venue === 'binance_spot' ? 'spot' : 'linear_perpetual',
    base: venueSymbol.slice(0, -4),
    quote: 'USDT',
    tickSize: '0.01',
    lotSize: '0.001',
    minNotional: '5',
    session: '24x7',
  }
}

const symbols = ['BTCUSDT', 'ETHUSDT']
const snapshotSymbols = (listener: Listener) =>
  listener.of('frame').flatMap(({ origin }) => origin.snapshotSymbol ?? [])
const lists = (listener: Listener) => listener.of('frame').filter(({ origin }) => origin.isInstrumentList)
const streamed = (listener: Listener, from = 0) =>
  listener
    .of('frame', from)
    .filter(({ origin }) => origin.snapshotSymbol === undefined && !origin.isInstrumentList)
    .map(textOf)

describe.each(['binance_spot', 'binance_usdm'] as const)('the live feed of %s', (venue) => {
  let fake: FakeBinance
  let feed: LiveFeed
  let listener: Listener
  let notices: FeedNotice[]
  let timers: OwnTimers
  const faults: unknown[] = []
  const onFault = (error: unknown) => faults.push(error)

  function listen(options: Partial<LiveFeedOptions> = {}, through = (from: Feed): Feed => from): void {
    feed = createLiveFeed({
      venue,
      instruments: symbols.map((symbol) => anInstrument(symbol, venue)),
      clock: systemClock,
      wsUrl: fake.wsUrl,
      restUrl: fake.restUrl,
      onNotice: (notice) => notices.push(notice),
      ...options,
      timing: { ...timing, ...options.timing },
    })
    listener = new Listener(through(feed))
  }

  /** Listens until both snapshots have arrived. */
  async function listenToBooks(options: Partial<LiveFeedOptions> = {}): Promise<void> {
    listen(options)
    await fake.until(() => fake.open === 1)
    fake.tick()
    await listener.until(() => snapshotSymbols(listener).length === 2)
  }

  const connectedTimes = (count: number) => listener.until(() => listener.of('connect').length === count)
  const reasons = () => listener.of('disconnect').map(({ reason }) => reason)

  beforeAll(() => process.on('unhandledRejection', onFault).on('uncaughtException', onFault))
  afterAll(() => void process.off('unhandledRejection', onFault).off('uncaughtException', onFault))

  beforeEach(async () => {
    timers = new OwnTimers()
    notices = []
    fake = await FakeBinance.start(venue, symbols)
  })

  afterEach(async () => {
    await feed.close()
    await listener.ended
    await fake.until(() => fake.open === 0)
    await fake.stop()
    const times = listener.items.map(({ tsRecvUs }) => tsRecvUs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(faults).toEqual([])
    expect(timers.live()).toEqual([])
    timers.restore()
  })

  it('hands over a connect, then every message as received, and a snapshot once the diffs of a book have begun', async () => {
    listen()
    await fake.until(() => fake.open === 1)
    await connectedTimes(1)
    expect(fake.depthRequests).toEqual([])
    const sent: string[] = []
    const send = fake.send.bind(fake)
    fake.send = (message) => {
      sent.push(message.toString())
      send(message)
    }
    for (let i = 0; i < 50; i++) fake.tick()
    await listener.until(() => streamed(listener).length === 300 && snapshotSymbols(listener).length === 2)
    expect(listener.items[0]).toMatchObject({ type: 'connect', origin: { source: 'binance_ws', venue } })
    expect(streamed(listener)).toEqual(sent)
    expect(snapshotSymbols(listener).sort()).toEqual(symbols)
    expect(fake.handshakes).toEqual([
      '/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms/ethusdt@trade/ethusdt@bookTicker/ethusdt@depth@100ms',
    ])
    expect(feed.stats()).toMatchObject({
      isConnected: true,
      frames: 303,
      connects: 1,
      snapshots: 2,
      lists: 1,
      isRecording: false,
    })
  })

  it('requests the list of its instruments at every connect, and on demand', async () => {
    listen()
    await listener.until(() => lists(listener).length === 1)
    expect(lists(listener).map(textOf)[0]).toContain('"symbols":[{"symbol":"BTCUSDT"')
    feed.requestInstrumentList()
    feed.requestInstrumentList()
    await listener.until(() => lists(listener).length === 2)
    fake.drop()
    await listener.until(() => lists(listener).length === 3)
    const path =
      venue === 'binance_spot'
        ? '/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%2C%22ETHUSDT%22%5D'
        : '/fapi/v1/exchangeInfo'
    expect(fake.listRequests).toEqual([path, path, path])
  })

  it('reports a missing list, and retries unless it is refused', async () => {
    fake.answerList = (request) => (request === 1 ? { status: 503 } : { status: 400, body: 'Invalid symbol.' })
    listen()
    await fake.until(() => fake.listRequests.length === 2)
    await listener.until(() => notices.filter(({ kind }) => kind === 'list_failed').length === 2)
    expect(notices.filter(({ kind }) => kind === 'list_failed')).toEqual([
      { kind: 'list_failed', detail: 'Expected status 200, was 503: ', retryMs: expect.any(Number) },
      { kind: 'list_failed', detail: 'Expected status 200, was 400: Invalid symbol.' },
    ])
    expect([lists(listener), feed.stats().requestFailures]).toEqual([[], 2])
  })

  it('requests the snapshot of a book that does not move after a while', async () => {
    listen({ timing: { depthWithinMs: 30 } })
    await listener.until(() => snapshotSymbols(listener).length === 2)
    expect(snapshotSymbols(listener).sort()).toEqual(symbols)
    expect(streamed(listener)).toEqual([])
  })

  it('leaves out the book of a quoted instrument, unless its book is enabled', async () => {
    const option = { ...anInstrument('ETHUSDT', venue), isTraded: false }
    listen({ instruments: [anInstrument('BTCUSDT', venue), option], timing: { depthWithinMs: 30 } })
    await listener.until(() => snapshotSymbols(listener).length === 1)
    expect(snapshotSymbols(listener)).toEqual(['BTCUSDT'])
    const of = (second: string) => `/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms/${second}`
    expect(fake.handshakes).toEqual([of('ethusdt@trade/ethusdt@bookTicker')])
    await feed.close()
    await listener.ended
    listen({ instruments: [anInstrument('BTCUSDT', venue), { ...option, hasBook: true }] })
    await fake.until(() => fake.handshakes.length === 2)
    expect(fake.handshakes[1]).toBe(of('ethusdt@trade/ethusdt@bookTicker/ethusdt@depth@100ms'))
  })

  it('emits the time when there are no items, after the first connect only', async () => {
    fake.answerHandshake = (handshake) => (handshake <= 2 ? { status: 503 } : undefined)
    listen()
    await listener.until(() => listener.of('time').length >= 3)
    expect(listener.items[0]?.type).toBe('connect')
    expect(notices.slice(0, 2)).toMatchObject([{ kind: 'connect_failed' }, { kind: 'connect_failed' }])
    expect(feed.stats().connectFailures).toBe(2)
  })

  it('answers pings with their own payload', async () => {
    await listenToBooks()
    fake.ping('1723161255030')
    await fake.until(() => fake.pongs.length === 1)
    expect(fake.pongs).toEqual(['1723161255030'])
  })

  it.each([
    { name: 'a connection that breaks', fault: () => fake.drop(), reason: 'closed' },
    { name: 'a connection that is closed', fault: () => fake.closeAll(1008, 'expired'), reason: 'closed' },
    {
      name: 'an oversized message',
      fault: () => fake.send(Buffer.alloc(9 * 1024 * 1024)),
      reason: 'error',
    },
    { name: 'a server that will shut down', fault: () => fake.announceShutdown(), reason: 'server_shutdown' },
  ])('survives $name: a disconnect, a connect, new snapshots', async ({ fault, reason }) => {
    await listenToBooks()
    fault()
    await connectedTimes(2)
    await fake.until(() => fake.open === 1)
    const from = listener.items.length
    fake.tick()
    await listener.until(() => snapshotSymbols(listener).length === 4)
    expect(reasons()).toEqual([reason])
    expect(streamed(listener, from).length).toBe(6)
    const types = listener.items.map(({ type }) => type).filter((type) => type.endsWith('connect'))
    expect(types).toEqual(['connect', 'disconnect', 'connect'])
    expect(listener.items.map(textOf).filter((text) => text.includes('serverShutdown'))).toEqual([])
    expect(feed.stats().disconnects).toMatchObject({ [reason]: 1 })
  })

  it('replaces a connection before the venue ends it, and keeps it until the next one is open', async () => {
    let openDuringHandshake: number | undefined
    fake.answerHandshake = (handshake) => {
      if (handshake === 2) openDuringHandshake = fake.open
      return undefined
    }
    listen({ timing: { maxAgeMs: 100 } })
    await connectedTimes(2)
    expect(openDuringHandshake).toBe(1)
    expect(reasons()[0]).toBe('planned')
  })

  it('drops a connection that stays open without messages, even when it is pinged', async () => {
    await listenToBooks({ timing: { stallAfterMs: 150 } })
    const pings = setInterval(() => fake.ping('still here'), 20)
    await connectedTimes(2)
    clearInterval(pings)
    expect(reasons()[0]).toBe('stalled')
    expect(fake.pongs.length).toBeGreaterThan(0)
  })

  it('waits as long as the venue demands when it refuses a handshake', async () => {
    fake.answerHandshake = (handshake) =>
      handshake === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined
    listen()
    await connectedTimes(1)
    expect(notices[0]).toMatchObject({ kind: 'connect_failed', retryMs: 1000 })
    expect(fake.handshakes.length).toBe(2)
  })

  it.each([
    { name: 'text', message: '{"stream":', want: '{"stream":' },
    {
      name: 'bytes that are not text',
      message: Buffer.from([0xff, 0xfe, 0x00]),
      want: Buffer.from([0xff, 0xfe, 0x00]).toString(),
    },
    { name: 'line breaks, which a capture cannot contain', message: '{\r\n"a":\n1}', want: '{  "a": 1}' },
    { name: 'an empty message', message: '', want: ' ' },
  ])('hands over garbage: $name', async ({ message, want }) => {
    await listenToBooks()
    const from = listener.items.length
    fake.send(message)
    fake.tick()
    await listener.until(() => streamed(listener, from).length === 7)
    expect(streamed(listener, from)[0]).toBe(want)
    expect(reasons()).toEqual([])
  })

  it('hands over a gap unchanged, and fetches a snapshot on demand, once however often', async () => {
    await listenToBooks()
    fake.loseDeltas()
    fake.tick()
    for (let i = 0; i < 5; i++) feed.requestSnapshot(`BTC/USDT@${venue}`)
    await listener.until(() => snapshotSymbols(listener).length === 3)
    expect(fake.depthRequests.length).toBe(3)
    expect(snapshotSymbols(listener)[2]).toBe('BTCUSDT')
    feed.requestSnapshot(`ETH/USDT@${venue}`)
    await listener.until(() => snapshotSymbols(listener).length === 4)
    expect(fake.depthRequests[3]).toBe('ETHUSDT')
  })

  it('refuses to fetch the snapshot of an unknown symbol', () => {
    listen()
    expect(() => feed.requestSnapshot(`XRP/USDT@${venue}`)).toThrow('Invariant: the instrument is one of the feed')
  })

  it('sends nothing until the venue allows it again after a 429 and a 418, then fetches', async () => {
    const answers = [
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 418, headers: { 'retry-after': '1' } },
    ]
    fake.answerDepth = () => answers.shift()
    await listenToBooks()
    expect(notices.filter(({ kind }) => kind === 'rate_limited').map((notice) => ({ ...notice }))).toEqual(
      expect.arrayContaining([
        { kind: 'rate_limited', status: 429, retryMs: 1000 },
        { kind: 'rate_limited', status: 418, retryMs: 1000 },
      ]),
    )
    expect(feed.stats()).toMatchObject({ rateLimits: 2, snapshots: 2, requestFailures: 0 })
  })

  it('retries when the venue fails, is too late or breaks off, and not when it refuses', async () => {
    fake.answerDepth = (symbol, request) => {
      if (symbol === 'ETHUSDT') return { status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' }
      if (request <= 2) return { status: 502 }
      if (request === 3) return new Promise(() => undefined)
      return undefined
    }
    listen({ timing: { answerMs: 500 } })
    await fake.until(() => fake.open === 1)
    fake.tick()
    await listener.until(() => snapshotSymbols(listener).length === 1)
    expect(snapshotSymbols(listener)).toEqual(['BTCUSDT'])
    expect(fake.depthRequests.filter((symbol) => symbol === 'ETHUSDT').length).toBe(1)
    const failed = notices.filter((notice) => notice.kind === 'snapshot_failed')
    expect(failed).toContainEqual({
      kind: 'snapshot_failed',
      symbol: 'ETHUSDT',
      detail: 'Expected status 200, was 400: {"code":-1121,"msg":"Invalid symbol."}',
    })
    expect(failed.some((notice) => 'retryMs' in notice && notice.detail.includes('502'))).toBe(true)
    expect(failed.some((notice) => 'retryMs' in notice && notice.detail.includes('within 500 ms'))).toBe(true)
  })

  it('forgets a snapshot of a lost connection', async () => {
    const answer: { give?: () => void } = {}
    fake.answerDepth = (_, request) =>
      request > 2
        ? undefined
        : new Promise((resolve) => (answer.give = () => resolve({ status: 200, body: 'too late' })))
    listen()
    await fake.until(() => fake.open === 1)
    fake.tick()
    await fake.until(() => fake.depthRequests.length === 2)
    fake.drop()
    await connectedTimes(2)
    answer.give?.()
    fake.tick()
    await listener.until(() => snapshotSymbols(listener).length === 2)
    expect(listener.items.map(textOf)).not.toContain('too late')
  })

  it('ends the connection when its items are not taken, loses none of them, and reconnects when all are taken', async () => {
    let release = () => undefined as void
    const held = new Promise<void>((resolve) => (release = resolve))
    listen({ maxWaitingItems: 100 }, (feed) => ({
      close: () => feed.close(),
      async *batches() {
        for await (const batch of feed.batches()) {
          yield batch
          if (batch.some(({ type }) => type === 'frame')) await held
        }
      },
    }))
    await fake.until(() => fake.open === 1)
    for (let i = 0; i < 300; i++) fake.send(`{"n":${i}}`)
    await fake.until(() => fake.open === 0)
    expect(feed.stats()).toMatchObject({ isConnected: false, disconnects: { slow_consumer: 1 } })
    expect(fake.handshakes.length).toBe(1)
    release()
    await connectedTimes(2)
    const taken = streamed(listener)
    expect(taken.length).toBeGreaterThanOrEqual(99)
    expect(taken).toEqual(taken.map((_, i) => `{"n":${i}}`))
    expect(reasons()).toEqual(['slow_consumer'])
  })

  it('begins a resumed run with a disconnect', async () => {
    listen({ resumed: true })
    await connectedTimes(1)
    expect(listener.items.filter(({ type }) => type !== 'time').map(({ type }) => type)).toEqual([
      'disconnect',
      'connect',
    ])
    expect(reasons()).toEqual(['restart'])
  })

  it('hands over its items when it is closed, then ends', async () => {
    await listenToBooks()
    const from = listener.items.length
    fake.tick()
    await listener.until(() => streamed(listener, from).length > 0)
    await feed.close()
    await feed.close()
    await listener.ended
    expect(feed.stats()).toMatchObject({ isConnected: false, waitingItems: 0 })
    expect(listener.of('frame').length).toBe(feed.stats().frames)
  })

  it('continues, and reports it, when it can no longer record', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triplane-feed-'))
    listen({ recordTo: folder })
    rmSync(folder, { recursive: true })
    await fake.until(() => fake.open === 1)
    fake.tick()
    await listener.until(() => streamed(listener).length === 6)
    expect(notices.filter(({ kind }) => kind === 'recording_failed').length).toBe(1)
    expect(feed.stats()).toMatchObject({ isConnected: true, isRecording: false })
  })

  it('ends, and hands over nothing more, when a sync of its recording has failed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triplane-feed-'))
    try {
      let failures = 0
      let fault: unknown
      const syncFile = () => Promise.reject(new Error(`EIO ${++failures}`))
      listen({ recordTo: folder, syncFile }, (feed) => ({
        close: () => feed.close(),
        async *batches() {
          try {
            yield* feed.batches()
          } catch (error) {
            fault = error
          }
        },
      }))
      await fake.until(() => fake.open === 1)
      const ticking = setInterval(() => fake.tick(), 10)
      await listener.ended
      clearInterval(ticking)
      expect(fault).toMatchObject({ name: 'RecordingError', code: 'unsynced', retryable: false })
      expect(failures).toBe(1)
      expect(feed.stats()).toMatchObject({ isConnected: false, isRecording: true })
      expect(notices.filter(({ kind }) => kind === 'recording_failed')).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('ends at once when it is closed while the venue does not answer', async () => {
    fake.answerHandshake = () => ({ status: 503 })
    listen()
    await fake.until(() => fake.handshakes.length === 3)
    await feed.close()
    await listener.ended
    expect(listener.items).toEqual([])
  })
})
