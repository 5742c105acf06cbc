import { timeframes, type Trade } from '@triplane/contracts'
import { US_PER_DAY, US_PER_MINUTE } from '@triplane/kernel'
import fc from 'fast-check'
import pg from 'pg'
import { HistoryStore, openDatabase, queryBars, RollupJob, StorageMaintenance, type Database } from '../src/index.ts'
import { RetentionJob } from '../src/grades/retention-job.ts'
import { allMigrations } from '../src/migrations/all-migrations.ts'
import { migrate } from '../src/migrations/migrate.ts'
import { describeGrades } from './grade-server.ts'
import { barsOf, builtTrades } from './grade-trades.ts'

const embedded = { folder: '/never/used' }
const days = (count: number) => count * US_PER_DAY
const nowUs = () => Date.now() * 1000
const today = Math.floor(nowUs() / US_PER_DAY)

/** The steps of a database's history: store trades of some minutes of a day, roll up, drop days older than a number of days. */
type Step =
  | { readonly what: 'store'; readonly run: number; readonly day: number; readonly part: number }
  | { readonly what: 'roll up' }
  | { readonly what: 'retain'; readonly days: number | undefined; readonly afterDays: number }

const PARTS = 4
/** 1970, a day of 2024 and the one after it, 60 days ago, yesterday, today. */
const someDays = [0, 19_943, 19_944, today - 60, today - 1, today]

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('store' as const),
      run: fc.nat(1),
      day: fc.constantFrom(...someDays),
      part: fc.nat(PARTS - 1),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ what: 'roll up' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('retain' as const),
      days: fc.constantFrom(undefined, 1, 30, 90),
      afterDays: fc.constantFrom(0, 2, 45, 200),
    }),
  },
)

/** Whole minutes of a day's trades, of two venues: once some trades of a minute are gone, no more of them may arrive. */
function tradesOf(run: number, day: number, part: number): Trade[] {
  const trades = [
    ...builtTrades(120, days(day) + 14 * 60 * US_PER_MINUTE, 7_300_000, { instrument: 'BTC/USDT@binance_spot' }),
    ...builtTrades(40, days(day) + 14 * 60 * US_PER_MINUTE, 19_000_000, { instrument: 'BTC/USDT@sim' }).map(
      (trade) => ({
        ...trade,
        seq: trade.seq + 1000,
      }),
    ),
  ]
  const partOf = (trade: Trade) => Math.floor(trade.tsEventUs / US_PER_MINUTE) % PARTS
  return trades
    .filter((trade) => partOf(trade) === part)
    .map((trade) => ({ ...trade, price: trade.price + run, seq: trade.seq + day * 10_000 }))
}

