import { symbolOf, type Event, type Timeframe, type Trade, venueOf } from '@triplane/contracts'
import { US_PER_DAY, US_PER_HOUR, US_PER_MINUTE } from '@triplane/kernel'
import { aDeadLetter, aFill, anOrderEvent, aQuote, aTrade, examples } from '@triplane/testing'
import pg from 'pg'
import {
  beginRun,
  endRun,
  HistoryStore,
  listDeadLetters,
  listRuns,
  openDatabase,
  queryBars,
  readDeadLetter,
  RollupJob,
  StorageMaintenance,
  storedEventTypes,
  type Database,
} from '../src/index.ts'
import { RetentionJob } from '../src/grades/retention-job.ts'
import { partitionedTables } from '../src/grades/partitioned-tables.ts'
import { history } from '../src/migrations/0001-history.ts'
import { migrate } from '../src/migrations/migrate.ts'
import { describeGrades } from './grade-server.ts'
import { barsOf, builtTrades } from './grade-trades.ts'

const day = (number: number) => number * US_PER_DAY
/** 2024-08-08 */
const august = 19_943
const timeframes: readonly Timeframe[] = ['1m', '5m', '15m', '1h', '1d']
const embedded = { folder: '/never/used' }

describeGrades('grades of storage', ({ grade, newDatabase }) => {
  jest.setTimeout(60_000)
  let database: Database
  let pool: pg.Pool
  let runs = 0
  let runId = ''

  beforeAll(async () => {
    database = await openDatabase({ url: await newDatabase(), embedded })
    pool = database.pool
  }, 180_000)
  beforeEach(() => {
    runId = `run-${++runs}`
  })
  afterAll(() => database?.close())

  async function store(events: readonly Event[], run = runId) {
    const writer = new HistoryStore({ pool, runId: run, overflow: 'wait' })
    writer.write('data', events)
    await writer.close()
    return writer.counts()
  }
  async function numberOf(sql: string, values: readonly unknown[] = [runId]): Promise<number> {
    const { rows } = await pool.query<{ n: string }>(sql, [...values])
    return Number(rows[0]?.n)
  }
  const countOf = (table: string) => numberOf(`select count(*) as n from ${table} where run_id = $1`)

  /** Updates the rollups; returns the number of computed minutes. */
  const rollUp = async (from = pool) => (await new RollupJob(from).pass())?.minutes ?? 0

  async function expectBarsOf(trades: readonly Trade[], run = runId) {
    const symbol = symbolOf(trades[0]?.instrument ?? '')
    for (const timeframe of timeframes) {
      const bars = await queryBars(pool, { runId: run, symbol, timeframe, fromUs: 0, toUs: day(30_000) })
      expect(bars).toEqual(barsOf(trades, timeframe))
    }
  }

  it('are detected and described in a line', async () => {
    expect(database.grade).toBe(grade)
    expect(database.description).toMatch(
      {
        timescale: /^TimescaleDB [\d.]+ on Postgres [\d.]+, community licence: hypertables, compression$/,
        timescale_apache: /^TimescaleDB [\d.]+ on Postgres [\d.]+, Apache licence: hypertables$/,
        postgres: /^Postgres [\d.]+, range partitions/,
      }[grade],
    )
  })

  it('are the same when the database is opened again', async () => {
    const again = await openDatabase({ url: database.url, embedded })
    expect([again.grade, again.description]).toEqual([database.grade, database.description])
    await again.close()
  })

  it('store every type once, in a partition of its day, whatever the day and however often', async () => {
    const days = [0, august, august + 1, 20_800]
    const events = storedEventTypes.flatMap((type) =>
      days.map((number, i) => movedTo(examples[type], day(number) + 1000, i + 1)),
    )
    const first = await store(events)
    const again = await store([...events, ...events])
    for (const type of storedEventTypes) {
      expect(first[type]).toMatchObject({ written: 4, known: 0, failed: 0 })
      expect(again[type]).toMatchObject({ written: 0, known: 8, failed: 0 })
    }
    for (const table of partitionedTables) {
      expect(await countOf(table)).toBe(4)
      expect(await numberOf(`select count(distinct tableoid) as n from ${table} where run_id = $1`)).toBe(4)
    }
    for (const table of ['orders', 'order_journal', 'fills', 'account_openings']) {
      expect(await numberOf(`select count(distinct tableoid) as n from ${table} where run_id = $1`)).toBe(1)
    }
  })

  it('skip known rows in large batches too, wherever in the batch they are', async () => {
    const trades = builtTrades(6000, day(august), 10_000_000)
    const writer = new HistoryStore({ pool, runId, overflow: 'wait', maxBatchRows: 1000 })
    const counts = []
    for (const [from, to] of [
      [0, 2000],
      [1500, 3500],
      [0, 3000],
      [3500, 6000],
    ] as const) {
      writer.write('data', trades.slice(from, to))
      await writer.flush()
      const { written, known } = writer.counts().trade ?? {}
      counts.push([written, known])
    }
    writer.write('data', [...trades.slice(0, 600), ...trades.slice(0, 600)])
    await writer.close()
    expect(counts).toEqual([
      [2000, 0],
      [3500, 500],
      [3500, 3500],
      [6000, 3500],
    ])
    expect(writer.counts().trade).toMatchObject({ written: 6000, known: 4700, failed: 0 })
    expect(await countOf('trades')).toBe(6000)
  })

  it('build bars of trades without ids in arrival order', async () => {
    const instrument = 'BTC/USD@sim'
    const prices = [100.2, 100.3, 100, 100.1]
    const trades = prices.map((price, i) => {
      const { tradeId: _, ...trade } = aTrade({ seq: i + 1, instrument, tsEventUs: day(august), price })
      return i === 1 ? { ...trade, tradeId: 'T2' } : trade
    })
    await store([...trades].reverse())
    await rollUp()
    const range = { fromUs: 0, toUs: day(30_000) }
    const bars = await queryBars(pool, { runId, symbol: 'BTC/USD', timeframe: '1m', ...range })
    expect(bars).toMatchObject([{ open: 100.2, high: 100.3, low: 100, close: 100.1, trades: 4 }])
  })

  it('separate the days at midnight, UTC, to the microsecond', async () => {
    const midnight = day(august + 40)
    await store([aTrade({ seq: 1, tsEventUs: midnight - 1 }), aTrade({ seq: 2, tsEventUs: midnight })])
    const { rows } = await pool.query('select seq::int from trades where run_id = $1 order by tableoid', [runId])
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2])
    expect(await numberOf('select count(distinct tableoid) as n from trades where run_id = $1')).toBe(2)
  })

  it('let several writers reach a new day at once', async () => {
    const fromUs = day(15_000)
    const writers = [0, 1, 2, 3].map((i) =>
      store(builtTrades(200, fromUs, US_PER_HOUR).map((trade) => ({ ...trade, seq: trade.seq + i * 1000 }))),
    )
    await Promise.all(writers)
    expect(await countOf('trades')).toBe(800)
    expect(await numberOf('select count(distinct tableoid) as n from trades where run_id = $1')).toBe(9)
  })

  describe('a database of the first migration', () => {
    it('is brought up to date with all of its rows', async () => {
      const url = await newDatabase()
      const old = new pg.Pool({ connectionString: url })
      await migrate(old, [history])
      const before: Record<string, Record<string, unknown>[]> = {}
      for (const table of [...partitionedTables, 'fills', 'orders', 'order_journal', 'runs']) {
        await insertSomeRows(old, table)
        before[table] = await rowsOf(old, table)
        expect(before[table]).toHaveLength(3)
      }
      expect(await migrate(old, [history])).toEqual([])
      await old.end()

      const migrated = await openDatabase({ url, embedded })
      try {
        for (const [table, rows] of Object.entries(before)) {
          const added: Record<string, object> = {
            dead_letters: { origin: null, raw_bytes: null, raw_sha256: null },
            bars: { incomplete: null, revised: null },
            trades: { trade_ref: null },
          }
          const want = rows.map((row) => ({ ...row, ...added[table] }))
          expect(await rowsOf(migrated.pool, table)).toEqual(want)
        }
        const days = 'select count(distinct tableoid)::int as n from trades'
        expect((await migrated.pool.query(days)).rows).toEqual([{ n: 2 }])
        await rollUp(migrated.pool)
        const bars = await queryBars(migrated.pool, {
          runId: 'text',
          symbol: 'text',
          timeframe: '1d',
          fromUs: 0,
          toUs: day(30_000),
        })
        expect(bars.map(({ openTimeUs, trades }) => [openTimeUs, trades])).toEqual([
          [day(august), 2],
          [day(august + 1), 1],
        ])
        const writer = new HistoryStore({ pool: migrated.pool, runId: 'text', overflow: 'wait' })
        writer.write('text', [aTrade({ seq: 1, tsEventUs: day(august) + 1 * 13 * US_PER_HOUR }), aTrade({ seq: 9 })])
        await writer.close()
        expect(writer.counts().trade).toMatchObject({ written: 1, known: 1 })
      } finally {
        await migrated.close()
      }
    })
  })

  describe('rollups', () => {
    it('are the bars of the trades, by run, venue and symbol, in every timeframe', async () => {
      const trades = builtTrades(5000, day(august) + 22 * US_PER_HOUR, 3_456_789)
      const elsewhere = builtTrades(300, day(august), 7 * US_PER_MINUTE, { instrument: 'BTC/USDT@zzz' }).map(
        (trade) => ({
          ...trade,
          seq: trade.seq + 10_000,
        }),
      )
      const other = builtTrades(100, day(august), US_PER_MINUTE, { instrument: 'ETH/USDT@sim' }).map((trade) => ({
        ...trade,
        seq: trade.seq + 20_000,
      }))
      await store([...trades, ...elsewhere, ...other])
      await store(trades.slice(0, 7), `${runId}-b`)
      await rollUp()
      await expectBarsOf([...trades, ...elsewhere])
      await expectBarsOf(other)
      await expectBarsOf(trades.slice(0, 7), `${runId}-b`)
      await rollUp()
      await expectBarsOf([...trades, ...elsewhere])
    })

    it('return the bars of the requested time', async () => {
      await store(builtTrades(60, day(august), US_PER_MINUTE))
      await rollUp()
      const query = { runId, symbol: 'BTC/USDT', timeframe: '5m' as const }
      const bars = await queryBars(pool, {
        ...query,
        fromUs: day(august) + 5 * US_PER_MINUTE,
        toUs: day(august) + 20 * US_PER_MINUTE,
      })
      expect(bars.map(({ openTimeUs }) => (openTimeUs - day(august)) / US_PER_MINUTE)).toEqual([5, 10, 15])
    })

    it('stay exact where sums of doubles are not', async () => {
      const trades = Array.from({ length: 1000 }, (_, i) =>
        aTrade({ seq: i + 1, tsEventUs: day(august), price: 0.1, size: 0.1 }),
      )
      await store(trades)
      await rollUp()
      const [bar] = await queryBars(pool, { runId, symbol: 'BTC/USDT', timeframe: '1d', fromUs: 0, toUs: day(30_000) })
      expect(bar).toMatchObject({ volume: 100, quoteVolume: 10, buyVolume: 100, vwap: 0.1 })
    })

    it('include late rows in existing bars', async () => {
      const trades = builtTrades(2000, day(august), 11_000_000)
      const late = trades.filter(({ seq }) => seq % 3 === 0)
      await store(trades.filter(({ seq }) => seq % 3 !== 0))
      await rollUp()
      await store(late)
      await rollUp()
      await expectBarsOf(trades)
    })

    it('compute new rows only, and nothing without any', async () => {
      const trades = builtTrades(600, day(august), 6_000_000)
      await store(trades.slice(0, 300))
      expect(await rollUp()).toBe(30)
      expect(await rollUp()).toBe(0)
      await store(trades.slice(0, 305))
      expect(await rollUp()).toBe(1)
      await expectBarsOf(trades.slice(0, 305))
    })

    it('are correct when several processes roll up while others write', async () => {
      const trades = builtTrades(8000, day(august), 2_000_000)
      const others = [1, 2, 3].map(() => new pg.Pool({ connectionString: database.url, max: 1 }))
      let isWriting = true
      const rollingUp = others.map(async (other) => {
        let passes = 0
        for (; isWriting; passes++) await rollUp(other)
        return passes
      })
      const parts = [0, 1].map((part) => trades.filter(({ seq }) => seq % 2 === part))
      const writing = parts.map(async (part) => {
        const writer = new HistoryStore({ pool, runId, overflow: 'wait', maxBatchRows: 50 })
        for (let i = 0; i < part.length; i += 50) {
          writer.write('data', part.slice(i, i + 50))
          await writer.flush()
        }
        await writer.close()
      })
      await Promise.all(writing)
      isWriting = false
      expect((await Promise.all(rollingUp)).reduce((sum, passes) => sum + passes)).toBeGreaterThan(3)
      await rollUp()
      await expectBarsOf(trades)
      expect(await numberOf('select count(*) as n from rollup_marks', [])).toBe(0)
      for (const other of others) await other.end()
    })

    it('keep a bar whose trades are gone when one more of its trades arrives', async () => {
      const trades = builtTrades(50, day(10_000), 6_000_000)
      await store(trades)
      await rollUp()
      const clock = { nowUs: () => Date.now() * 1000 + day(3), monotonicUs: () => 0 }
      const dropped = await new RetentionJob({ pool, grade, days: { trades: 1 }, clock }).pass()
      expect(dropped).toContainEqual({ table: 'trades', day: '1997-05-19', rows: 50 })
      await store([aTrade({ seq: 99, tsEventUs: day(10_000) + 1 })])
      await rollUp()
      await expectBarsOf(trades)
    })
  })

  describe('retention', () => {
    const nowUs = day(20_500) + 13 * US_PER_HOUR
    const clock = { nowUs: () => nowUs, monotonicUs: () => 0 }
    const agoUs = (days: number) => nowUs - day(days)

    it('drops the days that are over and were last written to longer ago than rows are kept, and no others', async () => {
      const url = await newDatabase()
      const own = await openDatabase({ url, embedded })
      try {
        const writer = new HistoryStore({ pool: own.pool, runId, overflow: 'wait' })
        const ages = [0, 9, 10, 11, 29, 30, 31, 700]
        for (const [i, age] of ages.entries()) {
          const times = { seq: i + 1, tsEventUs: agoUs(age), tsRecvUs: agoUs(age), effectUs: agoUs(age) }
          writer.write('data', [aTrade({ ...times, tradeId: age }), aQuote({ ...times, updateId: age })])
          writer.write('data', [aDeadLetter({ seq: i + 1, tsRecvUs: agoUs(age), detail: String(age) })])
          writer.write('data', [
            aFill({ ...times, fillId: `fill-${age}` }),
            anOrderEvent({ ...times, intentId: `${age}` }),
          ])
        }
        await writer.close()
        await own.pool.query("update history_days set written_at = day + interval '1 day'")
        // A replay of long ago, made a while ago, and one made recently.
        const replayed = 'update history_days set written_at = $1::timestamptz where day = $2::date'
        await own.pool.query(replayed, [
          new Date(agoUs(15) / 1000),
          new Date(agoUs(700) / 1000).toISOString().slice(0, 10),
        ])

        const job = new RetentionJob({ pool: own.pool, grade, days: { trades: 10, quotes: 30 }, clock })
        const left = async (table: string, column: string) => {
          const { rows } = await own.pool.query(`select ${column}::int as age from ${table} order by age`)
          return rows.map(({ age }) => age)
        }
        expect((await job.pass())?.map(({ table }) => table)).toEqual(['quotes'])
        // Trades wait until their bars are made.
        expect(await left('trades', 'trade_id')).toEqual(ages)
        await rollUp(own.pool)
        const dropped = await job.pass()
        expect(await left('trades', 'trade_id')).toEqual([0, 9, 10])
        expect(await left('quotes', 'update_id')).toEqual([0, 9, 10, 11, 29, 30, 700])
        expect(await left('dead_letters', 'detail')).toEqual(ages)
        expect(await left('fills', 'substr(fill_id, 6)')).toEqual(ages)
        expect(await left('orders', 'intent_id')).toEqual(ages)
        expect(await left('order_journal', 'intent_id')).toEqual(ages)
        expect(dropped?.map(({ table, rows }) => [table, rows])).toEqual(Array(5).fill(['trades', 1]))
        expect(await job.pass()).toEqual([])
        // Dropped rows can be stored again.
        const again = new HistoryStore({ pool: own.pool, runId, overflow: 'wait' })
        again.write('data', [aTrade({ seq: 4, tsEventUs: agoUs(11), tradeId: 11 })])
        await again.close()
        expect(await left('trades', 'trade_id')).toEqual([0, 9, 10, 11])
      } finally {
        await own.close()
      }
    })

    it('refuses tables that are kept forever, and invalid days', () => {
      const aJob = (days: object) => () => new RetentionJob({ pool, grade, days })
      expect(aJob({ fills: 10 })).toThrow(/was fills: 10/)
      expect(aJob({ trades: 0 })).toThrow(/was trades: 0/)
      expect(aJob({ trades: 1.5 })).toThrow(/was trades: 1.5/)
    })

    it('skips a table that is being read, and drops it the next time', async () => {
      const trade = aTrade({ tsEventUs: day(9_000), tsRecvUs: day(9_000) })
      await store([trade])
      await rollUp()
      const reader = await pool.connect()
      try {
        await reader.query('begin')
        await reader.query('select count(*) from trades')
        const late = { nowUs: () => Date.now() * 1000 + day(40), monotonicUs: () => 0 }
        const job = new RetentionJob({ pool, grade, days: { trades: 30 }, clock: late, lockTimeoutMs: 100 })
        expect(await job.pass()).toEqual([])
        await reader.query('commit')
        expect(await countOf('trades')).toBe(1)
        expect(await job.pass()).toContainEqual({ table: 'trades', day: '1994-08-23', rows: 1 })
        expect(await countOf('trades')).toBe(0)
      } finally {
        reader.release()
      }
    })
  })

  describe('maintenance', () => {
    it('rolls up by itself until it is stopped, and once more on stopping', async () => {
      const trades = builtTrades(100, day(august), US_PER_MINUTE)
      await store(trades)
      let passes = 0
      const twoPasses = new Promise<void>((resolve) => {
        const maintenance = new StorageMaintenance({
          database,
          rollupIntervalMs: 1,
          observer: {
            rolledUp() {
              if (++passes === 2) resolve(maintenance.stop())
            },
          },
        })
        maintenance.start()
      })
      await twoPasses
      await expectBarsOf(trades)
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(passes).toBe(3)
    })

    it('reports a failure, and retries', async () => {
      const away = new pg.Pool({
        connectionString: 'postgres://nobody@127.0.0.1:9/none',
        connectionTimeoutMillis: 1000,
      })
      const codes: string[] = []
      await new Promise<void>((resolve) => {
        const maintenance = new StorageMaintenance({
          database: { pool: away, grade: 'postgres' },
          rollupIntervalMs: 1,
          observer: {
            failed({ code }) {
              codes.push(code)
              if (codes.length === 4) resolve(maintenance.stop())
            },
          },
        })
        maintenance.start()
      })
      expect(new Set(codes)).toEqual(new Set(['unavailable']))
      await away.end()
    })
  })

  describe('queries', () => {
    it('list runs, newest first', async () => {
      const startedAtUs = day(25_000)
      await beginRun(pool, { runId: `${runId}-a`, mode: 'replay', startedAtUs, configuration: {} })
      await beginRun(pool, { runId: `${runId}-b`, mode: 'live', startedAtUs: startedAtUs + 1, configuration: {} })
      await endRun(pool, { runId: `${runId}-a`, endedAtUs: startedAtUs + 5, report: {} })
      expect(await listRuns(pool, 2)).toEqual([
        { runId: `${runId}-b`, mode: 'live', startedAtUs: startedAtUs + 1, endedAtUs: undefined },
        { runId: `${runId}-a`, mode: 'replay', startedAtUs, endedAtUs: startedAtUs + 5 },
      ])
    })

    it('list dead letters, newest first, and read one with its bytes', async () => {
      const fromBus = { topic: 'market.events.v2', partition: 3, offset: 42, key: 'sim/BTC' }
      const { venue: _venue, instrument: _instrument, ...plain } = aDeadLetter({ seq: 1, tsRecvUs: day(26_000) })
      await store([plain, aDeadLetter({ seq: 2, tsRecvUs: day(26_001), origin: fromBus, raw: '\x00\xff' })])
      const letters = await listDeadLetters(pool, { limit: 2 })
      const { type: _, raw, ...rest } = plain
      expect(letters).toEqual([
        expect.objectContaining({ runId, producer: 'data', seq: 2, origin: fromBus, venue: 'sim', rawBytes: 2 }),
        { ...rest, runId, producer: 'data', rawBytes: raw.length },
      ])
      expect(await listDeadLetters(pool, { limit: 9, runId: 'another' })).toEqual([])
      expect(await listDeadLetters(pool, { limit: 9, runId })).toEqual(letters)
      expect(await readDeadLetter(pool, { runId, producer: 'data', seq: 2 })).toEqual({
        ...letters[0],
        raw: Buffer.from([0x00, 0xff]),
      })
      expect(await readDeadLetter(pool, { runId, producer: 'data', seq: 3 })).toBeUndefined()
    })

    it('have views of every run for dashboards', async () => {
      await store([examples.trade, examples.bar])
      await rollUp()
      const symbol = symbolOf(examples.trade.instrument)
      const venue = venueOf(examples.trade.instrument)
      const read = (view: string) => pool.query(`select * from ${view} where run_id = $1 order by time`, [runId])
      expect((await read('trades_stream')).rows).toMatchObject([
        { symbol, exchange: venue, price: 61_800.3, side: 'buy' },
      ])
      expect((await read('dashboard_candles')).rows).toMatchObject([
        { symbol, exchange: venue, timeframe: '1m', open: 61_800.3 },
      ])
      expect((await read('dashboard_bars')).rows).toHaveLength(5)
    })
  })

  if (grade === 'timescale_apache') {
    it('are refused when the licence that the database was made for is gone', async () => {
      const url = await newDatabase()
      const made = await openDatabase({ url, embedded })
      await made.pool.query("update storage_grade set grade = 'timescale'")
      await made.close()
      await expect(openDatabase({ url, embedded })).rejects.toMatchObject({ code: 'grade_lost', retryable: false })
    })

    it('are plain Postgres for a user who may not create the extension, even when it is there later', async () => {
      const url = new URL(await newDatabase())
      const admin = new pg.Pool({ connectionString: url.href })
      await admin.query("create role modest login password 'modest'")
      await admin.query('grant all on schema public to modest')
      url.username = url.password = 'modest'
      const modest = await openDatabase({ url: url.href, embedded })
      expect(modest.grade).toBe('postgres')
      expect(modest.description).toMatch(/^Postgres .*\(the server has TimescaleDB, the database has not\)$/)
      await modest.close()
      await admin.query('create extension timescaledb')
      await admin.end()
      const later = await openDatabase({ url: url.href, embedded })
      expect(later.grade).toBe('postgres')
      expect(later.description).toMatch(/\(the server offers timescale_apache, the database was made before\)$/)
      await later.close()
    })
  }
})

