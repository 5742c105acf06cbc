import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Instrument, MarketEvent } from '@triplane/contracts'
import { createDataCore, type DataCore } from '@triplane/data-core'
import { openCapture } from '@triplane/feeds'
import { systemClock, type Clock } from '@triplane/kernel'
import type { FeedItem } from '@triplane/market-data'
import { describeWithData, itemsOf, textOf } from '@triplane/testing'
import { dataPlaneConfig } from '../../data-core/test/config.ts'
import { newCore } from '../../data-core/test/tape.ts'
import { createLiveFeed, FakeBinance, FakeKraken, openRecording } from '../../feeds/test/live-feed.ts'

type LiveFeed = ReturnType<typeof createLiveFeed>

const timing = { firstRetryMs: 5, longestRetryMs: 20, silenceMs: 10, depthWithinMs: 60_000, stallAfterMs: 60_000 }
const symbols = ['BTCUSDT', 'ETHUSDT']

const anInstrument = (venueSymbol: string, venue: string): Instrument => ({
  symbol: `${venueSymbol.slice(0, -4)}/USDT`,
  venue,
  exchange: 'binance',
  venueSymbol,
  kind: venue === 'binance_spot' ? 'spot' : 'linear_perpetual',
  base: venueSymbol.slice(0, -4),
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.00001',
  minNotional: '5',
  session: '24x7',
})

/** A data core on a live feed: as the data plane does, it asks for a snapshot when a book is invalid, for the list of steps. */
class LivePlane {
  readonly events: MarketEvent[] = []
  readonly ended: Promise<void>
  readonly core: DataCore
  readonly #feed: LiveFeed
  readonly #waiting = new Set<() => void>()

  constructor(core: DataCore, feed: LiveFeed) {
    this.core = core
    this.#feed = feed
    this.ended = this.#run()
  }

  /** Status codes and dead letters' reasons so far. */
  story(): string[] {
    return this.events.flatMap((event) => {
      if (event.type === 'marketStatus') return event.status
      return event.type === 'deadLetter' ? event.reason : []
    })
  }

  count(type: MarketEvent['type']): number {
    return this.events.filter((event) => event.type === type).length
  }

  get validBooks(): number {
    return this.core.lanes.filter(({ book }) => book?.isValid).length
  }

