import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@triplane/kernel'
import { FakeBinance, FakeKraken } from '../../../libs/feeds/test/live-feed.ts'
import { composeStandalone, type Standalone } from '../src/compose.ts'
import { parseOptions, UsageError } from '../src/options.ts'
import type { Report } from '../src/report.ts'
import { runStandalone, silentScreen } from './run-standalone.ts'

type FakeVenue = FakeBinance | FakeKraken

/** Live venues, with two instruments each. */
const venues = [
  ...(['binance_spot', 'binance_usdm'] as const).map((venue) => ({
    venue,
    names: venue === 'binance_spot' ? ['BTC/USDT', 'ETH/USDT'] : ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
    start: (): Promise<FakeVenue> => FakeBinance.start(venue, ['BTCUSDT', 'ETHUSDT']),
  })),
  {
    venue: 'kraken',
    names: ['BTC/USD', 'ETH/USD'],
    start: (): Promise<FakeVenue> => FakeKraken.start(['BTC/USD', 'ETH/USD']),
  },
]
/** A strategy that decides within seconds. */
const eager = {
  TRIPLANE_STRATEGY_OFI_WARM_UP_MS: '500',
  TRIPLANE_STRATEGY_OFI_DEAD_BAND_DEVIATIONS: '0.2',
  TRIPLANE_STRATEGY_OFI_MIN_CHANGE: '0.05',
}
let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-live-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** A run at a venue of this process, which continues until it is stopped. */
class LiveRun {
  readonly report: Promise<Report>
  readonly #standalone: Standalone

  private constructor(standalone: Standalone) {
    this.#standalone = standalone
    this.report = standalone.run()
  }

  static async start(fake: FakeVenue, flags: readonly string[], settings: object = {}): Promise<LiveRun> {
    const environment = {
      ...eager,
      ...settings,
      TRIPLANE_SOURCE_WS_URL: fake.wsUrl,
      TRIPLANE_SOURCE_REST_URL: fake.restUrl,
    }
    const quiet = ['--storage', 'off', '--ports', '0,0,0', '--var', join(folder, 'live')]
    const options = parseOptions([...flags, ...quiet], () => 1)
    return new LiveRun(await composeStandalone(options, { clock: systemClock, screen: silentScreen, environment }))
  }

