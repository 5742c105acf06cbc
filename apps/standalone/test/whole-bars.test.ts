import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

const startMs = Date.UTC(2024, 2, 4, 9, 0, 0)

/** A line of a capture, `second` seconds after the hour: `data` on its own stream. */
const line = (second: number, stream: string, data: (ms: number) => object) => {
  const ms = startMs + second * 1000
  return `${ms + 5}000000 ${JSON.stringify({ stream: `btcusdt@${stream}`, data: data(ms) })}`
}
const trade = (second: number, id: number, price = '60000.1', size = '0.010') =>
  line(second, 'trade', (ms) => ({
    e: 'trade',
    E: ms,
    T: ms,
    s: 'BTCUSDT',
    t: id,
    p: price,
    q: size,
    X: 'MARKET',
    m: false,
  }))
const aggregate = (second: number, id: number, first: number, last: number) =>
  line(second, 'aggTrade', (ms) => ({
    e: 'aggTrade',
    E: ms,
    a: id,
    s: 'BTCUSDT',
    p: '60000.1',
    q: '0.020',
    f: first,
    l: last,
    T: ms,
    m: false,
  }))
const quote = (second: number, id: number, bid: string, ask: string) =>
  line(second, 'bookTicker', (ms) => ({
    e: 'bookTicker',
    u: id,
    s: 'BTCUSDT',
    b: bid,
    B: '1.000',
    a: ask,
    A: '1.000',
    T: ms,
    E: ms,
  }))
const snapshot = `${startMs + 1}000000 {"lastUpdateId":1,"E":${startMs},"T":${startMs},"bids":[["60000.0","1.000"]],"asks":[["60000.1","1.000"]]}`
const delta = (second: number, id: number) =>
  line(second, 'depth@100ms', (ms) => ({
    e: 'depthUpdate',
    E: ms,
    T: ms,
    s: 'BTCUSDT',
    U: id,
    u: id,
    pu: id - 1,
    b: [['60000.0', '1.500']],
    a: [],
  }))

describe('the report of a replay', () => {
  const folder = temporaryFolder()
  const replay = (name: string, lines: readonly string[]) => {
    const file = join(folder(), `${name}.capture`)
    writeFileSync(file, [snapshot, ...lines, ''].join('\n'))
    return runStandalone(['--capture', file, '--speed', 'max'], join(folder(), name))
  }
  const seconds = Array.from({ length: 200 }, (_, i) => i + 50)

  it('shows which bars are incomplete, and counts missing trades', async () => {
    const lines = seconds.flatMap((second) => [
      delta(second, second - 48),
      trade(second, second < 130 ? second : second + 400),
    ])
    const report = await replay('gap', lines)
    expect(report.gaps).toBe(1)
    const bars = report.bars['BTC/USDT:USDT@binance_usdm']
    expect(bars?.['1m']?.map(({ closed, incomplete, trades }) => [trades, closed, incomplete])).toEqual([
      [10, true, true],
      [60, true, false],
      [60, true, true],
      [60, true, false],
      [10, false, true],
    ])
    expect(bars?.['5m']?.map(({ incomplete }) => incomplete)).toEqual([true])
  }, 60_000)

  it('has the trades of one stream where two carry the same', async () => {
    const lines = seconds.flatMap((second) => [
      ...[delta(second, second - 48), trade(second, 2 * second), trade(second, 2 * second + 1)],
      aggregate(second, second, 2 * second, 2 * second + 1),
    ])
    const report = await replay('streams', lines)
    expect(report.frames).toMatchObject({ ignored: 200 })
    expect(Object.values(report.frames.refused).reduce((sum, count) => sum + count)).toBe(0)
    expect([report.events.trade, report.gaps]).toEqual([400, 0])
    expect(report.bars['BTC/USDT:USDT@binance_usdm']?.['1d']?.[0]).toMatchObject({ trades: 400, volume: 4 })
  }, 60_000)

  it('has every trade of a market that is half as wide as its price', async () => {
    const lines = seconds.flatMap((second) => [
      quote(second, second, '40000.0', '60000.0'),
      trade(second, second, second % 2 === 0 ? '40000.0' : '60000.0'),
    ])
    const report = await replay('wide', lines)
    expect(report.frames.refused.price_band).toBe(0)
    expect(report.bars['BTC/USDT:USDT@binance_usdm']?.['1d']?.[0]).toMatchObject({
      trades: 200,
      low: 40000,
      high: 60000,
    })
  }, 60_000)
})
