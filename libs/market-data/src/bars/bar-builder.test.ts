import type { Bar, Timeframe, Trade } from '@triplane/contracts'
import { floorTime, US_PER_DAY, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import { aTrade } from '@triplane/testing'
import fc from 'fast-check'
import { createBarBuilder, timeframeUs, type BarBuilderOptions } from './bar-builder.ts'

const day = 19_000 * US_PER_DAY
const options: BarBuilderOptions = {
  source: 'sim',
  venue: 'sim',
  symbol: 'BTC/USDT',
  tickSize: '0.01',
  lotSize: '0.001',
}
/** A trade `minutes` after the start of the day. */
const trade = (minutes: number, price = 100, size = 1, fields: Partial<Trade> = {}): Trade => {
  const tsEventUs = day + minutes * US_PER_MINUTE
  return aTrade({ tsEventUs, tsRecvUs: tsEventUs + 5_000, price, size, ...fields })
}
const run = (trades: readonly Trade[], builder = createBarBuilder(options)) => {
  const bars: Bar[] = []
  for (const each of trades) builder.onTrade(each, (bar) => bars.push(bar))
  return { builder, bars }
}
const name = ({ timeframe, openTimeUs }: Bar) => `${timeframe} ${(openTimeUs - day) / US_PER_MINUTE}`

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
      venue: 'sim',
      symbol: 'BTC/USDT',
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

  it('builds the timeframes that it is told', () => {
    const { bars, builder } = run([trade(0), trade(16)], createBarBuilder({ ...options, timeframes: ['1h', '5m'] }))
    expect(bars.map(name)).toEqual(['5m 0'])
    expect(builder.forming('1h')?.trades).toBe(2)
    expect(builder.forming('1m')).toBeUndefined()
  })

  it('counts late trades, which are in no bar', () => {
    const { bars, builder } = run([trade(0), trade(1), trade(0.9), trade(2)])
    expect(builder.lateTrades).toBe(1)
    expect(bars.map(({ trades }) => trades)).toEqual([1, 1])
  })

  it('takes a trade that is out of order within its interval', () => {
    const { builder } = run([trade(0.5, 100), trade(0.4, 90)])
    expect(builder.forming('1m')).toMatchObject({ open: 100, close: 90, trades: 2 })
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
    expect(builder.lateTrades).toBe(1)
    expect(bars.map(name)).toEqual(['1m 0', '5m 0'])
  })

  it('marks bars with a hole', () => {
    const { builder, bars } = run([trade(0), trade(1), trade(7)])
    expect(bars.map(({ incomplete }) => incomplete)).toEqual([true, undefined, true])
    builder.onDisconnect()
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

  it('stays exact beyond 2^53 quote units', () => {
    const { builder } = run(Array.from({ length: 1000 }, () => trade(0.5, 99_999.99, 123_456.789)))
    expect(builder.forming('1d')).toMatchObject({ volume: 123_456_789, quoteVolume: 12_345_677_665_432.11 })
  })

  it('equals bars made the naive way, also when restored after every trade', () => {
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 40 }),
      price: fc.integer({ min: 1, max: 999 }),
      lots: fc.integer({ min: 1, max: 999 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let minutes = 0
        const trades = steps.map((each) => trade((minutes += each.minutes / 7), each.price / 100, each.lots / 1000))
        const bars: Bar[] = []
        let builder = createBarBuilder(options)
        for (const each of trades) {
          builder.onTrade(each, (bar) => bars.push(bar))
          builder = createBarBuilder(options, JSON.parse(JSON.stringify(builder.snapshot())))
        }
        for (const timeframe of Object.keys(timeframeUs) as Timeframe[]) {
          const forming = builder.forming(timeframe)
          const built = [...bars.filter((bar) => bar.timeframe === timeframe), ...(forming ? [forming] : [])]
          const groups = new Map<number, Trade[]>()
          for (const each of trades) {
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
