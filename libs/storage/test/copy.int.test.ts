import { timeframes, type Event } from '@triplane/contracts'
import { aBar, aFill, anOrderEvent, aQuote, aTrade, examples, testStartUs } from '@triplane/testing'
import { join } from 'node:path'
import pg from 'pg'
import { copiedTables } from '../src/copy/copied-tables.ts'
import {
  beginRun,
  copyStorage,
  createAuditLog,
  createSlowestFills,
  endRun,
  HistoryStore,
  openDatabase,
  RollupJob,
  type Database,
} from '../src/index.ts'
import type { CopyProgress } from '../src/copy/copy-storage.ts'
import { describeGrades } from './grade-server.ts'
import { aFolder } from './postgres-suite.ts'

const TRADES = 1200
const US_PER_DAY = 86_400_000_000
const key = Buffer.alloc(32, 1)
const notCopied = ['copy_progress', 'history_days', 'rollup_marks', 'schema_migrations', 'storage_grade']

describeGrades('storage copy', (server) => {
  jest.setTimeout(90_000)
  let from: Database
  let to: Database

  beforeAll(async () => {
    from = await openDatabase({ embedded: { folder: join(aFolder(), 'postgres') } })
    await fillSource()
  })
  beforeEach(async () => {
    to = await openDatabase({ url: await server.newDatabase(), embedded: { folder: aFolder() } })
  })
  afterEach(() => to?.close())
  afterAll(() => from?.close())

  const aRun = (runId: string) => ({ runId, mode: 'replay', startedAtUs: testStartUs, configuration: { seed: 7 } })

  async function store(events: readonly Event[], runId: string, database = from): Promise<void> {
    const history = new HistoryStore({ pool: database.pool, runId, overflow: 'wait' })
    history.write('data', events)
    await history.close()
  }

  /** Two runs, three days, every table. */
  async function fillSource(): Promise<void> {
    const trades = TRADES / 2
    for (const runId of ['run-b', 'run-a']) {
      await beginRun(from.pool, aRun(runId))
      const some = Array.from({ length: trades }, (_, i) => {
        const us = testStartUs + Math.floor((i * 3 * US_PER_DAY) / trades)
        return aTrade({ seq: i + 1, tradeId: i + 1, tsRecvUs: us, tsEventUs: us, price: 61_800 + i / 7 })
      })
      const { tsEventUs: _, ...quote } = aQuote({ seq: 9001, instrument: 'a\t"b"\\N\nü@sim' })
      const others = [quote, aBar({ seq: 9002, closed: true }), { ...examples.ofi, seq: 9003 }]
      const ours = [{ ...examples.signal, seq: 9004 }, anOrderEvent({ seq: 9005 }), aFill({ seq: 9006 })]
      const rest = [
        { ...examples.portfolioState, seq: 9007 },
        { ...examples.deadLetter, seq: 9008 },
        { ...examples.accountOpened, seq: 9009 },
      ]
      await store([...some, ...others, ...ours, ...rest], runId)
    }
    await new RollupJob(from.pool).pass()
    const audit = createAuditLog({ pool: from.pool, key })
    for (let i = 0; i < 12; i++) {
      await audit.append({ account: 'a', command: 'halt', who: 'o', why: 'w', before: { i }, outcome: 'done' })
    }
    await audit.close()
    const slowest = createSlowestFills({ pool: from.pool })
    slowest.note({
      runId: 'run-a',
      fillId: 'f',
      intentId: 'i',
      strategy: 's',
      symbol: 'x',
      totalUs: 5,
      timeUs: testStartUs,
    })
    await slowest.close()
  }

  async function rowsOf({ pool }: Database, table: string): Promise<unknown[]> {
    const { rows } = await pool.query(
      `select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text collate "C"`,
    )
    return rows.map(({ row }) => row)
  }

  async function expectEqual(): Promise<void> {
    for (const { name } of copiedTables) {
      const rows = await rowsOf(from, name)
      expect(rows.length).toBeGreaterThan(0)
      expect(await rowsOf(to, name)).toEqual(rows)
    }
  }

  it('knows every table of the schema', async () => {
    const { rows } = await from.pool.query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition",
    )
    const known = rows.map(({ relname }) => relname)
    expect(known.sort()).toEqual(
      [...copiedTables.map(({ name }) => name), ...notCopied].filter((name) => known.includes(name)).sort(),
    )
    expect(copiedTables.every(({ name }) => known.includes(name))).toBe(true)
  })

  it('copies every row of every table, verifies the audit, and has nothing to do the second time', async () => {
    const seen: CopyProgress[] = []
    const report = await copyStorage({
      from: from.pool,
      to: to.pool,
      batchRows: 250,
      onProgress: (progress) => seen.push(progress),
      auditKey: key,
    })
    expect(report).toMatchObject({ isComplete: true, audit: { isIntact: true, rows: 12 } })
    expect(report.tables.find(({ table }) => table === 'trades')).toEqual({
      table: 'trades',
      sourceRows: TRADES,
      newRows: TRADES,
      isEqual: true,
    })
    await expectEqual()
    const ofTrades = seen.filter(({ table }) => table === 'trades')
    expect(ofTrades.map(({ rows }) => rows)).toEqual([0, 250, 500, 750, 1000, TRADES])
    expect(ofTrades[0]).toMatchObject({ tableNumber: 2, tables: copiedTables.length, totalRows: TRADES })
    expect(await rowsOf(to, 'copy_progress')).toEqual([])

    const again = await copyStorage({ from: from.pool, to: to.pool, auditKey: key })
    expect(again.isComplete).toBe(true)
    expect(again.tables.map(({ newRows }) => newRows)).toEqual(copiedTables.map(() => 0))
  })

  it('resumes where it was interrupted, with every row once', async () => {
    const stop = new AbortController()
    const broken = copyStorage({
      from: from.pool,
      to: to.pool,
      batchRows: 100,
      signal: stop.signal,
      onProgress: ({ table, rows }) => {
        if (table === 'trades' && rows >= 700) stop.abort(new Error('enough'))
      },
    })
    await expect(broken).rejects.toThrow('enough')
    expect(await rowsOf(to, 'copy_progress')).toMatchObject([{ table_name: 'trades', copied_rows: 700 }])
    expect((await rowsOf(to, 'trades')).length).toBe(700)
    const report = await copyStorage({ from: from.pool, to: to.pool, batchRows: 100 })
    expect(report.isComplete).toBe(true)
    expect(report.tables.find(({ table }) => table === 'trades')).toMatchObject({
      newRows: TRADES - 700,
      sourceRows: TRADES,
    })
    await expectEqual()
  })

  it("keeps the target's own rows, and updates its rollups", async () => {
    await beginRun(to.pool, aRun('run-own'))
    await store([aTrade({ seq: 1 })], 'run-own', to)
    expect(await copyStorage({ from: from.pool, to: to.pool })).toMatchObject({ isComplete: true })
    expect((await rowsOf(to, 'trades')).length).toBe(TRADES + 1)
    await new RollupJob(to.pool).pass()
    const { rows } = await to.pool.query('select sum(trades)::int as trades from bars_rollup_1d')
    expect(rows).toEqual([{ trades: TRADES + 1 }])
  })

  it('copies bars whose trades are gone, and keeps them when the rest is rolled up again', async () => {
    const source = await openDatabase({ url: await server.newDatabase(), embedded: { folder: aFolder() } })
    try {
      await beginRun(source.pool, aRun('run-old'))
      const us = (i: number) => testStartUs + i * 20_000_000
      const trades = Array.from({ length: 90 }, (_, i) =>
        aTrade({ seq: i + 1, tradeId: i + 1, tsRecvUs: us(i), tsEventUs: us(i), price: 61_800 + i / 7 }),
      )
      await store(trades, 'run-old', source)
      await new RollupJob(source.pool).pass()
      // Like retention, in the middle of a bar of five minutes.
      await source.pool.query('delete from trades where seq <= 50')
      expect(await copyStorage({ from: source.pool, to: to.pool, batchRows: 7 })).toMatchObject({ isComplete: true })
      await new RollupJob(to.pool).pass()
      for (const timeframe of timeframes) {
        const bars = await rowsOf(source, `bars_rollup_${timeframe}`)
        expect(bars.length).toBeGreaterThan(0)
        expect(await rowsOf(to, `bars_rollup_${timeframe}`)).toEqual(bars)
      }
      expect(await copyStorage({ from: source.pool, to: to.pool })).toMatchObject({ isComplete: true })
    } finally {
      await source.close()
    }
  })

  it('is complete even if the target has rolled up more than the source', async () => {
    const source = await openDatabase({ url: await server.newDatabase(), embedded: { folder: aFolder() } })
    try {
      await beginRun(source.pool, aRun('run-new'))
      await store([aTrade({ seq: 1 })], 'run-new', source)
      await copyStorage({ from: source.pool, to: to.pool })
      await new RollupJob(to.pool).pass()
      expect(await copyStorage({ from: source.pool, to: to.pool })).toMatchObject({ isComplete: true })
      expect((await rowsOf(to, 'bars_rollup_1m')).length).toBe(1)
    } finally {
      await source.close()
    }
  })

  it('does not mix two audit chains', async () => {
    const own = createAuditLog({ pool: to.pool, key })
    await own.append({ account: 'b', command: 'halt', who: 'o', why: 'w', outcome: 'done' })
    await own.close()
    const report = await copyStorage({ from: from.pool, to: to.pool, auditKey: key })
    expect(report.isComplete).toBe(false)
    expect(report.tables.at(-1)).toEqual({
      table: 'audit_log',
      sourceRows: 12,
      newRows: 0,
      isEqual: false,
      refused: 'the target has an audit chain of its own',
    })
    expect(report.audit).toMatchObject({ isIntact: true, rows: 1 })
  })

  it('refuses to copy a database into itself, and reports when the target is down', async () => {
    await expect(copyStorage({ from: from.pool, to: from.pool })).rejects.toMatchObject({
      code: 'rejected',
      message: /the same/,
    })
    const nobody = new pg.Pool({ connectionString: 'postgresql://triplane:secret@127.0.0.1:9/triplane' })
    const outcome = copyStorage({ from: from.pool, to: nobody })
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    await nobody.end()
  })

  // Last, because it changes the source.
  it('copies rows added to the source meanwhile, and the newer state of a run and an order', async () => {
    const stop = new AbortController()
    const onProgress = ({ table, rows }: CopyProgress) => {
      if (table === 'fills' && rows > 0) stop.abort(new Error('enough'))
    }
    await expect(copyStorage({ from: from.pool, to: to.pool, signal: stop.signal, onProgress })).rejects.toThrow(
      'enough',
    )
    await store(
      [aTrade({ seq: 5000 }), anOrderEvent({ seq: 9105, state: 'filled' }), aFill({ seq: 9106, fillId: 'f-2' })],
      'run-a',
    )
    await endRun(from.pool, { runId: 'run-a', endedAtUs: testStartUs, report: { gaps: 0 } })
    expect(await copyStorage({ from: from.pool, to: to.pool })).toMatchObject({ isComplete: true })
    await expectEqual()
  })
})