describeGrades('the same trades give the same bars', ({ grade, newDatabase }) => {
  jest.setTimeout(300_000)
  let database: Database
  let pool: pg.Pool

  beforeAll(async () => {
    database = await openDatabase({ url: await newDatabase(), embedded })
    pool = database.pool
  }, 180_000)
  afterAll(() => database?.close())

  async function store(runId: string, trades: readonly Trade[], to = pool): Promise<void> {
    const writer = new HistoryStore({ pool: to, runId, overflow: 'wait' })
    writer.write('data', trades)
    await writer.close()
  }

  async function expectBarsOf(runId: string, trades: readonly Trade[], from = pool): Promise<void> {
    for (const timeframe of timeframes) {
      const query = { runId, symbol: 'BTC/USDT', timeframe, fromUs: 0, toUs: days(today + 1000) }
      expect(await queryBars(from, query)).toEqual(barsOf(trades, timeframe))
    }
  }

  it('in any order of days and runs, whatever was kept before, at once and after retention', async () => {
    let number = 0
    const property = fc.asyncProperty(fc.array(aStep, { minLength: 4, maxLength: 14 }), async (steps) => {
      const prefix = `property-${++number}-`
      const stored = new Map<string, Trade[]>()
      for (const step of steps) {
        if (step.what === 'store') {
          const runId = `${prefix}${step.run}`
          const trades = tradesOf(step.run, step.day, step.part)
          const known = new Set(stored.get(runId)?.map(({ seq }) => seq))
          await store(runId, trades)
          const news = trades.filter(({ seq }) => !known.has(seq))
          stored.set(runId, [...(stored.get(runId) ?? []), ...news])
        } else if (step.what === 'roll up') {
          await new RollupJob(pool).pass()
        } else {
          const clock = { nowUs: () => nowUs() + days(step.afterDays), monotonicUs: () => 0 }
          const kept = step.days === undefined ? {} : { trades: step.days, quotes: step.days }
          await new RetentionJob({ pool, grade, days: kept, clock }).pass()
        }
      }
      const maintenance = new StorageMaintenance({ database })
      await maintenance.stop()
      for (const [runId, trades] of stored) await expectBarsOf(runId, trades)
    })
    await fc.assert(property, { numRuns: 12 })
  })

  it('when retention is raised from 30 days to 90: bars whose trades are gone stay, also after the next start', async () => {
    const url = await newDatabase()
    const [gone, kept] = [today - 60, today - 20].map((day) => builtTrades(300, days(day) + days(1) / 2, 7_000_000))
    const all = [...(gone ?? []), ...(kept ?? []).map((trade) => ({ ...trade, seq: trade.seq + 1000 }))]
    const clock = { nowUs: () => nowUs() + days(5), monotonicUs: () => 0 }
    const retain = (of: Database, keep: number) =>
      new RetentionJob({ pool: of.pool, grade, days: { trades: keep }, clock }).pass()
    const first = await openDatabase({ url, embedded })
    await store('raised', all, first.pool)
    await new RollupJob(first.pool).pass()
    await first.pool.query(`update history_days set written_at = written_at - interval '40 days'`)
    expect(await retain(first, 30)).toMatchObject([{ table: 'trades', rows: 300 }])
    expect(await retain(first, 90)).toEqual([])
    await new RollupJob(first.pool).pass()
    await first.close()

    const next = await openDatabase({ url, embedded })
    const maintenance = new StorageMaintenance({ database: next, retentionDays: { trades: 90 } })
    maintenance.start()
    await maintenance.stop()
    await expectBarsOf('raised', all, next.pool)
    await next.close()
  })

  it('while rows arrive, bars are made and days are dropped concurrently: no lock is a fault', async () => {
    const [old, trades] = [
      builtTrades(400, days(today - 61), 3_000_000),
      builtTrades(2000, days(today - 50), 3_000_000),
    ]
    await store('idle', old)
    await pool.query(
      `update history_days set written_at = written_at - interval '40 days' where day = date '1970-01-01' + $1::integer`,
      [today - 61],
    )
    let isOver = false
    const until = async (work: () => Promise<unknown>) => {
      while (!isOver) await work()
    }
    const write = async () => {
      for (let i = 0; i < trades.length; i += 100) await store('busy', trades.slice(i, i + 100))
      isOver = true
    }
    await Promise.all([
      write(),
      until(() => new RollupJob(pool).pass()),
      until(() => new RetentionJob({ pool, grade, days: { trades: 30 }, lockTimeoutMs: 20 }).pass()),
      until(() => openDatabase({ url: database.url, embedded }).then((other) => other.close())),
    ])
    await new RollupJob(pool).pass()
    await new RetentionJob({ pool, grade, days: { trades: 30 } }).pass()
    const left = `select run_id, count(*)::int as n from trades where run_id in ('idle', 'busy') group by 1`
    expect((await pool.query(left)).rows).toEqual([{ run_id: 'busy', n: trades.length }])
    await expectBarsOf('busy', trades)
    await expectBarsOf('idle', old)
  })

  it('that open with the first trade of their time and close with the last, however late these arrived', async () => {
    const count = 400
    // Two trades share each time. They arrive in another order: the first of a minute after the last.
    const trades = builtTrades(count, days(19_947), 1_500_000).map((trade, i) => ({
      ...trade,
      tsEventUs: trade.tsEventUs - (i % 2) * 1_500_000,
      seq: ((i * 149) % count) + 1,
    }))
    await store('revised', trades)
    await new RollupJob(pool).pass()
    await expectBarsOf('revised', trades)
    const newest = `select open, close from ohlcv_data where run_id = 'revised' and timeframe = '1m' order by time`
    const minutes = barsOf(trades, '1m')
    expect((await pool.query(newest)).rows).toEqual(minutes.map(({ open, close }) => ({ open, close })))
  })

  it('when a run has ended, without another pass', async () => {
    const trades = builtTrades(500, nowUs() - 20 * US_PER_MINUTE, 2_000_000)
    const failed: unknown[] = []
    const maintenance = new StorageMaintenance({
      database,
      rollupIntervalMs: 3_600_000,
      observer: { failed: (fault) => failed.push(fault) },
    })
    maintenance.start()
    await store('ended', trades)
    await maintenance.stop()
    await expectBarsOf('ended', trades)
    expect(failed).toEqual([])
  })

  it('when two processes end at once, one of which has the database', async () => {
    const trades = builtTrades(900, days(19_950), 2_000_000)
    const several = [1, 2, 3].map(() => new StorageMaintenance({ database, rollupIntervalMs: 1 }))
    for (const one of several) one.start()
    await store('together', trades)
    await Promise.all(several.map((one) => one.stop()))
    await expectBarsOf('together', trades)
  })

  it('on an older database, with the bars whose trades are gone', async () => {
    const url = await newDatabase()
    const old = new pg.Pool({ connectionString: url })
    old.on('error', () => undefined)
    await migrate(old, allMigrations.slice(0, 4))
    // Today's writer names a column that was not there before; it is dropped again before the upgrade.
    await old.query('alter table trades add column trade_ref text')
    const gone = builtTrades(400, days(19_943), 30_000_000)
    const left = builtTrades(400, days(19_960), 30_000_000).map((trade) => ({ ...trade, seq: trade.seq + 1000 }))
    const never = builtTrades(300, days(19_900), 30_000_000).map((trade) => ({ ...trade, seq: trade.seq + 2000 }))
    await store('old', [...gone, ...left], old)
    if (grade === 'timescale') {
      for (const timeframe of timeframes)
        await old.query(`call refresh_continuous_aggregate('bars_rollup_${timeframe}', null, null)`)
      await old.query(`select add_retention_policy('trades', drop_created_before => interval '31 days')`)
      await old.query(`select compress_chunk(chunk) from show_chunks('trades') as chunk`)
    } else await new RollupJob(old).pass()
    // Neither refreshed nor rolled up.
    await store('old', never, old)
    if (grade === 'timescale') {
      const day = `older_than => timestamptz '2024-08-09 00:00Z', newer_than => timestamptz '2024-08-08 00:00Z'`
      expect((await old.query(`select drop_chunks('trades', ${day})`)).rowCount).toBe(1)
    } else {
      const clock = { nowUs: () => nowUs() + days(2), monotonicUs: () => 0 }
      await old.query(`delete from history_days where table_name = 'trades' and day <> '2024-08-08'`)
      expect(await new RetentionJob({ pool: old, grade, days: { trades: 1 }, clock }).pass()).toHaveLength(1)
    }
    await old.query('alter table trades drop column trade_ref')
    await old.end()

    const migrated = await openDatabase({ url, embedded })
    try {
      await new RollupJob(migrated.pool).pass()
      await expectBarsOf('old', [...never, ...gone, ...left], migrated.pool)
      if (grade === 'timescale') {
        const jobs = `select proc_name, count(*)::int as n from timescaledb_information.jobs
          where hypertable_name is not null group by 1`
        expect((await migrated.pool.query(jobs)).rows).toEqual([{ proc_name: 'policy_compression', n: 6 }])
      }
    } finally {
      await migrated.close()
    }
  })
})