/** The event with all of its times moved. */
function movedTo(event: Event, timeUs: number, seq: number): Event {
  const isTime = (name: string) => /^(ts\w+|effectUs)$/.test(name)
  const moved = Object.entries(event).map(([name, value]) => [name, isTime(name) ? timeUs : value] as const)
  const ids: Readonly<Record<string, object>> = {
    fill: { fillId: `fill-${seq}` },
    orderEvent: { intentId: `intent-${seq}` },
    accountOpened: { openingId: `opening-${seq}` },
  }
  return { ...(Object.fromEntries(moved) as unknown as Event), seq, ...ids[event.type] }
}

/** Three rows, on two days, with values that fit the columns' types. */
async function insertSomeRows(pool: pg.Pool, table: string): Promise<void> {
  const { rows: columns } = await pool.query<{ name: string; type: string }>(
    'select column_name as name, data_type as type from information_schema.columns where table_name = $1',
    [table],
  )
  for (const seq of [1, 2, 3]) {
    const at = new Date((day(august) + seq * 13 * US_PER_HOUR - (seq === 2 ? 6 * US_PER_HOUR : 0)) / 1000)
    const valueOf = ({ name, type }: { name: string; type: string }) => {
      if (name === 'run_id' && table === 'runs') return `text ${seq}`
      if (/^(intent|fill)_id$/.test(name)) return String(seq)
      if (type === 'text') return 'text'
      if (type.startsWith('timestamp')) return at
      if (type === 'jsonb') return '{"some": [1.50]}'
      if (type === 'bytea') return Buffer.from([0, 255])
      if (type === 'boolean') return true
      return seq
    }
    const places = columns.map((_, i) => `$${i + 1}`)
    const names = columns.map(({ name }) => name)
    await pool.query(`insert into ${table} (${names.join()}) values (${places.join()})`, columns.map(valueOf))
  }
}

async function rowsOf(pool: pg.Pool, table: string): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query(`select to_jsonb(t) as row from ${table} t order by row`)
  return rows.map(({ row }) => row)
}
