import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../src/report.ts'
import { runStandalone, temporaryFolder } from './run-standalone.ts'
import { asSpot, asUsdm, elsewhere, recorded, SPOT, USDM } from './two-venues-market.ts'

/** BTC/USDT is two instruments where it trades on two venues: their data never mix. */
describe('one symbol on two venues in one run', () => {
  const folder = temporaryFolder()
  let together: Report
  let apart: Readonly<Record<string, Report>>
  let replay: (...names: readonly string[]) => Promise<Report>

  beforeAll(async () => {
    const instruments = join(folder(), 'instruments.json')
    writeFileSync(instruments, JSON.stringify({ version: 1, instruments: [elsewhere] }))
    writeFileSync(join(folder(), 'spot'), await recorded(3, 'btcusdt', asSpot, 240))
    writeFileSync(join(folder(), 'usdm'), await recorded(8, 'btcusdtx', asUsdm, 240))
    replay = (...names) =>
      runStandalone(
        [
          ...names.flatMap((name) => ['--capture', join(folder(), name)]),
          '--instruments',
          instruments,
          '--speed',
          'max',
        ],
        join(folder(), 'var'),
      )
    together = await replay('spot', 'usdm')
    apart = { [SPOT]: await replay('spot'), [USDM]: await replay('usdm') }
  }, 180_000)

  it('replays together, and loses nothing', () => {
    const { frames, events, gaps } = together
    expect(Object.values(frames.refused).reduce((sum, count) => sum + count, 0)).toBe(0)
    expect(gaps).toBe(0)
    for (const type of ['trade', 'quote', 'bookDelta'] as const) {
      expect(apart[SPOT]?.events[type]).toBeGreaterThan(100)
      expect(events[type]).toBe((apart[SPOT]?.events[type] ?? 0) + (apart[USDM]?.events[type] ?? 0))
    }
  })

  it.each([SPOT, USDM])('has the books, bars and order flow of %s as if it were alone', (instrument) => {
    const alone = apart[instrument]
    expect(together.books[instrument]).toMatchObject({ valid: true })
    expect(together.books[instrument]).toEqual(alone?.books[instrument])
    expect(together.bars[instrument]).toEqual(alone?.bars[instrument])
    expect(together.ofi[instrument]).toEqual(alone?.ofi[instrument])
  })

  it('trades separately, each at the prices of its own market', () => {
    expect(together.books[SPOT]?.bid).not.toBe(together.books[USDM]?.bid)
    // A position exists after a fill.
    expect(Object.keys(together.positions).sort()).toEqual([SPOT, USDM])
    for (const instrument of [SPOT, USDM]) {
      const { mark = NaN } = together.positions[instrument] ?? {}
      const { bid = NaN, ask = NaN } = together.books[instrument] ?? {}
      expect(Math.abs(mark - (bid + ask) / 2)).toBeLessThan(30)
      expect(together.orders.filled).toBeGreaterThan(apart[instrument]?.orders.filled ?? NaN)
    }
  })

  it('has the same hash again', async () => {
    expect((await replay('spot', 'usdm')).hash).toBe(together.hash)
  }, 60_000)
})
