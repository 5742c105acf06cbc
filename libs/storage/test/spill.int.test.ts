import type { Event, EventType, Trade } from '@triplane/contracts'
import { anOrderEvent, aQuote, aTrade, testStartUs } from '@triplane/testing'
import { describeWithDocker, startPostgres } from '@triplane/testing/containers'
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { HistoryStore, openDatabaseEventually, type EventualDatabase, type HistoryObserver } from '../src/index.ts'
import type { EventualState } from '../src/eventual-database.ts'
import type { HistoryStoreOptions } from '../src/history/history-options.ts'
import { aFolder, removeFolders } from './postgres-suite.ts'

const repository = join(__dirname, '../../..')

const someTrades = (count: number, from = 1): Trade[] =>
  Array.from({ length: count }, (_, i) =>
    aTrade({ seq: from + i, tsRecvUs: testStartUs + from + i, tradeId: from + i }),
  )
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

describeWithDocker(['postgres'], 'history that goes on while the database is away', () => {
  jest.setTimeout(90_000)
  let server: Awaited<ReturnType<typeof startPostgres>>
  let database: EventualDatabase
  let folder: string
  let runs = 0
  let runId = ''
  const stores: HistoryStore[] = []

  beforeAll(async () => {
    server = await startPostgres('postgres')
    database = openDatabaseEventually({ url: server.url })
    await database.ready
  })
  beforeEach(() => {
    runId = `run-${++runs}`
    folder = aFolder()
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })
  afterAll(async () => {
    await database?.close()
    await server?.remove()
    removeFolders()
  })

  function aStore(options: Partial<HistoryStoreOptions> = {}, maxBytes = 1e9): HistoryStore {
    const spill = { folder, maxBytes, segmentBytes: 100_000 }
    const store = new HistoryStore({ pool: database.pool, runId, overflow: 'spill', spill, ...options })
    stores.push(store)
    return store
  }

  /** Sequences in the order of storing: nothing was ever removed from the table. */
  async function storedOf(run = runId, pool: pg.Pool = database.pool): Promise<number[]> {
    const { rows } = await pool.query('select seq::int from trades where run_id = $1 order by tableoid, ctid', [run])
    return rows.map(({ seq }) => seq)
  }

  const spillFiles = () => readdirSync(folder).filter((name) => name !== 'owner')

  /** An observer that counts the trades reported to it, of any run. */
  function told() {
    const trades = { written: 0, known: 0, lost: 0 }
    const lost = (_: EventType, rows: number) => void (trades.lost += rows)
    const observer: HistoryObserver = {
      stored(_, rows, known) {
        trades.written += rows - known
        trades.known += known
      },
      failed: lost,
      dropped: lost,
    }
    return { trades, observer }
  }

  /** Counts of the store's own run: all zero, because the rows it stored are another's. */
  const nothing = { written: 0, known: 0, failed: 0, dropped: 0, spilled: 0 }

  it('has every row once and in order after the server was down, and removes the files', async () => {
    const history = aStore({ maxBufferedRows: 1000 })
    history.write('data', someTrades(100))
    await history.flush()
    expect(spillFiles()).toEqual([])
    server.kill()
    for (let seq = 101; seq <= 20_000; seq += 100) {
      history.write('data', someTrades(100, seq))
      if (seq % 5000 === 1) await history.settled()
    }
    await history.settled()
    const { spilledRows, spilledBytes, bufferedRows, fault } = history.health()
    expect({ spilledRows, bufferedRows, fault }).toMatchObject({
      spilledRows: 19_900,
      bufferedRows: 0,
      fault: { code: 'unavailable' },
    })
    expect(spilledBytes).toBeGreaterThan(19_900 * 100)
    expect(spillFiles().length).toBeGreaterThan(10)
    server.start()
    history.write('data', someTrades(1000, 20_001))
    await history.flush()
    history.write('data', someTrades(1000, 21_001))
    await history.flush()
    expect(await storedOf()).toEqual(upTo(22_000))
    expect(history.counts().trade).toMatchObject({ written: 22_000, known: 0, failed: 0, dropped: 0 })
    expect(history.counts().trade?.spilled).toBeGreaterThanOrEqual(19_900)
    expect(history.health()).toMatchObject({ isHealthy: true, spilledRows: 0, spilledBytes: 0, tornRows: 0 })
    expect(spillFiles()).toEqual([])
  })

  it('keeps types apart, and the last state of an order, across the disk', async () => {
    const history = aStore()
    server.stop()
    const states = ['received', 'approved', 'acknowledged', 'filled'] as const
    const events: Event[] = states.map((state, i) => anOrderEvent({ seq: i + 1, state }))
    history.write('order', [...events, ...events])
    history.write('data', [...someTrades(10), aQuote({ seq: 11 })])
    await history.settled()
    server.start()
    await history.flush()
    expect(history.counts()).toMatchObject({
      orderEvent: { written: 4, known: 4 },
      trade: { written: 10 },
      quote: { written: 1 },
    })
    const { rows } = await database.pool.query('select state, seq::int from orders where run_id = $1', [runId])
    expect(rows).toEqual([{ state: 'filled', seq: 4 }])
  })

  it('settles on the disk while the server hangs, and stores each row once when it resumes', async () => {
    const history = aStore({ settleTimeoutMs: 300 })
    history.write('data', someTrades(10))
    await history.flush()
    const docker = (command: string) => spawnSync('docker', [command, server.container.getId()]).status
    expect(docker('pause')).toBe(0)
    history.write('data', someTrades(1000, 11))
    void history.flush()
    await history.settled()
    expect(history.health()).toMatchObject({ bufferedRows: 0, spilledRows: 1000 })
    history.write('data', someTrades(1000, 1011))
    await history.settled()
    expect(history.health()).toMatchObject({ bufferedRows: 0, spilledRows: 2000 })
    expect(docker('unpause')).toBe(0)
    await history.flush()
    expect(await storedOf()).toEqual(upTo(2010))
    // Rows on their way when they were spilled may have been stored from either.
    const { written = 0, known = 0 } = history.counts().trade ?? {}
    expect(written + known).toBe(2010)
  })

  it('spills rows beyond the memory limit while the server is up', async () => {
    const history = aStore({ maxBufferedRows: 500, maxBatchRows: 200 })
    history.write('data', someTrades(30_000))
    expect(history.health().bufferedRows).toBeLessThanOrEqual(500)
    await history.flush()
    expect(await storedOf()).toEqual(upTo(30_000))
    expect(history.counts().trade).toMatchObject({ dropped: 0, failed: 0 })
    expect(history.counts().trade?.spilled).toBeGreaterThan(20_000)
  })

  it('can start while the server is down: rows are stored under their own runs when it is up', async () => {
    server.stop()
    const seen: EventualState['state'][] = []
    const later = openDatabaseEventually({ url: server.url }, ({ state }) => seen.push(state))
    const first = aStore({ pool: later.pool, isReady: () => later.isReady })
    first.write('data', someTrades(3000))
    await first.close()
    const second = aStore({ pool: later.pool, isReady: () => later.isReady, runId: `${runId}-next` })
    second.write('data', someTrades(500))
    await second.settled()
    expect(second.health().spilledRows).toBe(3500)
    expect(later.isReady).toBe(false)
    server.start()
    await later.ready
    await second.flush()
    expect(await storedOf()).toEqual(upTo(3000))
    expect(await storedOf(`${runId}-next`)).toEqual(upTo(500))
    expect([seen[0], seen.at(-1), later.isReady]).toEqual(['away', 'ready', true])
    await second.close()
    await later.close()
  })

  it('loses no settled row when the writing process is killed', async () => {
    server.stop()
    const args = ['--import', 'tsx', join(__dirname, 'spill-and-die.ts'), server.url, folder, runId]
    const child = spawn(process.execPath, args, { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] })
    let settled = 0
    const died = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      settled = Number(text.trim().split('\n').at(-1))
      if (settled > 20_000) child.kill('SIGKILL')
    })
    expect(await died).toBe('SIGKILL')
    // The remains of a kill in the middle of a write.
    appendFileSync(join(folder, spillFiles().sort().at(-1) as string), '0badc0de ["data",{"type":"tra')
    server.start()
    const { trades, observer } = told()
    const history = aStore({ runId: `${runId}-other`, observer })
    await history.flush()
    const stored = await storedOf()
    expect(stored).toEqual(upTo(stored.length))
    expect(stored.length).toBeGreaterThanOrEqual(settled)
    expect(settled).toBeGreaterThan(20_000)
    expect(trades).toEqual({ written: stored.length, known: 0, lost: 0 })
    expect(history.counts().trade).toEqual(nothing)
    expect(history.health()).toMatchObject({ tornRows: 1, spilledRows: 0, spilledBytes: 0 })
    expect(spillFiles()).toEqual([])
  })

  it('stores once the rows that a process stored but did not live to remove', async () => {
    server.stop()
    const first = aStore()
    first.write('data', someTrades(100))
    await first.close()
    server.start()
    const copy = new HistoryStore({ pool: database.pool, runId, overflow: 'wait' })
    copy.write('data', someTrades(60))
    await copy.close()
    const { trades, observer } = told()
    const second = aStore({ runId: 'another', observer })
    await second.flush()
    expect(trades).toEqual({ written: 40, known: 60, lost: 0 })
    expect(second.counts().trade).toEqual(nothing)
    expect(await storedOf()).toEqual(upTo(100))
  })

  it('drops and counts rows beyond the disk limit, and stores the rest', async () => {
    server.stop()
    const history = aStore({ maxBufferedRows: 1000 }, 500_000)
    for (let seq = 1; seq <= 10_000; seq += 500) history.write('data', someTrades(500, seq))
    await history.settled()
    const { spilledRows, spilledBytes, spillFault, isHealthy } = history.health()
    const dropped = history.counts().trade?.dropped ?? 0
    expect(spilledBytes).toBeLessThanOrEqual(500_000)
    expect({ isHealthy, spillFault }).toMatchObject({ isHealthy: false, spillFault: { code: 'spill_failed' } })
    expect(dropped + spilledRows).toBe(10_000)
    expect(spilledRows).toBeGreaterThan(1000)
    server.start()
    await history.flush()
    expect(await storedOf()).toEqual(upTo(spilledRows))
    expect(history.health()).toMatchObject({ isHealthy: true, spilledRows: 0 })
    history.write('data', someTrades(10, 20_001))
    await history.flush()
    expect((await storedOf()).length).toBe(spilledRows + 10)
  })

  it('keeps rows while the server refuses us, and gives up those that it rejects', async () => {
    const wrong = new URL(server.url)
    wrong.password = 'changed'
    const shut = openDatabaseEventually({ url: wrong.href })
    const history = aStore({ pool: shut.pool })
    history.write('data', someTrades(10))
    await history.settled()
    expect(history.health()).toMatchObject({ spilledRows: 10, fault: { code: 'rejected' } })
    await history.close()
    await shut.close()
    const next = aStore()
    await next.flush()
    next.write('data', [aTrade({ seq: 11, tradeId: 1e21 })])
    await next.flush()
    next.write('data', someTrades(1, 12))
    await next.flush()
    expect(next.counts().trade).toMatchObject({ written: 11, failed: 1 })
    expect(await storedOf()).toEqual([...upTo(10), 12])
  })
})
