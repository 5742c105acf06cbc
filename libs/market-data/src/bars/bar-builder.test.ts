import type { Bar, Timeframe, Trade, EventDraft } from '@triplane/contracts'
import { floorTime, US_PER_DAY, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import { aTrade } from '@triplane/testing'
import fc from 'fast-check'
import { createBarBuilder, timeframeUs, type BarBuilderOptions } from './bar-builder.ts'

const day = 19_000 * US_PER_DAY
const options: BarBuilderOptions = {
  source: 'sim',
  instrument: 'BTC/USDT@sim',
  tickSize: '0.01',
  lotSize: '0.001',
}
/** A trade `minutes` after the start of the day. */
const trade = (minutes: number, price = 100, size = 1, fields: Partial<Trade> = {}): Trade => {
  const tsEventUs = day + minutes * US_PER_MINUTE
  return aTrade({ tsEventUs, tsRecvUs: tsEventUs + 5_000, price, size, ...fields })
}
const run = (trades: readonly Trade[], builder = createBarBuilder(options)) => {
  const bars: EventDraft<Bar>[] = []
  for (const each of trades) builder.onTrade(each, (bar) => bars.push(bar))
  return { builder, bars }
}
const name = ({ timeframe, openTimeUs }: EventDraft<Bar>) => `${timeframe} ${(openTimeUs - day) / US_PER_MINUTE}`

describe('a bar builder', () => {
  it('builds open, high, low, close and volumes', () => {
    const { builder } = run([
      trade(0.1, 100, 0.1),
      trade(0.2, 103, 0.2, { aggressor: 'sell' }),
      trade(0.3, 99, 0.4),
      trade(0.9, 101, 0.5),
    ])
    expect(builder.forming('1m')).toEqual({
      type: 'bar',
      seq: 0,
      source: 'sim',
      instrument: 'BTC/USDT@sim',
      tsRecvUs: trade(0.9).tsRecvUs,
      timeframe: '1m',
      origin: 'trades',
      openTimeUs: day,
      open: 100,
      high: 103,
      low: 99,
      close: 101,
      volume: 1.2,
      quoteVolume: 120.7,
      buyVolume: 1,
      trades: 4,
      closed: false,
      incomplete: true,
    })
  })

  it('closes bars with the first trade of a later interval, shorter ones first, none for empty intervals', () => {
    const { bars, builder } = run([trade(0), trade(0.99), trade(1), trade(17)])
    expect(bars.map(name)).toEqual(['1m 0', '1m 1', '5m 0', '15m 0'])
    expect(bars.map(({ trades }) => trades)).toEqual([2, 1, 3, 3])
    expect(bars.map(({ closed }) => closed)).toEqual([true, true, true, true])
    expect(bars[3]?.tsRecvUs).toBe(trade(17).tsRecvUs)
    expect(builder.forming('1h')).toMatchObject({ openTimeUs: day, trades: 4, closed: false })
    expect(builder.forming('15m')).toMatchObject({ openTimeUs: day + 15 * US_PER_MINUTE, trades: 1 })
  })

  it('closes a day', () => {
    const { bars } = run([trade(0), trade(24 * 60)])
    expect(bars.map(name)).toEqual(['1m 0', '5m 0', '15m 0', '1h 0', '1d 0'])
  })

  it('builds the given timeframes only', () => {
    const { bars, builder } = run([trade(0), trade(16)], createBarBuilder({ ...options, timeframes: ['1h', '5m'] }))
    expect(bars.map(name)).toEqual(['5m 0'])
    expect(builder.forming('1h')?.trades).toBe(2)
    expect(builder.forming('1m')).toBeUndefined()
  })

  it('re-emits the bars of a late trade, placing it by its time, then its id', () => {
    const { bars, builder } = run([trade(4.1, 100, 1, { tradeId: 1 }), trade(4.5, 101, 1, { tradeId: 2 }), trade(5)])
    bars.length = 0
    for (const late of [
      trade(4.1, 90, 2, { tradeId: 0 }),
      trade(4.5, 95, 2, { tradeId: 3 }),
      trade(4.3, 110, 1, { tradeId: 9 }),
      trade(3.5, 80, 1, { tradeId: 4 }),
    ])
      builder.onTrade(late, (bar) => bars.push(bar))
    expect(bars.every(({ revised, closed }) => revised && closed)).toBe(true)
    expect(bars.map(name)).toEqual(['1m 4', '5m 0', '1m 4', '5m 0', '1m 4', '5m 0', '1m 3', '5m 0'])
    expect(bars[4]).toMatchObject({ open: 90, high: 110, low: 90, close: 95, volume: 7, trades: 5 })
    expect(bars.at(-2)).toMatchObject({ open: 80, close: 80, trades: 1, incomplete: true })
    expect(bars.at(-1)).toMatchObject({ open: 80, high: 110, low: 80, close: 95, trades: 6 })
    expect(builder.forming('15m')).toMatchObject({ open: 80, close: 100, trades: 7 })
    expect(builder.lateTrades).toBe(0)
  })

  it('counts trades that are later than closed bars are kept for, and adds them to longer forming bars', () => {
    const { bars, builder } = run([trade(0), trade(40)])
    bars.length = 0
    builder.onTrade(trade(1, 50), (bar) => bars.push(bar))
    expect([bars, builder.lateTrades]).toEqual([[], 1])
    expect(builder.forming('1h')).toMatchObject({ open: 100, low: 50, trades: 3 })
    builder.onTrade(trade(30, 60), (bar) => bars.push(bar))
    expect(bars.map(name)).toEqual(['1m 30', '5m 30'])
  })

  it('places a trade that is out of order within its interval by its time', () => {
    const { builder } = run([trade(0.5, 100), trade(0.4, 90)])
    expect(builder.forming('1m')).toMatchObject({ open: 90, close: 100, trades: 2 })
  })

  it('closes in silence when market time less the clock offset is past the end', () => {
    const { builder, bars } = run([trade(0.5)])
    const offsetUs = -1_270_000
    const dueUs = day + US_PER_MINUTE + US_PER_SECOND + offsetUs
    expect(builder.dueUs(offsetUs)).toBe(dueUs)
    builder.onTime(dueUs - 1, offsetUs, (bar) => bars.push(bar))
    expect(bars).toEqual([])
    builder.onTime(dueUs, offsetUs, (bar) => bars.push(bar))
    expect(bars.map(name)).toEqual(['1m 0'])
    expect(bars[0]?.tsRecvUs).toBe(dueUs)
    expect(builder.forming('1m')).toBeUndefined()
    expect(builder.forming('5m')?.trades).toBe(1)
    run([trade(0.99), trade(6)], builder).bars.forEach((bar) => bars.push(bar))
    expect(bars.map(name)).toEqual(['1m 0', '1m 0', '5m 0'])
    expect(bars.map(({ trades }) => trades)).toEqual([1, 2, 2])
    expect(bars.map(({ revised }) => revised)).toEqual([undefined, true, undefined])
  })

  it('waits longer in silence while the source is late', () => {
    const { builder, bars } = run([trade(0.5)])
    const endUs = day + US_PER_MINUTE
    expect(builder.dueUs(0, true)).toBe(endUs + 10 * US_PER_SECOND)
    builder.onTime(endUs + 10 * US_PER_SECOND - 1, 0, (bar) => bars.push(bar), true)
    builder.onTrade(trade(0.99), (bar) => bars.push(bar))
    expect(bars).toEqual([])
    builder.onTime(endUs + 10 * US_PER_SECOND, 0, (bar) => bars.push(bar), true)
    expect(bars.map((bar) => [name(bar), bar.trades, bar.revised])).toEqual([['1m 0', 2, undefined]])
  })

  it('marks bars with a hole', () => {
    const { builder, bars } = run([trade(0), trade(1), trade(7)])
    expect(bars.map(({ incomplete }) => incomplete)).toEqual([true, undefined, true])
    builder.onHole()
    bars.length = 0
    for (const each of [trade(16), trade(17), trade(20), trade(21), trade(31)])
      builder.onTrade(each, (bar) => bars.push(bar))
    expect(bars.map((bar) => `${name(bar)}${bar.incomplete ? ' incomplete' : ''}`)).toEqual([
      '1m 7 incomplete',
      '5m 5 incomplete',
      '15m 0 incomplete',
      '1m 16 incomplete',
      '1m 17',
      '5m 15 incomplete',
      '1m 20',
      '1m 21',
      '5m 20',
      '15m 15 incomplete',
    ])
  })

  const marks = (bars: readonly EventDraft<Bar>[]) =>
    bars.map((bar) => `${name(bar)}${bar.incomplete ? ' incomplete' : ''}${bar.revised ? ' revised' : ''}`)

  it('ends a hole with the next trade', () => {
    const { builder, bars } = run([trade(0), trade(1), trade(2.1)])
    builder.onHole()
    bars.length = 0
    for (const each of [trade(2.5), trade(3), trade(4), trade(5)]) builder.onTrade(each, (bar) => bars.push(bar))
    expect(marks(bars)).toEqual(['1m 2 incomplete', '1m 3', '1m 4', '5m 0 incomplete'])
  })

  it('marks the bars that missing trades may belong to: from the last trade to the next', () => {
    const { builder, bars } = run([trade(0), trade(5.5), trade(6.5)])
    builder.onTime(day + 7.1 * US_PER_MINUTE, 0, (bar) => bars.push(bar))
    bars.length = 0
    const emit = (bar: EventDraft<Bar>) => bars.push(bar)
    const next = trade(8.5)
    builder.onMissing(next.tsEventUs, next.tsRecvUs, emit)
    for (const each of [next, trade(9), trade(10)]) builder.onTrade(each, emit)
    expect(marks(bars)).toEqual(['1m 6 incomplete revised', '1m 8 incomplete', '1m 9', '5m 5 incomplete'])
    bars.length = 0
    builder.onMissing(trade(10.2).tsEventUs, 0, emit)
    for (const each of [trade(10.2), trade(11)]) builder.onTrade(each, emit)
    expect(marks(bars)).toEqual(['1m 10 incomplete'])
  })

  it('marks the bars of a refused trade, closed or not, and of minutes without other trades', () => {
    const { builder, bars } = run([trade(0), trade(5.5), trade(6.5), trade(7.5)])
    bars.length = 0
    const emit = (bar: EventDraft<Bar>) => bars.push(bar)
    for (const { tsEventUs, tsRecvUs } of [trade(6.7), trade(7.6), trade(11.1)])
      builder.onRefused(tsEventUs, tsRecvUs, emit)
    for (const each of [trade(8), trade(9), trade(10), trade(12), trade(15)]) builder.onTrade(each, emit)
    expect(marks(bars)).toEqual([
      '1m 6 incomplete revised',
      '1m 7 incomplete',
      '1m 8',
      '1m 9',
      '5m 5 incomplete',
      '1m 10',
      '1m 12',
      '5m 10 incomplete',
      '15m 0 incomplete',
    ])
  })

  it('rounds nothing when trades are finer than the steps', () => {
    const { builder, bars } = run([
      trade(0.1, 100.01, 0.5),
      trade(0.2, 100.00005, 0.0004),
      trade(1),
      trade(2, 1e-7, 1e-8),
    ])
    expect(bars[0]).toMatchObject({ volume: 0.5004, quoteVolume: 50.04500002, trades: 2 })
    expect(builder.forming('1d')).toMatchObject({ volume: 1.50040001, quoteVolume: 150.045000020000001 })
  })

  it('stays exact beyond 2^53 quote units', () => {
    const { builder } = run(Array.from({ length: 1000 }, () => trade(0.5, 99_999.99, 123_456.789)))
    expect(builder.forming('1d')).toMatchObject({ volume: 123_456_789, quoteVolume: 12_345_677_665_432.11 })
  })

  it('equals naively built bars, whatever the order within the bound, also when restored after every trade', () => {
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 40 }),
      lateMinutes: fc.constantFrom(0, 0, 0.2, 1, 6, 14),
      silence: fc.boolean(),
      price: fc.integer({ min: 1, max: 999 }),
      lots: fc.integer({ min: 1, max: 999 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, isCounted) => {
        let minutes = 20
        const trades = steps.map((each, i) => {
          minutes += each.minutes / 7
          const late = trade(minutes - each.lateMinutes, each.price / 100, each.lots / 1000, {
            tradeId: isCounted ? i + 1 : `t${99 - i}`,
          })
          return { ...late, tsRecvUs: day + minutes * US_PER_MINUTE }
        })
        const newest = new Map<string, EventDraft<Bar>>()
        const emit = (bar: EventDraft<Bar>) => {
          if (newest.has(name(bar))) expect(bar.revised).toBe(true)
          newest.set(name(bar), bar)
        }
        let builder = createBarBuilder(options)
        for (const [i, each] of trades.entries()) {
          builder.onTrade(each, emit)
          if (steps[i]?.silence) builder.onTime(each.tsRecvUs + 3 * US_PER_SECOND, 0, emit)
          builder = createBarBuilder(options, JSON.parse(JSON.stringify(builder.snapshot())))
        }
        expect(builder.lateTrades).toBe(0)
        const inOrder = trades.toSorted((a, b) => a.tsEventUs - b.tsEventUs)
        for (const timeframe of Object.keys(timeframeUs) as Timeframe[]) {
          const forming = builder.forming(timeframe)
          const built = [...newest.values(), ...(forming ? [forming] : [])]
            .filter((bar) => bar.timeframe === timeframe)
            .sort((a, b) => a.openTimeUs - b.openTimeUs)
          const groups = new Map<number, Trade[]>()
          for (const each of inOrder) {
            const openTimeUs = floorTime(each.tsEventUs, timeframeUs[timeframe])
            groups.set(openTimeUs, [...(groups.get(openTimeUs) ?? []), each])
          }
          const naive = [...groups].map(([openTimeUs, group]) => ({
            openTimeUs,
            open: group[0]?.price,
            high: Math.max(...group.map(({ price }) => price)),
            low: Math.min(...group.map(({ price }) => price)),
            close: group.at(-1)?.price,
            volume: group.reduce((lots, { size }) => lots + Math.round(size * 1000), 0) / 1000,
            trades: group.length,
          }))
          expect(built).toEqual(naive.map((want) => expect.objectContaining(want) as Bar))
        }
      }),
    )
  })
})
