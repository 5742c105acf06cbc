import type { Event, Trade } from '@triplane/contracts'
import { aBar, aFill, anOrderEvent, aQuote, aTrade, examples, testStartUs } from '@triplane/testing'
import { join } from 'node:path'
import pg from 'pg'
import { allMigrations } from '../src/migrations/all-migrations.ts'
import { migrate } from '../src/migrations/migrate.ts'
import {
  beginRun,
  endRun,
  HistoryStore,
  openDatabase,
  storedEventTypes,
  type Database,
  type RowWriters,
} from '../src/index.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import type { HistoryStoreOptions } from '../src/history/history-options.ts'
import { workerWriters } from '../src/worker/worker-writers.ts'
import { historyWorkerFile } from './history-worker-file.ts'
import { aFolder, describeWithPostgres, removeFolders } from './postgres-suite.ts'

const time = '2024-08-08T14:30:00+00:00'
const none = { written: 0, known: 0, failed: 0, dropped: 0, spilled: 0 }

/** The example of each event type as a row, without run, producer and sequence. */
const rows: readonly [type: keyof typeof examples, table: string, row: Record<string, unknown>][] = [
  [
    'trade',
    'trades',
    {
      time,
      event_time: '2024-08-08T14:29:59.998+00:00',
      source: 'sim',
      venue: 'sim',
      symbol: 'BTC/USDT',
      trade_id: 1,
      trade_ref: null,
      price: 61800.3,
      size: 0.006,
      aggressor: 'buy',
    },
  ],
  [
    'quote',
    'quotes',
    {
      time,
      event_time: '2024-08-08T14:29:59.998+00:00',
      source: 'sim',
      venue: 'sim',
      symbol: 'BTC/USDT',
      update_id: 1,
      bid: 61800.2,
      bid_size: 2.5,
      ask: 61800.3,
      ask_size: 2.51,
    },
  ],
  [
    'bar',
    'bars',
    {
      time,
      source: 'sim',
      venue: 'sim',
      symbol: 'BTC/USDT',
      timeframe: '1m',
      origin: 'trades',
      open_time: time,
      open: 61800.3,
      high: 61839.8,
      low: 61800,
      close: 61807.8,
      volume: 125.967,
      quote_volume: 7786316.8556,
      buy_volume: 50.874,
      incomplete: false,
      revised: false,
      trades: 1751,
    },
  ],
  [
    'ofi',
    'ofi',
    {
      time,
      source: 'sim',
      venue: 'sim',
      symbol: 'BTC/USDT',
      value: 1.5,
      interval_start: time,
      interval_value: 13.684,
      depth: 2.505,
    },
  ],
  ['signal', 'signals', { time, strategy: 'OFI', symbol: 'BTC/USDT', strength: 0.4, direction: 'BUY' }],
  [
    'orderEvent',
    'order_journal',
    {
      time: '2024-08-08T14:30:00.001+00:00',
      intent_id: 'OFI-1',
      strategy: 'OFI',
      venue: 'sim',
      symbol: 'BTC/USDT',
      state: 'denied',
      reason: 'price_collar',
      side: 'BUY',
      order_type: 'LIMIT',
      quantity: 0.1,
      requested_quantity: 0.1,
      filled_quantity: 0,
      limit_price: 61800.3,
      intent_time: time,
      state_time: time,
      previous_state_time: time,
    },
  ],
  [
    'fill',
    'fills',
    {
      time: '2024-08-08T14:30:00.01+00:00',
      fill_id: 'OFI-1/1',
      intent_id: 'OFI-1',
      strategy: 'OFI',
      venue: 'sim',
      symbol: 'BTC/USDT',
      side: 'BUY',
      quantity: 0.1,
      price: 61800.3,
      fee: 3.090015,
      liquidity: 'taker',
      status: 'FILLED',
      is_first: true,
      decision_mid: 61800.25,
      slippage_bps: 0.008,
      intent_time: time,
      ack_time: '2024-08-08T14:30:00.005+00:00',
      venue_time: '2024-08-08T14:30:00.009+00:00',
    },
  ],
  [
    'accountOpened',
    'account_openings',
    {
      time: '2024-08-08T14:30:00.005+00:00',
      opening_id: '5f2c',
      account: examples.accountOpened.account,
      switches: ['drawdown'],
    },
  ],
  [
    'portfolioState',
    'portfolio_history',
    {
      time,
      equity_usd: 999996.9,
      realized_usd: 0,
      unrealized_usd: -0.01,
      fees_usd: 3.090015,
      gross_usd: 6180.02,
      net_usd: 6180.02,
      drawdown_ratio: 0.0000031,
      max_drawdown_ratio: 0.0000031,
      positions: examples.portfolioState.positions.map(({ instrument: _, ...position }) => ({
        symbol: 'BTC/USDT',
        venue: 'sim',
        ...position,
      })),
    },
  ],
  [
    'deadLetter',
    'dead_letters',
    {
      time,
      source: 'sim',
      venue: 'sim',
      symbol: 'BTC/USDT',
      stage: 'validate',
      reason: 'bad_price',
      event_type: 'trade',
      detail: 'Expected a price > 0, was -1',
      origin: null,
      raw: `\\x${Buffer.from(examples.deadLetter.raw).toString('hex')}`,
      raw_bytes: null,
      raw_sha256: null,
    },
  ],
]

