import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeWithData } from '@triplane/testing'
import type { Report } from '../src/report.ts'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

interface Reference {
  readonly lines: number
  readonly book: {
    readonly depthApplied: number
    readonly lastU: number
    readonly finalBids: readonly (readonly [string, string])[]
    readonly finalAsks: readonly (readonly [string, string])[]
  }
  readonly counts: Readonly<Record<string, number>>
  readonly trades: { readonly count: number }
  readonly bars1mFromTrades: {
    readonly bars: readonly { openTime: number; o: string; h: string; l: string; c: string; v: string; n: number }[]
  }
  readonly ofiBestLevel: { readonly buckets: Readonly<Record<string, string>> }
}

const cases = [
  {
    name: 'usdm_btcusdt',
    instrument: 'BTC/USDT:USDT@binance_usdm',
    files: ['usdm_btcusdt_20240808.gz'],
    reference: 'usdm_btcusdt_20240808.json',
  },
  {
    name: 'spot_btcusdt over midnight',
    instrument: 'BTC/USDT@binance_spot',
    files: ['spot_btcusdt_20240808.gz', 'spot_btcusdt_20240809.gz'],
    reference: 'spot_btcusdt_20240808-09.json',
  },
  {
    name: 'spot_ethusdt over midnight',
    instrument: 'ETH/USDT@binance_spot',
    files: ['spot_ethusdt_20240808.gz', 'spot_ethusdt_20240809.gz'],
    reference: 'spot_ethusdt_20240808-09.json',
  },
]

describeWithData('replay of recorded Binance data', (folder) => {
  const varFolder = temporaryFolder()
  const flagsOf = (files: readonly string[]) =>
    files.flatMap((file) => ['--capture', join(folder, 'binance_ws_20240808', file)])

  describe.each(cases)('$name', ({ instrument, files, reference }) => {
    const expected = JSON.parse(readFileSync(join(folder, 'reference/binance', reference), 'utf8')) as Reference
    let report: Report
    beforeAll(
      async () => void (report = await runStandalone([...flagsOf(files), '--speed', 'max'], varFolder())),
      60_000,
    )

    it('reads every frame and refuses none', () => {
      expect(report.frames.in).toBe(expected.lines)
      expect(Object.values(report.frames.refused).reduce((sum, count) => sum + count, 0)).toBe(0)
      expect(report.events.trade).toBe(expected.trades.count)
      expect(report.events.quote).toBe(expected.counts['bookTicker'])
      expect(report.events.bookDelta).toBe(expected.book.depthApplied)
    })

    it('keeps the book without a gap to the end', () => {
      const [bid, bidSize] = (expected.book.finalBids[0] ?? []).map(Number)
      const [ask, askSize] = (expected.book.finalAsks[0] ?? []).map(Number)
      expect(report.gaps).toBe(0)
      expect(report.books[instrument]).toEqual({
        valid: true,
        bid,
        bidSize,
        ask,
        askSize,
        updateId: expected.book.lastU,
      })
    })

    it('builds the reference bars', () => {
      const bars = report.bars[instrument]?.['1m'] ?? []
      expect(bars.map(({ closed }) => closed)).toEqual(
        expected.bars1mFromTrades.bars.map((_, i, all) => i < all.length - 1),
      )
      expect(bars.map(({ closed: _, ...bar }) => bar)).toEqual(
        expected.bars1mFromTrades.bars.map((bar, i, all) => ({
          openTimeUs: bar.openTime * 1000,
          open: Number(bar.o),
          high: Number(bar.h),
          low: Number(bar.l),
          close: Number(bar.c),
          volume: Number(bar.v),
          trades: bar.n,
          // Complete, except the first and the last interval of the run.
          incomplete: i === 0 || i === all.length - 1,
        })),
      )
    })

    it('measures the reference order flow', () => {
      expect(report.ofi[instrument]).toEqual(
        Object.entries(expected.ofiBestLevel.buckets).map(([second, value]) => ({
          startUs: Number(second) * 1e6,
          value: Number(value),
        })),
      )
    })
  })

  describe('trading', () => {
    const flags = [...flagsOf(['usdm_btcusdt_20240808.gz']), '--speed', 'max']
    let report: Report
    beforeAll(async () => void (report = await runStandalone(flags, varFolder())), 60_000)

    it('trades: full and partial fills and cancels; consistent defaults refuse nothing', () => {
      expect(report.events.fill).toBeGreaterThanOrEqual(20)
      expect(report.execution.partialFills).toBeGreaterThanOrEqual(1)
      expect(report.orders.denied).toBe(0)
      expect(report.orders.cancelled).toBeGreaterThanOrEqual(1)
      expect(report.execution.ordersAfterTrip).toBe(0)
    })

    it('refuses what a tighter limit does not allow', async () => {
      const tighter = { TRIPLANE_ORDER_RISK_MAX_POSITION_USD: '2000' }
      const limited = await runStandalone(flags, varFolder(), tighter)
      expect(limited.denied.max_position).toBeGreaterThanOrEqual(1)
      expect(limited.events.fill).toBeGreaterThanOrEqual(1)
    }, 60_000)

    it('agrees in both ledgers and in every order', () => {
      expect(report.pnl.feesUsd).toBe(report.execution.commissionUsd)
      expect(Object.values(report.orders).reduce((sum, count) => sum + count, 0)).toBe(report.events.orderIntent)
    })

    it('gives the same hashes at another speed', async () => {
      const again = await runStandalone([...flags.slice(0, -1), '400'], varFolder())
      expect(again.hashes).toEqual(report.hashes)
      expect(again.hash).toMatch(/^[0-9a-f]{64}$/)
    }, 180_000)

    it('ends after the duration, in the state that a longer run had then', async () => {
      const short = await runStandalone([...flags, '--duration', '60s'], varFolder())
      expect(short.run.marketSeconds).toBeLessThanOrEqual(60)
      expect(short.frames.in).toBeLessThan(report.frames.in)
      expect(short.ofi['BTC/USDT:USDT@binance_usdm']?.slice(0, -1)).toEqual(
        report.ofi['BTC/USDT:USDT@binance_usdm']?.slice(0, 6),
      )
    }, 180_000)
  })
})