  /** The number of valid books of the data plane. */
  async validBooks(): Promise<number> {
    return [...(await this.#metrics(0)).matchAll(/^data_book_valid\{.*\} 1$/gm)].length
  }

  /** Whether the market has traded. */
  async hasTraded(): Promise<boolean> {
    return /^crypto_trades_total\{.*\} [1-9]/m.test(await this.#metrics(0))
  }

  /** Whether an order was filled. */
  async hasFilled(): Promise<boolean> {
    return /^orders_filled_total\{.*status="FILLED".*\} [1-9]/m.test(await this.#metrics(1))
  }

  /** Instruments that a strategy does not trade yet, as exported by the strategy plane. */
  async warmingUp(strategy: string): Promise<number> {
    const sample = new RegExp(`^strategy_warming_up_instruments\\{.*strategy="${strategy}".*\\} (\\d+)$`, 'm')
    return Number(sample.exec(await this.#metrics(2))?.[1])
  }

  async #metrics(plane: number): Promise<string> {
    return (await fetch(`${this.#standalone.urls[plane]}/metrics`)).text()
  }

  stop(): Promise<void> {
    return this.#standalone.stop()
  }
}

describe.each(venues)('a run at the live venue $venue', ({ venue, names, start }) => {
  const ids = names.map((name) => `${name}@${venue}`)
  let fake: FakeVenue
  beforeEach(async () => void (fake = await start()))
  afterEach(() => fake.stop())

  async function tickUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      fake.tick()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  it('trades on paper, survives a lost connection, and replays from its recording to the same hash', async () => {
    const recording = join(folder, 'recorded.capture')
    const flags = ['--ofi-interval', '100ms']
    const what = ['--live', venue, '--symbols', names.join(','), '--record', recording]
    const run = await LiveRun.start(fake, [...what, ...flags])
    await fake.until(() => fake.open === 1)
    await tickUntil(async () => (await run.validBooks()) === 2)
    fake.drop()
    await fake.until(() => fake.open === 1 && fake.handshakes.length === 2)
    await tickUntil(async () => (await run.validBooks()) === 2)
    await tickUntil(() => run.hasFilled())
    const soon = Date.now() + 100
    await tickUntil(() => Date.now() > soon)
    // A period of silence, without a line in the recording.
    await new Promise((resolve) => setTimeout(resolve, 400))
    await run.stop()
    const live = await run.report
    expect(Object.keys(live.books).sort()).toEqual(ids)
    expect(Object.values(live.books).every(({ valid }) => valid)).toBe(true)
    expect(live.run.source).toBe(`live at ${venue}`)
    expect(live.events.trade).toBeGreaterThan(40)
    expect(live.orders.filled).toBeGreaterThan(0)

    const replay = () =>
      runStandalone(['--capture', recording, '--speed', 'max', ...flags], join(folder, 'replay'), eager)
    const replayed = await replay()
    const { run: _, pnl, ...told } = replayed
    expect(told).toMatchObject({ hash: live.hash, hashes: live.hashes, books: live.books, orders: live.orders })
    expect(pnl).toEqual(live.pnl)
    expect((await replay()).hash).toBe(live.hash)
  }, 60_000)

  it('warms a strategy up with past bars before the first live event, and replays to the same hash', async () => {
    const recording = join(folder, 'recorded.capture')
    const history = { TRIPLANE_STRATEGY_STRATEGIES: 'OFI,MOM', TRIPLANE_STRATEGY_MOM_BARS: '5' }
    const what = ['--live', venue, '--symbols', names.join(','), '--record', recording]
    let give = () => undefined as void
    const held = new Promise<undefined>((resolve) => (give = () => resolve(undefined)))
    fake.answerBars = () => held
    const run = await LiveRun.start(fake, what, history)
    await fake.until(() => fake.barRequests.length === 2)
    expect([await run.warmingUp('MOM'), await run.warmingUp('OFI'), fake.handshakes.length]).toEqual([2, 0, 0])
    give()
    while ((await run.warmingUp('MOM')) > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    // No market data has been sent yet.
    await tickUntil(() => run.hasTraded())
    await run.stop()
    const live = await run.report
    expect(live.events.trade).toBeGreaterThan(0)
    const replay = (settings: Record<string, string>) =>
      runStandalone(['--capture', recording, '--speed', 'max'], join(folder, 'replay'), settings)
    expect((await replay({ ...eager, ...history })).hash).toBe(live.hash)
  }, 60_000)

  it('ends after its duration', async () => {
    const run = await LiveRun.start(fake, ['--live', venue, '--duration', '1s'])
    let isOver = false
    void run.report.then(() => (isOver = true))
    await fake.until(() => fake.open === 1)
    await tickUntil(() => isOver)
    expect((await run.report).run.marketSeconds).toBeLessThanOrEqual(1)
  }, 30_000)
})

describe('a run at a live venue', () => {
  const start = (...flags: readonly string[]) =>
    runStandalone(['--live', 'binance_spot', ...flags], join(folder, 'var'))

  it('refuses a symbol that its venue lacks, and an existing recording', async () => {
    await expect(start('--symbols', 'BTC/USDT,DOGE/EUR')).rejects.toThrow(
      /^Expected symbols among BTC\/USDT, .*, was DOGE\/EUR; --instruments adds others\.$/,
    )
    const there = join(folder, 'var')
    await expect(start('--record', folder)).rejects.toThrow(UsageError)
    expect(existsSync(join(there, 'recorded.capture'))).toBe(false)
  })

  it('lists the pairs of another venue when asked for one that it lacks', async () => {
    const started = runStandalone(['--live', 'kraken', '--symbols', 'NO/SUCH'], join(folder, 'var'))
    await expect(started).rejects.toThrow(
      /^Expected symbols among BTC\/USD, ETH\/USD, was NO\/SUCH; --instruments adds/,
    )
    await expect(started).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 })
  })

  it.each([
    [['--speed', '2'], 'the pace of the clock'],
    [['--capture', 'x'], 'found both'],
    [['--seed', '1'], 'found both'],
    [['--hole', '1m'], 'only a capture has holes'],
    [['--symbols', 'BTC/USDT,BTC/USDT'], 'each once'],
  ])('refuses %s', (flags, message) => {
    expect(() => parseOptions(['--live', 'binance_spot', ...flags], () => 1)).toThrow(message)
  })

  it.each([
    [['--record', 'x'], 'Expected --live with --record'],
    [['--symbols', 'BTC/USDT'], 'Expected --live or --capture with --symbols'],
  ])('is what %s is about', (flags, message) => {
    expect(() => parseOptions(flags, () => 1)).toThrow(message)
  })
})