const someTrades = (count: number, from = 1): Trade[] =>
  Array.from({ length: count }, (_, i) => aTrade({ seq: from + i, tsRecvUs: testStartUs + i, tradeId: from + i }))

describe.each(['on this thread', 'on a thread of its own'])('%s', (place) =>
  describeWithPostgres('history in Postgres', () => historySuite(place === 'on a thread of its own')),
)

function historySuite(hasThread: boolean): void {
  jest.setTimeout(60_000)
  let server: EmbeddedPostgres
  let database: Database
  let pool: pg.Pool
  let folder: string
  let workerFile: string
  let threads: RowWriters[]
  let runs = 0
  let runId = ''

  beforeAll(async () => {
    folder = join(aFolder(), 'postgres')
    server = await startEmbeddedPostgres({ folder })
    database = await openDatabase({ url: server.url, embedded: { folder } })
    pool = database.pool
    workerFile = hasThread ? historyWorkerFile() : ''
    threads = hasThread ? [workerWriters(workerFile, { url: server.url })] : []
  })
  beforeEach(() => {
    runId = `run-${++runs}`
  })
  afterAll(async () => {
    for (const writers of threads) await writers.close()
    await database?.close()
    await server?.stop()
    removeFolders()
  })

  const aStore = (options: Partial<HistoryStoreOptions> = {}) =>
    new HistoryStore({ pool, ...(threads[0] && { writers: threads[0] }), runId, overflow: 'wait', ...options })

  async function countOf(table: string, run = runId): Promise<number> {
    const { rows: found } = await pool.query(`select count(*)::int as n from ${table} where run_id = $1`, [run])
    return found[0].n
  }

  async function store(events: readonly Event[], producer = 'data', run = runId): Promise<HistoryStore> {
    const history = aStore({ runId: run })
    history.write(producer, events)
    await history.close()
    return history
  }

  describe('the schema', () => {
    it('is created once, even by two concurrent starts', async () => {
      await pool.query('create database fresh')
      const fresh = new pg.Pool({ connectionString: server.url.replace(/\/postgres$/, '/fresh') })
      const applied = await Promise.all([migrate(fresh, allMigrations), migrate(fresh, allMigrations)])
      expect(applied.flat()).toEqual(allMigrations.map((migration) => migration.name))
      expect(await migrate(fresh, allMigrations)).toEqual([])
      await fresh.end()
    })

    it.each([
      {
        name: 'changed',
        migrations: [{ ...allMigrations[0], sql: 'select 1' }],
        want: /to be the one that was applied/,
      },
      { name: 'unknown', migrations: [], want: /older than the database/ },
    ])('is refused when an applied migration is $name', async ({ migrations, want }) => {
      const outcome = migrate(pool, migrations as typeof allMigrations)
      await expect(outcome).rejects.toMatchObject({ code: 'migration_changed', message: want })
    })

    it('is unchanged after a failed migration', async () => {
      const broken = { id: 99, name: 'broken', sql: 'create table half (a integer); select nonsense' }
      await expect(migrate(pool, [...allMigrations, broken])).rejects.toMatchObject({
        code: 'rejected',
        message: /broken/,
      })
      const { rows: found } = await pool.query(
        "select to_regclass('half') as half, max(id) as id from schema_migrations",
      )
      expect(found).toEqual([{ half: null, id: allMigrations.length }])
    })
  })

  it.each(rows)('stores a %s in %s, to the microsecond and the last digit', async (type, table, row) => {
    await store([examples[type]], 'some-plane')
    const { rows: found } = await pool.query(`select to_jsonb(t) as row from ${table} t where run_id = $1`, [runId])
    expect(found.map((result) => result.row)).toEqual([{ run_id: runId, producer: 'some-plane', seq: 1, ...row }])
  })

  it('has a table, and a row in this test, for every stored type', () => {
    expect([...storedEventTypes].sort()).toEqual(rows.map(([type]) => type).sort())
  })

  it('stores absent fields as null, and any text unchanged except for NUL', async () => {
    const { tsEventUs: _, ...quote } = aQuote()
    const symbol = 'tab\t back\\slash \\N new\nline\r "quotes" ünïcödé 🚀 nul\0'
    const { venue: __, instrument: ___, ...letter } = examples.deadLetter
    const raw = String.fromCharCode(...Array.from({ length: 256 }, (_unused, code) => code))
    await store([
      quote,
      aTrade({ seq: 2, instrument: `${symbol}@sim`, tsRecvUs: testStartUs + 1 }),
      { ...letter, seq: 3, raw },
    ])
    const { rows: quotes } = await pool.query('select event_time from quotes where run_id = $1', [runId])
    expect(quotes).toEqual([{ event_time: null }])
    const { rows: trades } = await pool.query('select symbol, time::text from trades where run_id = $1', [runId])
    expect(trades).toEqual([{ symbol: symbol.replace('\0', '\uFFFD'), time: '2024-08-08 14:30:00.000001+00' }])
    const { rows: letters } = await pool.query('select venue, symbol, raw from dead_letters where run_id = $1', [runId])
    expect(letters).toEqual([{ venue: null, symbol: null, raw: Buffer.from(raw, 'latin1') }])
  })

  it('stores trades and quotes without an id, and ids of trades that are texts', async () => {
    const { tradeId: _, ...trade } = aTrade()
    const { updateId: __, ...quote } = aQuote()
    await store([trade, { ...trade, seq: 2, tradeId: 'T-1' }, { ...quote, seq: 3 }])
    const { rows: ids } = await pool.query(
      `select trade_id, trade_ref, null as update_id from trades where run_id = $1
       union all select null, null, update_id from quotes where run_id = $1 order by trade_ref nulls last`,
      [runId],
    )
    const none = { trade_id: null, trade_ref: null, update_id: null }
    expect(ids).toEqual([{ ...none, trade_ref: 'T-1' }, none, none])
  })

  it('ignores events that are not history: forming bars, books, heartbeats', async () => {
    const history = await store([aBar({ closed: false }), examples.bookDelta, examples.heartbeat])
    expect(history.counts().bar).toEqual(none)
  })

  it('stores a repeated row once, in one batch, by one store or by another', async () => {
    const fill = aFill({ seq: 9 })
    const first = await store([...someTrades(3), ...someTrades(3), fill])
    expect(first.counts().trade).toEqual({ ...none, written: 3, known: 3 })
    const second = await store([...someTrades(4), { ...fill, seq: 10 }])
    expect(second.counts()).toMatchObject({ trade: { written: 1, known: 3 }, fill: { written: 0, known: 1 } })
    expect([await countOf('trades'), await countOf('fills')]).toEqual([4, 1])
  })

  it('keeps runs, and producers of a run, apart', async () => {
    const other = `${runId}-other`
    await store(someTrades(5))
    await store(someTrades(7), 'data', other)
    await store(someTrades(2), 'data-2', other)
    expect([await countOf('trades'), await countOf('trades', other)]).toEqual([5, 9])
  })

  it('keeps every state in the journal and the last one in orders, whatever the order of writing', async () => {
    const states = ['received', 'approved', 'acknowledged', 'filled'] as const
    const events = states.map((state, i) => anOrderEvent({ seq: i + 1, state, filledQuantity: `0.${i}` }))
    await store(events.slice(2))
    await store([events[1], events[0], anOrderEvent({ seq: 5, intentId: 'OFI-2', state: 'denied' })] as Event[])
    const sql = 'select intent_id, state, seq::int, filled_quantity from orders where run_id = $1 order by intent_id'
    expect((await pool.query(sql, [runId])).rows).toEqual([
      { intent_id: 'OFI-1', state: 'filled', seq: 4, filled_quantity: '0.3' },
      { intent_id: 'OFI-2', state: 'denied', seq: 5, filled_quantity: '0' },
    ])
    expect(await countOf('order_journal')).toBe(5)
  })

  it('records the start of a run, its end with a report, and its resumption', async () => {
    const start = { runId, mode: 'replay', startedAtUs: testStartUs + 1, configuration: { seed: 7 } }
    await beginRun(pool, start)
    await endRun(pool, { runId, endedAtUs: testStartUs + 2, report: { gaps: 0 } })
    const sql = 'select mode, started_at::text, ended_at::text, configuration, report from runs where run_id = $1'
    const began = { mode: 'replay', started_at: '2024-08-08 14:30:00.000001+00', configuration: { seed: 7 } }
    const ended = { ended_at: '2024-08-08 14:30:00.000002+00', report: { gaps: 0 } }
    expect((await pool.query(sql, [runId])).rows).toEqual([{ ...began, ...ended }])
    await beginRun(pool, { ...start, startedAtUs: testStartUs + 9 })
    expect((await pool.query(sql, [runId])).rows).toEqual([{ ...began, ended_at: null, report: null }])
  })

  it('reports stored batches to its observer', async () => {
    const seen: unknown[] = []
    const observer = {
      stored: (...stored: unknown[]) => void seen.push(stored),
      failed: () => undefined,
      dropped: () => undefined,
    }
    const history = aStore({ observer })
    history.write('data', [...someTrades(3), aQuote({ seq: 4 })])
    await history.flush()
    expect(seen).toEqual([
      ['trade', 3, 0, expect.any(Number)],
      ['quote', 1, 0, expect.any(Number)],
    ])
    expect(history.health()).toEqual({
      isHealthy: true,
      bufferedRows: 0,
      spilledRows: 0,
      spilledBytes: 0,
      tornRows: 0,
      lastWriteUs: expect.any(Number),
    })
    await history.close()
    expect(() => history.write('data', someTrades(1))).toThrow(/Expected an open history store/)
  })

  it.each([
    { name: 'after the interval', rowCount: 1, flushIntervalMs: 1 },
    { name: 'at once for a full batch', rowCount: 10, flushIntervalMs: 3_600_000 },
  ])('stores by itself, $name', async ({ rowCount, flushIntervalMs }) => {
    let stored: (rows: number) => void = () => undefined
    const rowsStored = new Promise<number>((resolve) => (stored = resolve))
    const observer = {
      stored: (_type: string, count: number) => stored(count),
      failed: () => undefined,
      dropped: () => undefined,
    }
    const history = aStore({ maxBatchRows: 10, flushIntervalMs, observer })
    history.write('data', someTrades(rowCount))
    expect(await rowsStored).toBe(rowCount)
    await history.close()
  })

  it('drops rows beyond its buffer, counts them by type, and stores the rest', async () => {
    const history = aStore({ overflow: 'drop', maxBufferedRows: 100 })
    history.write('data', someTrades(80))
    history.write('data', [...someTrades(50, 81), aQuote({ seq: 200 })])
    await history.close()
    expect(history.counts()).toMatchObject({
      trade: { ...none, written: 100, dropped: 30 },
      quote: { ...none, dropped: 1 },
    })
    expect(await countOf('trades')).toBe(100)
  })

  it('makes the writer wait, and then has every row', async () => {
    const history = aStore({ maxBufferedRows: 1000, maxBatchRows: 400 })
    let mostBuffered = 0
    for (let seq = 1; seq <= 20_000; seq += 10) {
      history.write('data', someTrades(10, seq))
      mostBuffered = Math.max(mostBuffered, history.health().bufferedRows)
      if (history.isFull) await history.ready()
    }
    await history.close()
    expect(mostBuffered).toBe(1000)
    expect(history.counts().trade).toEqual({ ...none, written: 20_000 })
    expect(await countOf('trades')).toBe(20_000)
  })

  it('gives up a batch that the database rejects, counts it, and reports it', async () => {
    const bad = aTrade({ tradeId: 1e21 })
    const live = aStore({ overflow: 'drop' })
    live.write('data', [bad])
    await live.flush()
    expect(live.counts().trade).toEqual({ ...none, failed: 1 })
    live.write('data', someTrades(2, 10))
    await live.close()
    expect(live.counts().trade).toEqual({ ...none, failed: 1, written: 2 })

    const replay = aStore({ overflow: 'wait' })
    replay.write('data', [bad, aQuote({ seq: 2 })])
    await expect(replay.close()).rejects.toMatchObject({ code: 'rejected', retryable: false })
    expect(replay.health()).toMatchObject({ isHealthy: false, fault: { code: 'rejected' } })
    expect(await countOf('quotes')).toBe(1)
  })

  it('continues, without losing or doubling a row, when its connections are cut in the middle', async () => {
    const history = aStore({ maxBufferedRows: 2000, maxBatchRows: 500 })
    for (let seq = 1; seq <= 20_000; seq += 500) {
      history.write('data', someTrades(500, seq))
      if (seq % 5000 === 1) {
        void history.flush()
        const others =
          "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'triplane'"
        await pool.query(others)
      }
      if (history.isFull) await history.ready()
    }
    await history.close()
    expect(await countOf('trades')).toBe(20_000)
    expect(history.counts().trade?.failed).toBe(0)
  })

  describe('with a server that goes down', () => {
    let place: string
    let away: EmbeddedPostgres
    let own: Database
    const ownStore = (options: Partial<HistoryStoreOptions>) =>
      aStore({ pool: own.pool, ...(threads[1] && { writers: threads[1] }), ...options })

    beforeAll(async () => {
      place = aFolder()
      away = await startEmbeddedPostgres({ folder: place })
      own = await openDatabase({ url: away.url, embedded: { folder: place } })
      if (hasThread) threads.push(workerWriters(workerFile, { url: away.url }))
    })
    afterAll(async () => {
      await own.close()
      await away.stop()
    })

    it('stores everything after the server was restarted', async () => {
      const history = ownStore({ overflow: 'wait' })
      history.write('data', someTrades(100))
      await history.flush()
      await away.stop()
      history.write('data', someTrades(100, 101))
      const flushed = history.flush()
      away = await startEmbeddedPostgres({ folder: place, port: Number(new URL(away.url).port) })
      await flushed
      await history.close()
      const { rows: found } = await own.pool.query('select count(*)::int as n from trades where run_id = $1', [runId])
      expect(found[0].n).toBe(200)
    })

    it('gives up in the end: counted live, an error in a replay', async () => {
      await away.stop()
      const live = ownStore({ overflow: 'drop', patienceMs: 1 })
      live.write('data', someTrades(10))
      await live.close()
      expect(live.counts().trade).toEqual({ ...none, failed: 10 })
      expect(live.health()).toMatchObject({ isHealthy: false, fault: { code: 'unavailable', retryable: true } })
      const replay = ownStore({ overflow: 'wait', patienceMs: 1, maxBufferedRows: 5 })
      replay.write('data', someTrades(10))
      await expect(replay.ready()).rejects.toMatchObject({ code: 'unavailable' })
      await expect(replay.close()).rejects.toMatchObject({ code: 'unavailable' })
    })
  })

  it('reports a server that does not answer, without the password', async () => {
    const nobody = 'postgresql://triplane:secret@127.0.0.1:9/triplane'
    const outcome = openDatabase({ url: nobody, embedded: { folder } })
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable', message: expect.not.stringContaining('secret') })
  })
}
