import type { Trade } from '@triplane/contracts'
import { aQuote, aTrade } from '@triplane/testing'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkedLine } from '../files/checked-lines.ts'
import { createPool } from '../pool.ts'
import { HistoryStore } from './history-store.ts'
import { Spill, type SpillOptions } from './spill.ts'
import type { SpilledRows } from './spill-segment.ts'

const rowsOf = (...seqs: number[]): SpilledRows => ({
  events: seqs.map((seq) => aTrade({ seq })),
  producers: seqs.map(() => 'data'),
})

/** The files with rows, without the owner file. */
const filesIn = (folder: string) => readdirSync(folder).filter((name) => name !== 'owner')

describe('the spill', () => {
  let folder: string
  let nowUs = 0
  const notices: string[] = []
  const clock = { nowUs: () => nowUs, monotonicUs: () => nowUs }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'triplane-spill-'))
    notices.length = 0
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const aSpill = (options: Partial<SpillOptions> = {}, runId = 'run-1') =>
    new Spill({ folder, maxBytes: 1e6, onNotice: (line) => notices.push(line), ...options }, runId, clock)

  /** Takes out everything, oldest first. */
  async function drain(spill: Spill): Promise<(readonly [runId: string, seq: number])[]> {
    const seen: (readonly [string, number])[] = []
    for (let segment = await spill.oldest(); segment !== undefined; segment = await spill.oldest()) {
      for (const { seq } of segment.events) seen.push([segment.runId, seq])
      spill.took(segment.events.length)
      await spill.removeOldest()
    }
    return seen
  }

  it('returns rows in order, across segments and processes, each under its own run', async () => {
    const first = aSpill({ segmentBytes: 500 })
    for (let seq = 1; seq <= 20; seq++) expect(first.append(rowsOf(seq))).toBe(true)
    await first.close()
    const second = aSpill({}, 'run-2')
    second.append(rowsOf(1, 2))
    const inOrder = [...Array.from({ length: 20 }, (_, i) => ['run-1', i + 1]), ['run-2', 1], ['run-2', 2]]
    expect(await drain(second)).toEqual(inOrder)
    expect({ rows: second.rows, bytes: second.bytes, isEmpty: second.isEmpty, files: filesIn(folder) }).toEqual({
      rows: 0,
      bytes: 0,
      isEmpty: true,
      files: [],
    })
    expect(notices).toEqual([`20 rows that an earlier process left in ${folder} will be stored`])
  })

  it('keeps rows that were read but not removed', async () => {
    const first = aSpill()
    first.append(rowsOf(1, 2, 3))
    const segment = await first.oldest()
    expect(segment?.events).toEqual(rowsOf(1, 2, 3).events)
    first.took(2)
    expect(first.rows).toBe(1)
    await first.close()
    expect(await drain(aSpill())).toEqual([1, 2, 3].map((seq) => ['run-1', seq]))
  })

  it('appends all rows or none, and never exceeds its limit', async () => {
    const spill = aSpill({ maxBytes: 2000 })
    let taken = 0
    while (spill.append(rowsOf(taken + 1, taken + 2))) taken += 2
    expect(taken).toBeGreaterThan(2)
    expect([spill.rows, spill.fault?.code]).toEqual([taken, 'spill_failed'])
    expect(spill.bytes).toBeLessThanOrEqual(2000)
    const onDisk = filesIn(folder).map((name) => readFileSync(join(folder, name)).length)
    expect(onDisk).toEqual([spill.bytes])
    expect((await drain(spill)).length).toBe(taken)
    expect([spill.append(rowsOf(1)), spill.fault]).toEqual([true, undefined])
    await spill.close()
  })

  it('cuts off a torn end and sets aside a file without a run', async () => {
    const first = aSpill()
    first.append(rowsOf(1, 2))
    await first.close()
    const [name = ''] = filesIn(folder)
    const bytes = readFileSync(join(folder, name))
    writeFileSync(join(folder, name), bytes.subarray(0, bytes.length - 5))
    writeFileSync(join(folder, 'spill-0000000007.rows'), bytes.subarray(bytes.indexOf('TPR', 1)))
    writeFileSync(join(folder, 'spill-0000000008.rows'), '')
    let told = 0
    const second = aSpill({ onTorn: (rows) => (told += rows) })
    expect(await drain(second)).toEqual([['run-1', 1]])
    expect([second.tornRows, told]).toEqual([2, 2])
    expect(filesIn(folder)).toEqual(['spill-0000000007.rows.damaged'])
    expect(notices).toEqual([
      'spill-0000000001.rows has 1 torn or damaged rows, which are left out',
      expect.stringContaining('kept as spill-0000000007.rows.damaged'),
      expect.stringContaining('1 rows that an earlier process left'),
    ])
    await second.close()
  })

  it('stores what a build before had left as lines of JSON', async () => {
    const events = rowsOf(1, 2).events
    const lines = [{ version: 1, runId: 'run-0' }, ...events.map((event) => ['data', event])]
    writeFileSync(join(folder, 'spill-0000000001.log'), lines.map((line) => checkedLine(JSON.stringify(line))).join(''))
    const spill = aSpill()
    spill.append(rowsOf(3))
    const segment = await spill.oldest()
    expect(segment).toEqual({ runId: 'run-0', events, producers: ['data', 'data'] })
    expect(await drain(spill)).toEqual([
      ['run-0', 1],
      ['run-0', 2],
      ['run-1', 3],
    ])
    await spill.close()
  })

  it('keeps the file of rows that it cannot read, stores the others, and counts them once', async () => {
    const first = aSpill()
    const [event] = rowsOf(2).events as [Trade]
    first.append({ events: [...rowsOf(1).events, { ...event, price: NaN }], producers: ['data', 'data'] })
    await first.close()
    const second = aSpill()
    await second.oldest()
    expect(await drain(second)).toEqual([['run-1', 1]])
    expect([second.rows, second.tornRows, filesIn(folder)]).toEqual([0, 1, ['spill-0000000001.rows.damaged']])
    expect(notices.at(-1)).toMatch(/^1 rows of the spill are left out: .*price.* Kept in spill-0000000001/)
    await second.close()
    expect((await drain(aSpill())).length).toBe(0)
  })

  it('retries a disk that failed after a second', async () => {
    const spill = aSpill()
    rmSync(folder, { recursive: true })
    expect([spill.append(rowsOf(1)), spill.fault?.code, spill.rows]).toEqual([false, 'spill_failed', 0])
    mkdirSync(folder)
    expect(spill.append(rowsOf(1))).toBe(false)
    nowUs += 1_000_000
    expect([spill.append(rowsOf(1)), spill.fault, spill.rows]).toEqual([true, undefined, 1])
    await spill.close()
  })

  it('throws at once when its folder cannot be used', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => aSpill({ folder: join(folder, 'file') })).toThrow(/Expected to use the folder/)
  })

  it('on a failing disk does not keep a store from settling: rows are dropped and counted', async () => {
    const pool = createPool('postgresql://triplane:secret@127.0.0.1:9/triplane')
    const store = new HistoryStore({
      pool,
      runId: 'run-1',
      overflow: 'spill',
      spill: { folder, maxBytes: 1e6 },
      settleTimeoutMs: 1,
    })
    rmSync(folder, { recursive: true })
    store.write('data', [aTrade({ seq: 1 }), aTrade({ seq: 2 }), aQuote({ seq: 3 })])
    await store.settled()
    expect(store.counts()).toMatchObject({ trade: { dropped: 2, spilled: 0 }, quote: { dropped: 1, spilled: 0 } })
    expect(store.health()).toMatchObject({ isHealthy: false, bufferedRows: 0, spillFault: { code: 'spill_failed' } })
    await store.close()
    await pool.end()
  })
})
