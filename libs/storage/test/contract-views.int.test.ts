import type { Bar, Trade } from '@triplane/contracts'
import { US_PER_DAY, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import { aBar, aTrade } from '@triplane/testing'
import type pg from 'pg'
import { beginRun, HistoryStore, openDatabase, RollupJob, type Database } from '../src/index.ts'
import { describeGrades } from './grade-server.ts'
import { builtTrades } from './grade-trades.ts'

const embedded = { folder: '/never/used' }
const [spot, future] = ['BTC/USDT', 'BTC/USDT:USDT']
/** 2024-08-08 */
const DAY_US = 19_943 * US_PER_DAY

/** The queries of other dashboards, verbatim. */
const candlesOfAnHour = `SELECT timestamp * 1000 AS time, open, high, low, close FROM ohlcv_data WHERE exchange = 'binance' AND symbol = 'BTC/USDT' AND timeframe = '1m' AND timestamp > extract(epoch FROM now()) - 3600 ORDER BY timestamp`
const newestHundred = `SELECT timestamp, exchange, symbol, side, price, amount, cost FROM trades_stream ORDER BY timestamp DESC LIMIT 100`
const newestKlines = `SELECT symbol, MAX(open_time), COUNT(*) FROM kline_data GROUP BY symbol`

describeGrades('the SQL of existing dashboards', ({ newDatabase }) => {
  jest.setTimeout(120_000)
  let database: Database
  let pool: pg.Pool

  beforeAll(async () => {
    database = await openDatabase({ url: await newDatabase(), embedded })
    pool = database.pool
  }, 180_000)
  afterAll(() => database?.close())

  async function store(runId: string, events: readonly (Trade | Bar)[], to = pool): Promise<void> {
    const writer = new HistoryStore({ pool: to, runId, overflow: 'wait' })
    writer.write('data', events)
    await writer.close()
  }
  const begin = (runId: string, startedAtUs: number) =>
    beginRun(pool, { runId, mode: 'live', startedAtUs, configuration: {} })
  const rowsOf = async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(sql, [...values])).rows
  const venue = 'binance_spot'
  const spotTrade = (fields: Partial<Trade>) => aTrade({ instrument: `${spot}@${venue}`, ...fields })

  it('has the candles of the last hour, by unix time, for every product of the exchange', async () => {
    const nowUs = Date.now() * 1000
    const minutesAgo = (minutes: number) => (Math.floor(nowUs / US_PER_MINUTE) - minutes) * US_PER_MINUTE
    const trades = [90, 50, 50, 2].map((minutes, i) =>
      spotTrade({ seq: i + 1, tradeId: i + 1, tsEventUs: minutesAgo(minutes) + i * US_PER_SECOND, price: 100 + i }),
    )
    const others = [
      spotTrade({ seq: 11, instrument: `${spot}@sim`, tsEventUs: minutesAgo(3) }),
      spotTrade({ seq: 12, instrument: `${future}@binance_usdm`, tsEventUs: minutesAgo(3) }),
    ]
    await store('hour', [...trades, ...others])
    await begin('hour', nowUs)
    await new RollupJob(pool).pass()
    expect(await rowsOf(candlesOfAnHour)).toEqual([
      { time: minutesAgo(50) / 1000, open: 101, high: 102, low: 101, close: 102 },
      { time: minutesAgo(2) / 1000, open: 103, high: 103, low: 103, close: 103 },
    ])
    const future1m = `select exchange, venue from ohlcv_data where symbol = '${future}' and timeframe = '1m'`
    expect(await rowsOf(future1m)).toEqual([{ exchange: 'binance', venue: 'binance_usdm' }])
  })

  it('has five-minute bars in a view of their own, equal to those of ohlcv_data', async () => {
    const columns = 'timestamp, exchange, symbol, timeframe, open, high, low, close, volume'
    const own = await rowsOf(`select ${columns} from ohlcv_5m order by 1, 2, 3`)
    expect(own).toHaveLength(5)
    expect(own).toEqual(await rowsOf(`select ${columns} from ohlcv_data where timeframe = '5m' order by 1, 2, 3`))
  })

  it('has the newest trades with the base quantity and the amount paid', async () => {
    const trades = builtTrades(300, DAY_US, 700_001, { instrument: `${future}@binance_usdm` })
    await store('stream', trades)
    const found = await rowsOf<Record<string, unknown>>(
      newestHundred.replace('ORDER BY', `WHERE run_id = 'stream' ORDER BY`),
    )
    const newest = [...trades].reverse().slice(0, 100)
    expect(found).toEqual(
      newest.map((trade) => ({
        timestamp: expect.closeTo(trade.tsEventUs / US_PER_SECOND, 6) as number,
        exchange: 'binance',
        symbol: future,
        side: trade.aggressor,
        price: trade.price,
        amount: trade.size,
        cost: trade.price * trade.size,
      })),
    )
    expect((await rowsOf(newestHundred)).length).toBe(100)
  })

  it('has one bar per time: that of the run started last, even when that run is registered late', async () => {
    const trade = (fields: Partial<Trade>) =>
      spotTrade({ instrument: `ETH/USDT@${venue}`, tsEventUs: DAY_US, ...fields })
    await store('b-first', [trade({ price: 1 }), trade({ seq: 2, price: 1, tsEventUs: DAY_US + US_PER_MINUTE })])
    await store('a-second', [trade({ price: 2 })])
    await store('c-unknown', [trade({ price: 3 })])
    await new RollupJob(pool).pass()
    await begin('b-first', DAY_US)
    await begin('a-second', DAY_US + 1)
    const bars = () =>
      rowsOf(`select timestamp::int, close, run_id from ohlcv_data
        where symbol = 'ETH/USDT' and timeframe = '1m' order by timestamp`)
    const first = { timestamp: DAY_US / US_PER_SECOND + 60, close: 1, run_id: 'b-first' }
    expect(await bars()).toEqual([{ timestamp: DAY_US / US_PER_SECOND, close: 2, run_id: 'a-second' }, first])
    await begin('c-unknown', DAY_US + 2)
    expect(await bars()).toEqual([{ timestamp: DAY_US / US_PER_SECOND, close: 3, run_id: 'c-unknown' }, first])
  })

  it('has every kline once, as last received by the newest run', async () => {
    const kline = (openTimeUs: number, fields: Partial<Bar> = {}) =>
      aBar({
        instrument: `${spot}@${venue}`,
        openTimeUs,
        tsRecvUs: openTimeUs + US_PER_MINUTE,
        closed: true,
        ...fields,
      })
    const minute = (count: number) => DAY_US + count * US_PER_MINUTE
    await store('klines-1', [kline(minute(0), { seq: 1 }), kline(minute(1), { seq: 2, close: 61_801 })])
    await store('klines-2', [
      kline(minute(0), { seq: 1, close: 61_802 }),
      kline(minute(0), { seq: 2, close: 61_803, tsRecvUs: minute(5) }),
      kline(minute(0), { seq: 3, instrument: `${future}@${venue}` }),
    ])
    await begin('klines-1', DAY_US)
    await begin('klines-2', DAY_US + 1)
    expect(await rowsOf(`${newestKlines} ORDER BY symbol`)).toEqual([
      { symbol: spot, max: new Date(minute(1) / 1000), count: '2' },
      { symbol: future, max: new Date(minute(0) / 1000), count: '1' },
    ])
    const closes = `select exchange, timestamp::int, close from kline_data where symbol = '${spot}' order by open_time`
    expect(await rowsOf(closes)).toEqual([
      { exchange: 'binance', timestamp: minute(0) / US_PER_SECOND, close: 61_803 },
      { exchange: 'binance', timestamp: minute(1) / US_PER_SECOND, close: 61_801 },
    ])
  })

  describe('finds rows by an index of unix time', () => {
    let large: Database
    beforeAll(async () => {
      large = await openDatabase({ url: await newDatabase(), embedded })
      for (const day of [1, 2, 3]) {
        const trades = builtTrades(4000, DAY_US + day * US_PER_DAY, 20_000_000, { instrument: `${spot}@${venue}` })
        await store(`explain-${day}`, trades, large.pool)
      }
      await large.pool
        .query(`insert into bars_rollup_1m select 'explain', '${venue}', '${spot}', time, 1, 1, 1, 1, 1, 1, 1, 1
        from generate_series(now() - interval '30 days', now(), interval '1 minute') as time`)
      await large.pool.query('analyze')
    })
    afterAll(() => large?.close())

    /** How the tables of a query are read: the kind of scan, and the expression of its index. */
    async function scansOf(sql: string): Promise<readonly { readonly kind: string; readonly index: string }[]> {
      const { rows } = await large.pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${sql}`)
      const scans = nodesOf(rows[0]?.['QUERY PLAN'][0].Plan).filter(
        // A custom scan of TimescaleDB contains the scans below it.
        ({ 'Node Type': kind, 'Relation Name': table = 'runs' }) => table !== 'runs' && kind !== 'Custom Scan',
      )
      const { rows: indexes } = await large.pool.query<{ name: string; index: string }>(
        'select indexname as name, indexdef as index from pg_indexes',
      )
      const indexOf = new Map(indexes.map(({ name, index }) => [name, index]))
      return scans.map((node) => ({
        kind: node['Node Type'],
        index: indexOf.get(node['Index Name'] ?? '') ?? 'none',
      }))
    }

    it.each([
      ['candles of the last hour', candlesOfAnHour],
      ['the newest hundred trades', newestHundred],
      ['trades of a time', `select * from trades_stream where timestamp > extract(epoch from now()) - 3600`],
    ])('%s', async (_, sql) => {
      const scans = await scansOf(sql)
      expect(scans.length).toBeGreaterThan(0)
      for (const scan of scans) {
        expect(scan.kind).toMatch(/^Index/)
        expect(scan.index).toMatch(/date_part\('epoch'/)
      }
    })
  })
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Plans?: readonly PlanNode[]
}

function nodesOf(node: PlanNode | undefined): readonly PlanNode[] {
  return node ? [node, ...(node.Plans ?? []).flatMap(nodesOf)] : []
}
