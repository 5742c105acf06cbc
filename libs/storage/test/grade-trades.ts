import { symbolOf, type Timeframe, type Trade, venueOf } from '@triplane/contracts'
import { floorTime, US_PER_DAY, US_PER_HOUR, US_PER_MINUTE } from '@triplane/kernel'
import { aTrade } from '@triplane/testing'
import type { RollupBar } from '../src/queries/bars.ts'

const lengthUs: Readonly<Record<Timeframe, number>> = {
  '1m': US_PER_MINUTE,
  '5m': 5 * US_PER_MINUTE,
  '15m': 15 * US_PER_MINUTE,
  '1h': US_PER_HOUR,
  '1d': US_PER_DAY,
}

/** Trades from `fromUs` on, `stepUs` apart, the same each time. Prices are tenths, sizes thousandths. */
export function builtTrades(count: number, fromUs: number, stepUs: number, fields: Partial<Trade> = {}): Trade[] {
  let random = 7
  const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below
  return Array.from({ length: count }, (_, i) => {
    const tsEventUs = fromUs + i * stepUs
    return aTrade({
      seq: i + 1,
      tradeId: i + 1,
      tsEventUs,
      tsRecvUs: tsEventUs + 2000,
      price: (617_000 + next(2000)) / 10,
      size: (1 + next(5000)) / 1000,
      aggressor: next(2) === 0 ? 'buy' : 'sell',
      ...fields,
    })
  })
}

/** The bars of these trades, ordered by event time, then id, computed in whole tenths and thousandths. */
export function barsOf(trades: readonly Trade[], timeframe: Timeframe): RollupBar[] {
  const groups = new Map<string, Trade[]>()
  for (const trade of [...trades].sort((a, b) => a.tsEventUs - b.tsEventUs || Number(a.tradeId) - Number(b.tradeId))) {
    const key = `${floorTime(trade.tsEventUs, lengthUs[timeframe])} ${trade.instrument}`
    groups.set(key, [...(groups.get(key) ?? []), trade])
  }
  const bars = [...groups.values()].map((group) => {
    const [first, last] = [group[0] as Trade, group.at(-1) as Trade]
    const thousandths = ({ size }: Trade) => Math.round(size * 1000)
    const volume = group.reduce((sum, trade) => sum + thousandths(trade), 0)
    const quote = group.reduce((sum, trade) => sum + Math.round(trade.price * 10) * thousandths(trade), 0)
    const bought = group.filter(({ aggressor }) => aggressor === 'buy')
    return {
      venue: venueOf(first.instrument),
      symbol: symbolOf(first.instrument),
      openTimeUs: floorTime(first.tsEventUs, lengthUs[timeframe]),
      open: first.price,
      high: Math.max(...group.map(({ price }) => price)),
      low: Math.min(...group.map(({ price }) => price)),
      close: last.price,
      volume: volume / 1000,
      quoteVolume: quote / 10_000,
      buyVolume: bought.reduce((sum, trade) => sum + thousandths(trade), 0) / 1000,
      vwap: expect.closeTo(quote / volume / 10, 9) as number,
      trades: group.length,
      // Only trades are stored, so no closed bar marks it as whole.
      incomplete: true,
    }
  })
  return bars.sort((a, b) => a.openTimeUs - b.openTimeUs || (a.venue < b.venue ? -1 : 1))
}