  /** Resolves when `isSo` holds; asked after every batch. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  async #run(): Promise<void> {
    for await (const batch of this.#feed.batches()) {
      for (const item of batch) this.core.accept(item)
      const events = this.core.outbox.drain()
      this.events.push(...events)
      for (const event of events) {
        if (event.type !== 'marketStatus' || event.instrument === undefined) continue
        if (event.status === 'book_invalid') this.#feed.requestSnapshot(event.instrument)
        if (event.status === 'steps_unknown') this.#feed.requestInstrumentList()
      }
      for (const resolve of this.#waiting) resolve()
      this.#waiting.clear()
    }
  }
}

function replay(core: DataCore, items: readonly FeedItem[], throughUs: number): readonly MarketEvent[] {
  for (const item of items) core.accept(item)
  core.accept({ type: 'time', tsRecvUs: throughUs })
  return core.outbox.drain()
}

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-live-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe.each(['binance_spot', 'binance_usdm'] as const)('the data plane on a live feed of %s', (venue) => {
  const instruments = symbols.map((symbol) => anInstrument(symbol, venue))
  const aCore = () => newCore(undefined, { source: 'binance_ws', instruments })
  let fake: FakeBinance
  let plane: LivePlane
  let feed: LiveFeed

  beforeEach(async () => {
    fake = await FakeBinance.start(venue, symbols)
    const { wsUrl, restUrl } = fake
    const onNotice = () => undefined
    feed = createLiveFeed({
      ...{ venue, instruments, clock: systemClock, wsUrl, restUrl, onNotice, timing },
      recordTo: folder,
      maxFileBytes: 20_000,
    })
    plane = new LivePlane(aCore(), feed)
    await fake.until(() => fake.open === 1)
  })

  afterEach(async () => {
    await feed.close()
    await plane.ended
    await fake.stop()
  })

  async function tickUntil(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      fake.tick()
      await new Promise((resolve) => setTimeout(resolve, 1))
      await plane.until(() => true)
    }
  }

  it('comes through every fault, and what it recorded gives the same events again', async () => {
    let older = ''
    fake.answerDepth = (symbol, request) => {
      if (request === 1) return { status: 429, headers: { 'retry-after': '1' } }
      // The first snapshot that is given to BTC/USDT is older than its diffs.
      if (symbol !== 'BTCUSDT' || older === '') return undefined
      const body = older
      older = ''
      return { status: 200, body }
    }
    older = fake.snapshotOf('BTCUSDT')
    fake.loseDeltas()
    await tickUntil(() => plane.validBooks === 2)
    expect(plane.story()).toContain('book_invalid')

    fake.loseDeltas()
    await tickUntil(() => plane.story().filter((status) => status === 'gap').length === 2)
    await tickUntil(() => plane.validBooks === 2)

    fake.send('{"stream":"btcusdt@trade","data":{"e":"trade",\n')
    fake.send(Buffer.from([0xff, 0x00, 0x01]))
    await plane.until(() => plane.story().filter((reason) => reason === 'not_json').length === 2)

    fake.drop()
    await fake.until(() => fake.open === 1 && fake.handshakes.length === 2)
    await tickUntil(() => plane.story().includes('disconnected') && plane.validBooks === 2)

    fake.announceShutdown()
    await tickUntil(() => plane.story().filter((status) => status === 'connected').length === 3)
    await tickUntil(() => plane.validBooks === 2)
    for (let i = 0; i < 20; i++) await tickUntil(() => true)

    await feed.close()
    await plane.ended
    plane.core.accept({ type: 'time', tsRecvUs: plane.core.nowUs })
    const live = plane.events
    expect(feed.stats().rateLimits).toBe(1)
    expect(readdirSync(folder).length).toBeGreaterThan(1)
    expect(plane.count('trade')).toBeGreaterThan(20)
    expect(plane.count('bookSnapshot')).toBeGreaterThanOrEqual(8)

    const again = aCore()
    const items = await itemsOf(await openRecording(folder, { venue, source: 'binance_ws' }))
    expect(items.length).toBe(feed.stats().frames + 5)
    const replayed = replay(again, items, plane.core.nowUs)
    expect(replayed).toEqual(live)
    expect(again.snapshot()).toEqual(plane.core.snapshot())
    // Last: the books that the plane has are those of the venue.
    for (const { instrument, book } of again.lanes) {
      const { bids, asks } = JSON.parse(fake.snapshotOf(instrument.venueSymbol)) as Record<string, [string, string][]>
      const numbers = (levels: [string, string][] = []) => levels.flat().map(Number)
      expect(book?.book.snapshot()).toEqual({ bids: numbers(bids), asks: numbers(asks) })
    }
  })
})

describe.each(['binance_spot', 'binance_usdm'] as const)('the steps of the instruments of %s', (venue) => {
  const instruments = symbols.map((symbol) => ({ ...anInstrument(symbol, venue), tickSize: '0.1', lotSize: '0.1' }))
  const aCore = () => newCore(undefined, { source: 'binance_ws', instruments })

  it('come from its own list, which is asked for until it helps, and from a recording the same', async () => {
    const fake = await FakeBinance.start(venue, symbols)
    fake.steps = { tickSize: '0.10', stepSize: '0.1', minNotional: '5' }
    const { wsUrl, restUrl } = fake
    const feed = createLiveFeed({
      ...{ venue, instruments, clock: systemClock, wsUrl, restUrl, timing, recordTo: folder },
      onNotice: () => undefined,
    })
    const plane = new LivePlane(aCore(), feed)
    const steps = () =>
      plane.events.flatMap((event) =>
        event.type === 'marketStatus' && event.status.startsWith('steps_')
          ? [`${event.instrument} ${event.status}`]
          : [],
      )
    await plane.until(() => feed.stats().lists === 1)
    expect(steps()).toEqual([])

    // A trade at 100.01: finer than what the file and the list say. The second list says the same.
    fake.tick()
    await plane.until(() => feed.stats().lists === 3)
    expect(new Set(steps())).toEqual(new Set([`BTC/USDT@${venue} steps_unknown`, `ETH/USDT@${venue} steps_unknown`]))

    fake.steps = { tickSize: '0.01000000', stepSize: '0.00100000', minNotional: '20' }
    await plane.until(() => steps().filter((what) => what.endsWith('steps_known')).length === 2)
    expect(plane.events).toContainEqual(
      expect.objectContaining({ status: 'steps_known', tickSize: '0.01', lotSize: '0.001', minNotional: '20' }),
    )
    const before = steps().length
    fake.tick()
    await plane.until(() => plane.count('trade') === 4)
    expect(steps().length).toBe(before)

    await feed.close()
    await plane.ended
    await fake.stop()
    plane.core.accept({ type: 'time', tsRecvUs: plane.core.nowUs })
    const again = aCore()
    const items = await itemsOf(await openRecording(folder, { venue, source: 'binance_ws' }))
    expect(replay(again, items, plane.core.nowUs)).toEqual(plane.events)
    expect(again.snapshot()).toEqual(plane.core.snapshot())
  })
})

describe('the data plane on a live feed of kraken', () => {
  const instruments = ['XBT/USD', 'ETH/USD'].map((venueSymbol): Instrument => {
    const symbol = venueSymbol.replace('XBT', 'BTC')
    const base = symbol.slice(0, 3)
    return {
      ...{ symbol, venue: 'kraken', exchange: 'kraken', venueSymbol, kind: 'spot', base, quote: 'USD' },
      ...{ tickSize: '0.1', lotSize: '0.00000001', minNotional: '0.5', session: '24x7' },
    }
  })
  const aCore = () => newCore(undefined, { source: 'kraken_ws', instruments })
  let fake: FakeKraken
  let plane: LivePlane
  let feed: LiveFeed

  beforeEach(async () => {
    fake = await FakeKraken.start(['BTC/USD', 'ETH/USD'])
    const { wsUrl, restUrl } = fake
    const onNotice = () => undefined
    feed = createLiveFeed({
      ...{ venue: 'kraken', instruments, clock: systemClock, wsUrl, restUrl, timing, recordTo: folder, onNotice },
    })
    plane = new LivePlane(aCore(), feed)
    await fake.until(() => fake.open === 1)
  })

  afterEach(async () => {
    await feed.close()
    await plane.ended
    await fake.stop()
  })

  async function tick(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      fake.tick()
      await new Promise((resolve) => setTimeout(resolve, 1))
      await plane.until(() => true)
    }
  }

  it('comes through every fault, takes no trade twice, and what it recorded gives the same events again', async () => {
    const said = (what: string) => plane.story().filter((status) => status === what).length
    const untilValid = async () => {
      while (plane.validBooks < 2) await tick()
    }
    await untilValid()
    await tick(100)
    expect([said('gap'), said('book_invalid')]).toEqual([0, 0])

    fake.spoilsChecksums = true
    while (said('gap') < 2) await tick()
    await untilValid()
    while (said('gap') < 4) {
      fake.loseDeltas()
      await tick()
    }
    await untilValid()
    expect(plane.events).toContainEqual(expect.objectContaining({ status: 'gap', reason: 'checksum' }))
    expect(fake.asked('unsubscribe', 'book', 'BTC/USD')).toBeGreaterThanOrEqual(2)

    fake.send('{"channel":"party","type":"update","data":[{"symbol":"BTC/USD"}]}')
    await plane.until(() => said('unknown_message') === 1)

    fake.tick()
    fake.drop()
    await fake.until(() => fake.open === 1 && fake.handshakes.length === 2)
    while (said('disconnected') === 0) await tick()
    await untilValid()
    fake.repeatTrades()
    await tick(20)
    const { controls } = plane.core
    fake.send('{"channel":"heartbeat"}')
    await plane.until(() => plane.core.controls === controls + 1)

    await feed.close()
    await plane.ended
    plane.core.accept({ type: 'time', tsRecvUs: plane.core.nowUs })
    plane.events.push(...plane.core.outbox.drain())
    const trades = plane.events.flatMap((event) =>
      event.type === 'trade' ? `${event.instrument} ${event.tradeId}` : [],
    )
    expect(trades.length).toBeGreaterThan(200)
    expect(new Set(trades).size).toBe(trades.length)

    const again = aCore()
    const items = await itemsOf(await openRecording(folder, { venue: 'kraken', source: 'kraken_ws' }))
    expect(replay(again, items, plane.core.nowUs)).toEqual(plane.events)
    expect(again.snapshot()).toEqual(plane.core.snapshot())
    // Last: the books that the plane has are those of the venue.
    for (const { instrument, book } of again.lanes) expect(book?.book.snapshot()).toEqual(fake.shown(instrument.symbol))
  })
})

describeWithData('the data plane on a venue that plays a recorded capture', (data) => {
  const LINES = 20_000
  const config = dataPlaneConfig({ maxDriftMs: 60_000 })
  const aCore = (instruments: readonly Instrument[]) =>
    createDataCore(config, { source: 'binance_ws', instruments, isSessionOpen: () => true })

  it.each([
    { name: 'usdm_btcusdt_20240808', venue: 'binance_usdm' },
    { name: 'spot_btcusdt_20240808', venue: 'binance_spot' },
  ] as const)(
    '$name: has the books and trades of the capture, live and recorded',
    async ({ name, venue }) => {
      const capture = await openCapture(join(data, 'binance_ws_20240808', `${name}.gz`))
      const frames = (await itemsOf(capture)).filter(({ type }) => type === 'frame').slice(0, LINES)
      const isSnapshot = (text: string) => !text.startsWith('{"stream"')
      const snapshotAt = frames.findIndex((frame) => isSnapshot(textOf(frame)))
      const fake = await FakeBinance.start(venue, [])
      // The capture holds none, and no frame but its own is counted.
      fake.answerList = () => ({ status: 404 })
      let give = (_body: string) => undefined as void
      const body = new Promise<string>((resolve) => (give = resolve))
      fake.answerDepth = async () => ({ status: 200, body: await body })
      // The clock shows the time of the frame that was sent last; what is on its way is received a little late.
      let sentUs = capture.startUs
      const clock: Clock = { ...systemClock, nowUs: () => sentUs }
      const instruments = [anInstrument('BTCUSDT', venue)]
      const { wsUrl, restUrl } = fake
      const feed = createLiveFeed({
        ...{ venue, instruments, clock, wsUrl, restUrl, timing, onNotice: () => undefined },
        recordTo: folder,
      })
      const plane = new LivePlane(aCore(instruments), feed)
      await fake.until(() => fake.open === 1)
      for (const [i, frame] of frames.entries()) {
        sentUs = frame.tsRecvUs
        if (i !== snapshotAt) fake.send(textOf(frame))
        else {
          give(textOf(frame))
          await plane.until(() => plane.validBooks === 1)
        }
        if (i % 20 === 0) await plane.until(() => plane.core.framesIn === i + 1)
      }
      await plane.until(() => plane.core.framesIn === frames.length)
      await feed.close()
      await plane.ended
      await fake.stop()

      const direct = aCore(instruments)
      for (const frame of frames) direct.accept(frame)
      const [liveLane] = plane.core.lanes
      const [directLane] = direct.lanes
      expect(snapshotAt).toBeGreaterThan(0)
      expect(liveLane?.book?.lastUpdateId).toBe(directLane?.book?.lastUpdateId)
      expect(liveLane?.book?.book.snapshot()).toEqual(directLane?.book?.book.snapshot())
      expect(liveLane?.lastTrade?.tradeId).toBe(directLane?.lastTrade?.tradeId)
      expect(plane.count('trade')).toBeGreaterThan(1_000)
      // The clock leaps over what is not received yet, so the instrument looks stale or late now and then.
      const seeming = ['stale', 'fresh', 'late', 'on_time']
      const changes = plane.story().filter((status) => !seeming.includes(status))
      expect(changes).toEqual(['connected', 'book_valid'])

      const recording = await openRecording(folder, { venue, source: 'binance_ws' })
      const again = aCore(instruments)
      expect(replay(again, await itemsOf(recording), plane.core.nowUs)).toEqual(plane.events)
    },
    120_000,
  )
})
