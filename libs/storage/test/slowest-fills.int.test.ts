import { testStartUs } from '@triplane/testing'
import { join } from 'node:path'
import { createSlowestFills, openDatabase, type Database, type StorageError } from '../src/index.ts'
import type { SlowestFillsOptions, SlowFill } from '../src/slowest-fills/slowest-fills.ts'
import { createPool } from '../src/pool.ts'
import { aFolder, describeWithPostgres, removeFolders } from './postgres-suite.ts'

const aSlowFill = (totalUs: number, fill: Partial<SlowFill> = {}): SlowFill => ({
  runId: 'run-1',
  intentId: `intent-${totalUs}`,
  fillId: `fill-${totalUs}`,
  strategy: 'OFI',
  symbol: 'BTC/USDT',
  totalUs,
  timeUs: testStartUs,
  ...fill,
})

describeWithPostgres('the slowest fills', () => {
  jest.setTimeout(60_000)
  let database: Database

  beforeAll(async () => {
    database = await openDatabase({ embedded: { folder: join(aFolder(), 'postgres') } })
  })
  beforeEach(() => database.pool.query('truncate slowest_fills'))
  afterAll(async () => {
    await database?.close()
    removeFolders()
  })

  const aStore = (options: Partial<SlowestFillsOptions> = {}) =>
    createSlowestFills({ pool: database.pool, keep: 3, intervalMs: 3_600_000, ...options })

  async function stored(runId = 'run-1'): Promise<number[]> {
    const sql = 'select total_us::int from slowest_fills where run_id = $1 order by total_us desc'
    return (await database.pool.query(sql, [runId])).rows.map(({ total_us }) => total_us)
  }

  it('are stored with their traces, to the microsecond', async () => {
    const store = aStore()
    store.note(aSlowFill(70.4, { fillId: 'f', tickToOrderUs: 30.6, traceId: 'ab'.repeat(16), timeUs: testStartUs + 1 }))
    await store.close()
    expect((await database.pool.query('select to_jsonb(t) as row from slowest_fills t')).rows).toEqual([
      {
        row: {
          run_id: 'run-1',
          fill_id: 'f',
          intent_id: 'intent-70.4',
          strategy: 'OFI',
          symbol: 'BTC/USDT',
          total_us: 70,
          tick_to_order_us: 31,
          trace_id: 'ab'.repeat(16),
          time: '2024-08-08T14:30:00.000001+00:00',
        },
      },
    ])
  })

  it('are the slowest of the run over all intervals, up to the limit, each once', async () => {
    const store = aStore()
    for (const us of [5, 90, 20, 70, 10, 80]) store.note(aSlowFill(us))
    await store.flush()
    expect(await stored()).toEqual([90, 80, 70])
    for (const us of [75, 90, 1, 100]) store.note(aSlowFill(us))
    await store.flush()
    expect(await stored()).toEqual([100, 90, 80])
    store.note(aSlowFill(2, { runId: 'run-2' }))
    await store.close()
    expect([await stored(), await stored('run-2')]).toEqual([[100, 90, 80], [2]])
  })

  it('are stored after the interval', async () => {
    const store = aStore({ intervalMs: 1 })
    store.note(aSlowFill(7))
    for (let attempt = 0; (await stored()).length === 0 && attempt < 1000; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(await stored()).toEqual([7])
    await store.close()
  })

  it('wait, up to the limit, while the database is down or not ready', async () => {
    const pool = createPool('postgresql://triplane:secret@127.0.0.1:9/triplane')
    const faults: StorageError[] = []
    const away = aStore({ pool, onFault: (fault) => faults.push(fault) })
    away.note(aSlowFill(1))
    await expect(away.flush()).rejects.toMatchObject({ code: 'unavailable' })
    await away.close()
    expect(faults).toMatchObject([{ code: 'unavailable' }])
    await pool.end()

    let isReady = false
    const early = aStore({ isReady: () => isReady })
    for (const us of [1, 2, 3, 4]) early.note(aSlowFill(us))
    await early.flush()
    expect(await stored()).toEqual([])
    isReady = true
    await early.close()
    expect(await stored()).toEqual([4, 3, 2])
  })
})
