import type { Bar, EventDraft } from '@triplane/contracts'
import { describeWithData } from '@triplane/testing'
import { readJson, recordedEvents, recordings } from '../../test/recorded-events.ts'
import { createBarBuilder } from './bar-builder.ts'

interface BarReference {
  readonly trades: { readonly volume: string; readonly notional: string }
  readonly bars1mFromTrades: {
    readonly bars: readonly (Readonly<Record<'o' | 'h' | 'l' | 'c' | 'v' | 'qv' | 'tbv', string>> & {
      readonly openTime: number
      readonly n: number
    })[]
  }
}

describeWithData('bars of recorded markets', (folder) => {
  it.each(recordings)('equal the reference of $symbol on $venue', (recording) => {
    const want = readJson(folder, 'reference/binance', recording.reference) as BarReference
    const { venue, symbol, tickSize, lotSize } = recording
    const builder = createBarBuilder({ source: 'capture', instrument: `${symbol}@${venue}`, tickSize, lotSize })
    const bars: EventDraft<Bar>[] = []
    let trades = 0
    for (const { event } of recordedEvents(folder, recording)) {
      if (event.type !== 'trade') continue
      trades++
      builder.onTrade(event, (bar) => bars.push(bar))
    }
    expect(trades).toBe(recording.trades)
    expect(builder.lateTrades).toBe(0)

    const minutes = [...bars.filter(({ timeframe }) => timeframe === '1m'), builder.forming('1m') as Bar]
    expect(minutes).toEqual(
      want.bars1mFromTrades.bars.map(({ openTime, o, h, l, c, v, qv, tbv, n }, i, all) => ({
        ...minutes[0],
        tsRecvUs: minutes[i]?.tsRecvUs,
        openTimeUs: openTime * 1000,
        open: Number(o),
        high: Number(h),
        low: Number(l),
        close: Number(c),
        volume: Number(v),
        quoteVolume: Number(qv),
        buyVolume: Number(tbv),
        trades: n,
        closed: i < all.length - 1,
        incomplete: i === 0 ? true : undefined,
      })),
    )

    const days = [...bars.filter(({ timeframe }) => timeframe === '1d'), builder.forming('1d') as Bar]
    expect(days).toHaveLength(recording.files.length)
    expect(days.reduce((sum, { trades }) => sum + trades, 0)).toBe(recording.trades)
    const day = days[0] as Bar
    if (days.length === 1) expect([day.volume, day.quoteVolume]).toEqual([+want.trades.volume, +want.trades.notional])
  })
})
