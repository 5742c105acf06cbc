import type { Event } from '@triplane/contracts'
import { aFill, anOrderEvent, aPortfolioState, examples, testStartUs } from '@triplane/testing'
import pg from 'pg'
import {
  beginRun,
  createAuditLog,
  createSlowestFills,
  endRun,
  HistoryStore,
  openDatabase,
  RollupJob,
  type Database,
} from '../src/index.ts'
import { allMigrations } from '../src/migrations/all-migrations.ts'
import { migrate } from '../src/migrations/migrate.ts'
import { describeGrades } from './grade-server.ts'

const views = [
  'current_run',
  'dashboard_bars',
  'dashboard_candles',
  'dashboard_fills',
  'dashboard_operator_commands',
  'dashboard_orders',
  'dashboard_portfolio',
  'dashboard_positions',
  'dashboard_runs',
  'dashboard_slowest_fills',
  'kline_data',
  'ohlcv_5m',
  'ohlcv_data',
  'trades_stream',
]
const embedded = { folder: '/never/used' }
const at = (us = 0) => new Date((testStartUs + us) / 1000)

describeGrades('views for dashboards', ({ newDatabase }) => {
  jest.setTimeout(60_000)
  let database: Database
  let pool: pg.Pool

  beforeAll(async () => {
    database = await openDatabase({ url: await newDatabase(), embedded })
    pool = database.pool
    await store('run-1', [
      examples.trade,
      examples.bar,
      anOrderEvent({ state: 'partially_filled', filledQuantity: '0.04' }),
      aFill({ quantity: '0.04', price: '61800.5' }),
      aPortfolioState({ positions: [...aPortfolioState().positions, { ...shortPosition }, { ...elsewhere }] }),
    ])
    await store('run-2', [examples.trade])
    await new RollupJob(pool).pass()
    await beginRun(pool, { runId: 'run-1', mode: 'replay', startedAtUs: testStartUs, configuration: {} })
    await beginRun(pool, { runId: 'run-2', mode: 'live', startedAtUs: testStartUs + 5e6, configuration: {} })
    await endRun(pool, { runId: 'run-1', endedAtUs: testStartUs + 2e6, report: {} })
  }, 180_000)
  afterAll(() => database?.close())

  async function store(runId: string, events: readonly Event[]): Promise<void> {
    const writer = new HistoryStore({ pool, runId, overflow: 'wait' })
    writer.write('data', events)
    await writer.close()
  }
  const rowsOf = async (sql: string): Promise<readonly object[]> => (await pool.query<object>(sql)).rows

  it('show an order, its fill and the account, with numbers as numbers', async () => {
    expect(await rowsOf("select * from dashboard_orders where run_id = 'run-1'")).toEqual([
      {
        time: at(),
        symbol: 'BTC/USDT',
        exchange: 'sim',
        strategy: 'OFI',
        side: 'BUY',
        order_type: 'LIMIT',
        quantity: 0.1,
        filled_quantity: 0.04,
        limit_price: 61_800.3,
        state: 'partially_filled',
        reason: 'price_collar',
        updated_at: at(),
        intent_id: 'OFI-1',
        run_id: 'run-1',
        venue: 'sim',
      },
    ])
    expect(await rowsOf("select * from dashboard_fills where run_id = 'run-1'")).toEqual([
      {
        time: at(10_000),
        symbol: 'BTC/USDT',
        exchange: 'sim',
        strategy: 'OFI',
        side: 'BUY',
        quantity: 0.04,
        price: 61_800.5,
        amount: 2472.02,
        fee: 3.090015,
        liquidity: 'taker',
        status: 'FILLED',
        slippage_bps: 0.008,
        latency_seconds: 0.01,
        ordered_at: at(),
        fill_id: 'OFI-1/1',
        intent_id: 'OFI-1',
        run_id: 'run-1',
        venue: 'sim',
      },
    ])
    expect(await rowsOf('select * from dashboard_portfolio')).toEqual([
      {
        time: at(),
        equity_usd: 999_996.9,
        realized_usd: 0,
        unrealized_usd: -0.01,
        fees_usd: 3.090015,
        gross_usd: 6180.02,
        net_usd: 6180.02,
        drawdown_ratio: 0.0000031,
        max_drawdown_ratio: 0.0000031,
        run_id: 'run-1',
      },
    ])
  })

  it('have a row for each position at each time', async () => {
    const same = { time: at(), run_id: 'run-1', realized_usd: 0, exchange: 'sim', venue: 'sim' }
    expect(await rowsOf('select * from dashboard_positions order by symbol, venue desc')).toEqual([
      {
        ...same,
        symbol: 'BTC/USDT',
        quantity: 0.1,
        cost_basis: 6180.03,
        mark: 61_800.2,
        value: 6180.02,
        unrealized_usd: -0.01,
      },
      { ...same, symbol: 'ETH/USDT', quantity: -2, cost_basis: -5000, mark: 2510, value: -5020, unrealized_usd: -20 },
      {
        ...same,
        symbol: 'ETH/USDT',
        quantity: 1,
        cost_basis: 2500,
        mark: 2512,
        value: 2512,
        unrealized_usd: 12,
        exchange: 'binance',
        venue: 'binance_usdm',
      },
    ])
  })

  it('have the slowest fills with their traces, in seconds', async () => {
    const slowest = createSlowestFills({ pool, intervalMs: 3_600_000 })
    slowest.note({
      runId: 'run-1',
      fillId: 'OFI-1/1',
      intentId: 'OFI-1',
      strategy: 'OFI',
      symbol: 'BTC/USDT',
      totalUs: 1_250_000,
      tickToOrderUs: 250,
      traceId: 'ab'.repeat(16),
      timeUs: testStartUs,
    })
    await slowest.close()
    expect(await rowsOf('select * from dashboard_slowest_fills')).toEqual([
      {
        time: at(),
        symbol: 'BTC/USDT',
        strategy: 'OFI',
        total_seconds: 1.25,
        tick_to_order_seconds: 0.00025,
        trace_id: 'ab'.repeat(16),
        fill_id: 'OFI-1/1',
        intent_id: 'OFI-1',
        run_id: 'run-1',
      },
    ])
  })

  it("have the operators' actions, from the audit", async () => {
    const audit = createAuditLog({ pool, key: Buffer.alloc(32, 'a key'), publish: () => undefined })
    const done = { account: 'sim-run-1', runId: 'run-1', command: 'halt', who: 'ada', why: 'a drill', outcome: 'done' }
    await audit.append({ ...done, timeUs: testStartUs, before: 'active', after: 'halted' })
    await audit.close()
    expect(await rowsOf('select * from dashboard_operator_commands')).toEqual([
      {
        time: at(),
        command: 'halt',
        who: 'ada',
        why: 'a drill',
        outcome: 'done',
        before: 'active',
        after: 'halted',
        account: 'sim-run-1',
        run_id: 'run-1',
      },
    ])
  })

  it('know the current run', async () => {
    expect(await rowsOf('select * from dashboard_runs order by started_at')).toEqual([
      { run_id: 'run-1', mode: 'replay', started_at: at(), ended_at: at(2e6), is_current: false },
      { run_id: 'run-2', mode: 'live', started_at: at(5e6), ended_at: null, is_current: true },
    ])
    expect(await rowsOf('select * from current_run')).toEqual([
      { run_id: 'run-2', mode: 'live', started_at: at(5e6), ended_at: null },
    ])
    const current = 'where run_id = (select run_id from current_run)'
    expect(await rowsOf(`select run_id, price from trades_stream ${current}`)).toEqual([
      { run_id: 'run-2', price: 61_800.3 },
    ])
  })

  it.each(['dashboard_bars', 'dashboard_candles'])('%s has the bars of every run, with their venue', async (view) => {
    const found = await rowsOf(
      `select run_id, time, symbol, exchange, venue, timeframe, open from ${view} where timeframe = '1m' order by run_id`,
    )
    const bar = { symbol: 'BTC/USDT', exchange: 'sim', venue: 'sim', timeframe: '1m', open: 61_800.3 }
    const runs = view === 'dashboard_bars' ? ['run-1', 'run-2'] : ['run-1']
    const time = view === 'dashboard_bars' ? at(-60e6) : at()
    expect(found).toEqual(runs.map((run_id) => ({ ...bar, run_id, time })))
  })

  it('show which bars are incomplete, by the newest closed bar', async () => {
    const openTimeUs = testStartUs - 60_000_000
    const {
      incomplete: _,
      revised: __,
      ...whole
    } = { ...examples.bar, instrument: 'NEW/USDT@sim', openTimeUs, closed: true }
    const minutes = [0, 1, 2, 3].map((minute) => openTimeUs + minute * 60_000_000)
    await store('whole', [
      ...minutes.map((tsEventUs, i) => ({
        ...examples.trade,
        instrument: 'NEW/USDT@sim',
        seq: i + 1,
        tradeId: i + 1,
        tsEventUs,
      })),
      { ...whole, seq: 5 },
      { ...whole, seq: 6, openTimeUs: minutes[1] as number, incomplete: true },
      { ...whole, seq: 7, openTimeUs: minutes[2] as number },
      { ...whole, seq: 8, openTimeUs: minutes[2] as number, volume: 7, incomplete: true, revised: true },
    ])
    await new RollupJob(pool).pass()
    const sql = (view: string) =>
      `select incomplete from ${view} where run_id = 'whole' and timeframe = '1m' order by time`
    const said = async (view: string) =>
      ((await rowsOf(sql(view))) as { incomplete: boolean }[]).map((row) => row.incomplete)
    expect(await said('ohlcv_data')).toEqual([false, true, true, true])
    expect(await said('kline_data')).toEqual([false, true, true])
    const revised = await rowsOf("select volume, revised from kline_data where run_id = 'whole' and revised")
    expect(revised).toEqual([{ volume: 7, revised: true }])
  })

  describe('a dashboard role', () => {
    /** The privileges of a role on the relations of a database. */
    const allowed = async (from: pg.Pool, role: string) => {
      const sql = `select relname as name, privilege from pg_class
        cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'trigger']) as privilege
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
          and has_table_privilege($1, oid, privilege) order by name`
      return (await from.query<{ name: string; privilege: string }>(sql, [role])).rows
    }
    const readable = views.map((name) => ({ name, privilege: 'select' }))

    it('may read the views, and nothing else', async () => {
      await pool.query(`create role "Some reader" login password 'reader'`)
      expect(await allowed(pool, 'Some reader')).toEqual([])
      await pool.query(`select grant_dashboard_views('Some reader')`)
      await pool.query(`select grant_dashboard_views('Some reader')`)
      expect(await allowed(pool, 'Some reader')).toEqual(readable)

      const url = new URL(database.url)
      Object.assign(url, { username: 'Some%20reader', password: 'reader' })
      const reader = new pg.Pool({ connectionString: url.href, max: 1 })
      try {
        for (const view of views) expect((await reader.query(`select * from ${view}`)).rowCount).toBeGreaterThan(0)
        const refused = [
          'select * from trades',
          'select * from audit_log',
          'delete from dashboard_orders',
          'create table mine (a integer)',
          `select ensure_history_days('trades', array['2024-08-08'::date])`,
        ]
        for (const sql of refused) await expect(reader.query(sql)).rejects.toMatchObject({ code: '42501' })
      } finally {
        await reader.end()
      }
    })

    it('keeps its grants when the views are recreated, and gets the new ones', async () => {
      const url = await newDatabase()
      const old = new pg.Pool({ connectionString: url })
      await migrate(old, allMigrations.slice(0, 4))
      await old.query(`select grant_dashboard_views('Some reader')`)
      await old.end()
      const migrated = await openDatabase({ url, embedded })
      try {
        expect(await allowed(migrated.pool, 'Some reader')).toEqual(readable)
      } finally {
        await migrated.close()
      }
    })

    it('called grafana has them from the start when the role exists before the tables', async () => {
      await pool.query('create role grafana')
      const fresh = await openDatabase({ url: await newDatabase(), embedded })
      expect(await allowed(fresh.pool, 'grafana')).toEqual(readable)
      expect(await allowed(pool, 'grafana')).toEqual([])
      await fresh.close()
    })
  })
})

/** The same symbol at another venue. */
const elsewhere = {
  instrument: 'ETH/USDT@binance_usdm',
  quantity: '1',
  costBasis: '2500',
  mark: 2512,
  realizedUsd: '0',
  unrealizedUsd: '12',
}

const shortPosition = {
  instrument: 'ETH/USDT@sim',
  quantity: '-2',
  costBasis: '-5000',
  mark: 2510,
  realizedUsd: '0',
  unrealizedUsd: '-20',
}
