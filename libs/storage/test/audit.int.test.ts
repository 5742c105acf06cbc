import { describeWithDocker, startPostgres } from '@triplane/testing/containers'
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { completeEntry, macOf, NO_MAC } from '../src/audit/audit-chain.ts'
import { createPool } from '../src/pool.ts'
import {
  createAuditLog,
  describeAuditProblem,
  openDatabaseEventually,
  verifyAudit,
  type AuditLog,
  type AuditLogOptions,
  type EventualDatabase,
  type PublishedLink,
} from '../src/index.ts'
import type { AuditEntry } from '../src/audit/audit-chain.ts'
import type { AuditProblem } from '../src/audit/verify-audit.ts'
import { aFolder, removeFolders } from './postgres-suite.ts'

const key = Buffer.alloc(32, 'a key of the tests')

function anEntry(entry: Partial<AuditEntry> = {}): AuditEntry {
  return {
    account: 'live-1',
    runId: 'run-1',
    command: 'resume',
    who: 'operator',
    why: 'the feed is back',
    before: { state: 'halted', reasons: ['operator', 'heartbeat'], limit: 0.1 },
    after: { state: 'normal', reasons: [] },
    outcome: 'done',
    ...entry,
  }
}

describeWithDocker(['postgres'], 'the audit', () => {
  jest.setTimeout(90_000)
  let server: Awaited<ReturnType<typeof startPostgres>>
  let database: EventualDatabase
  let pool: pg.Pool
  let published: PublishedLink[]
  const logs: AuditLog[] = []

  beforeAll(async () => {
    server = await startPostgres('postgres')
    database = openDatabaseEventually({ url: server.url })
    await database.ready
    pool = database.pool
  })
  beforeEach(async () => {
    await pool.query('truncate audit_log')
    published = []
  })
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close()
  })
  afterAll(async () => {
    await database?.close()
    await server?.remove()
    removeFolders()
  })

  function aLog(options: Partial<AuditLogOptions> = {}): AuditLog {
    const log = createAuditLog({ pool, key, publish: (link) => published.push(link), ...options })
    logs.push(log)
    return log
  }

  async function aChain(length: number): Promise<void> {
    const log = aLog()
    for (let i = 1; i <= length; i++) await log.append(anEntry({ entryId: `e-${i}`, why: `reason ${i}` }))
  }

  async function stored(): Promise<{ link: number; entry_id: string }[]> {
    return (await pool.query('select link::int, entry_id from audit_log order by link')).rows
  }

  it('stores every row as given, to the microsecond, and publishes its link', async () => {
    const timeUs = 1_723_127_400_000_001
    const odd = anEntry({
      entryId: 'e-2',
      timeUs,
      why: 'a\0 "b"\n🚀',
      before: { ä: 1e-7, a: 1e21 },
      after: [null, true, -0],
    })
    const { runId: _, before: __, ...withoutRun } = anEntry({ entryId: 'e-3' })
    const log = aLog({ clock: { nowUs: () => timeUs + 5, monotonicUs: () => 0 } })
    const rows = [await log.append(anEntry()), await log.append(odd), await log.append(withoutRun)]
    expect(rows.map(({ link, timeUs: us }) => [link, us])).toEqual([
      [1, timeUs + 5],
      [2, timeUs],
      [3, timeUs + 5],
    ])
    expect(published).toEqual(rows.map(({ link, mac }) => ({ link, mac })))
    expect(await log.newest()).toEqual(published[2])
    const { rows: found } = await pool.query(
      'select time::text, run_id, why, before, after from audit_log where link > 1 order by link',
    )
    expect(found).toEqual([
      {
        time: '2024-08-08 14:30:00.000001+00',
        run_id: 'run-1',
        why: 'a\uFFFD "b"\n🚀',
        before: { ä: 1e-7, a: 1e21 },
        after: [null, true, 0],
      },
      {
        time: '2024-08-08 14:30:00.000006+00',
        run_id: null,
        why: withoutRun.why,
        before: null,
        after: withoutRun.after,
      },
    ])
    expect(await verifyAudit(pool, key, published[2])).toEqual({
      isIntact: true,
      rows: 3,
      newest: published[2],
      problems: [],
    })
  })

  it('verifies a long chain as intact', async () => {
    const rows: Record<string, unknown>[] = []
    let previousMac = NO_MAC
    for (let link = 1; link <= 10_001; link++) {
      const row = { ...completeEntry(anEntry(), `e-${link}`, 1_723_127_400_000_000), link }
      previousMac = macOf(key, row, previousMac)
      const time = '2024-08-08T14:30:00Z'
      rows.push({ ...row, entry_id: row.entryId, run_id: row.runId, time, mac: previousMac })
    }
    await pool.query('insert into audit_log select * from jsonb_populate_recordset(null::audit_log, $1)', [
      JSON.stringify(rows),
    ])
    const newest = { link: 10_001, mac: previousMac }
    expect(await verifyAudit(pool, key, newest)).toEqual({ isIntact: true, rows: 10_001, newest, problems: [] })
    await pool.query("update audit_log set who = 'x' where link = 10001")
    expect((await verifyAudit(pool, key)).problems).toEqual([{ code: 'changed_row', link: 10_001 }])
  })

  it('is intact while it is empty', async () => {
    expect(await verifyAudit(pool, key)).toEqual({ isIntact: true, rows: 0, problems: [] })
  })

  it('stores an entry once, however often it is appended', async () => {
    const log = aLog()
    const [first, again] = await Promise.all([
      log.append(anEntry({ entryId: 'e-1' })),
      log.append(anEntry({ entryId: 'e-1' })),
    ])
    expect(again).toMatchObject({ link: first.link, mac: first.mac })
    expect(await stored()).toEqual([{ link: 1, entry_id: 'e-1' }])
  })

  it('is one unbroken chain with two concurrent writers', async () => {
    const otherPool = createPool(server.url)
    const writers = [aLog(), aLog({ pool: otherPool, publish: () => undefined })]
    const rows = await Promise.all(Array.from({ length: 60 }, (_, i) => (writers[i % 2] as AuditLog).append(anEntry())))
    expect(rows.map(({ link }) => link).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    expect(await verifyAudit(pool, key)).toMatchObject({ isIntact: true, rows: 60 })
    await otherPool.end()
  })

  describe('verification', () => {
    const change = (set: string, link: number) => `update audit_log set ${set} where link = ${link}`
    const cases: readonly { name: string; sql: string; want: readonly AuditProblem[] }[] = [
      { name: 'a reason changed', sql: change("why = 'none'", 3), want: [{ code: 'changed_row', link: 3 }] },
      { name: 'a name changed', sql: change("who = 'nobody'", 1), want: [{ code: 'changed_row', link: 1 }] },
      {
        name: 'a time changed by a microsecond',
        sql: change("time = time + interval '1 microsecond'", 6),
        want: [{ code: 'changed_row', link: 6 }],
      },
      {
        name: 'a field of the state before changed',
        sql: change(`before = jsonb_set(before, '{limit}', '0.2')`, 2),
        want: [{ code: 'changed_row', link: 2 }],
      },
      { name: 'a run taken out', sql: change('run_id = null', 2), want: [{ code: 'changed_row', link: 2 }] },
      { name: 'a mac changed', sql: change("mac = repeat('a', 64)", 3), want: [{ code: 'changed_row', link: 3 }] },
      {
        name: 'two rows changed',
        sql: `${change("outcome = 'refused'", 2)}; ${change("account = 'sim'", 5)}`,
        want: [
          { code: 'changed_row', link: 2 },
          { code: 'changed_row', link: 5 },
        ],
      },
      {
        name: 'one removed',
        sql: 'delete from audit_log where link = 3',
        want: [{ code: 'missing_links', from: 3, to: 3 }],
      },
      {
        name: 'the beginning cut',
        sql: 'delete from audit_log where link <= 2',
        want: [{ code: 'missing_links', from: 1, to: 2 }],
      },
      {
        name: 'the middle cut, and a row behind it changed',
        sql: `delete from audit_log where link in (2, 3); ${change("why = 'x'", 5)}`,
        want: [
          { code: 'missing_links', from: 2, to: 3 },
          { code: 'changed_row', link: 5 },
        ],
      },
      {
        name: 'the middle cut and the links closed up',
        sql: 'delete from audit_log where link = 3; update audit_log set link = link - 1 where link > 3',
        want: [
          { code: 'changed_row', link: 3 },
          { code: 'changed_row', link: 4 },
          { code: 'changed_row', link: 5 },
          { code: 'tail_cut', newestLink: 5, publishedLink: 6 },
        ],
      },
      {
        name: 'the tail cut',
        sql: 'delete from audit_log where link > 4',
        want: [{ code: 'tail_cut', newestLink: 4, publishedLink: 6 }],
      },
      {
        name: 'everything removed',
        sql: 'delete from audit_log',
        want: [{ code: 'tail_cut', newestLink: 0, publishedLink: 6 }],
      },
      {
        name: 'a row made up',
        sql: `insert into audit_log select 7, 'made-up', time, account, run_id, command, who, why, before, after, outcome, mac
          from audit_log where link = 6`,
        want: [{ code: 'changed_row', link: 7 }],
      },
      {
        name: 'a row made up before the first',
        sql: `insert into audit_log select 0, 'made-up', time, account, run_id, command, who, why, before, after, outcome, mac
          from audit_log where link = 6`,
        want: [{ code: 'changed_row', link: 0 }],
      },
    ]

    it.each(cases)('detects $name', async ({ sql, want }) => {
      await aChain(6)
      const newest = published.at(-1)
      expect(await verifyAudit(pool, key, newest)).toMatchObject({ isIntact: true, rows: 6 })
      await pool.query(sql)
      const verdict = await verifyAudit(pool, key, newest)
      expect(verdict).toMatchObject({ isIntact: false, problems: want })
      expect(verdict.problems.length).toBe(want.length)
      expect(verdict.problems.map(describeAuditProblem).join()).toMatch(/row/i)
    })

    it('detects a tail that was cut and rewritten, under the right key', async () => {
      await aChain(6)
      const newest = published.at(-1) as PublishedLink
      await pool.query('delete from audit_log where link > 4')
      const log = aLog()
      for (let i = 0; i < 3; i++) await log.append(anEntry())
      expect((await verifyAudit(pool, key, newest)).problems).toEqual([
        { code: 'published_differs', link: 6, mac: published.at(-2)?.mac, publishedMac: newest.mac },
      ])
    })

    it('detects a wrong key, and reports nothing else', async () => {
      await aChain(6)
      const verdict = await verifyAudit(pool, Buffer.alloc(32, 'another'), published.at(-1))
      expect(verdict).toMatchObject({ isIntact: false, problems: [{ code: 'wrong_key', rows: 6 }] })
    })

    it('detects that another key wrote the last rows', async () => {
      await aChain(3)
      await aLog({ key: Buffer.alloc(32, 'another') }).append(anEntry())
      expect((await verifyAudit(pool, key)).problems).toEqual([{ code: 'changed_row', link: 4 }])
    })
  })

  it('throws a retryable fault while the database is down, and resumes when it is back', async () => {
    const log = aLog()
    await log.append(anEntry({ entryId: 'e-1' }))
    server.kill()
    await expect(log.append(anEntry({ entryId: 'e-2' }))).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    })
    expect(log.health()).toMatchObject({ isHealthy: false, fault: { code: 'unavailable' } })
    server.start()
    await untilAnswers()
    expect(await log.append(anEntry({ entryId: 'e-2' }))).toMatchObject({ link: 2 })
    expect(log.health()).toEqual({ isHealthy: true, queued: 0 })
  })

  it('refuses a key that is too short', () => {
    expect(() => aLog({ key: Buffer.alloc(8) })).toThrow('Expected an audit key of at least 16 bytes, was 8')
  })

  describe('with a queue', () => {
    let queueFolder: string
    const file = () => readFileSync(join(queueFolder, 'audit-queue.log'), 'utf8')

    beforeEach(() => {
      queueFolder = aFolder()
    })

    it('commits queued entries in order and once, before direct appends', async () => {
      const log = aLog({ queueFolder })
      server.stop()
      await Promise.all([1, 2, 3].map((i) => log.appendEventually(anEntry({ entryId: `e-${i}`, command: 'halt' }))))
      expect(log.health().queued).toBe(3)
      await expect(log.append(anEntry({ entryId: 'e-4' }))).rejects.toMatchObject({ retryable: true })
      server.start()
      await untilAnswers()
      expect(await log.append(anEntry({ entryId: 'e-4' }))).toMatchObject({ link: 4, command: 'resume' })
      expect(await stored()).toEqual([1, 2, 3, 4].map((link) => ({ link, entry_id: `e-${link}` })))
      expect(published.map(({ link }) => link)).toEqual([1, 2, 3, 4])
      await log.close()
      expect(file()).toBe('')
    })

    it('commits what waits behind the others after them, and leaves it to the next process', async () => {
      const log = aLog({ queueFolder })
      server.stop()
      for (const i of [1, 2]) log.appendBehind(anEntry({ entryId: `refused-${i}`, command: 'refused' }))
      await log.appendEventually(anEntry({ entryId: 'halt', command: 'halt' }))
      await log.close()
      server.start()
      await untilAnswers()
      const next = aLog({ queueFolder })
      await next.flush()
      expect((await stored()).map(({ entry_id }) => entry_id)).toEqual(['halt', 'refused-1', 'refused-2'])
      for (let i = 0; i < 50; i++) next.appendBehind(anEntry({ entryId: `flood-${i}`, command: 'refused' }))
      const { link } = await next.append(anEntry({ entryId: 'resume' }))
      expect(link).toBeLessThan(3 + 50 / 2)
    })

    it('commits by itself', async () => {
      let committed: () => void = () => undefined
      const isCommitted = new Promise<void>((resolve) => (committed = resolve))
      server.stop()
      const log = aLog({ queueFolder, publish: () => committed() })
      await log.appendEventually(anEntry({ entryId: 'e-1', command: 'halt' }))
      server.start()
      await isCommitted
      expect(await stored()).toEqual([{ link: 1, entry_id: 'e-1' }])
    })

    it('survives a restart, a torn end, and a crash between a commit and its note', async () => {
      server.stop()
      const first = aLog({ queueFolder })
      for (let i = 1; i <= 3; i++) await first.appendEventually(anEntry({ entryId: `e-${i}`, command: 'halt' }))
      await first.close()
      appendFileSync(join(queueFolder, 'audit-queue.log'), '0badc0de {"entry":{"entr')
      server.start()
      await untilAnswers()
      // The first one was committed before the crash, but not noted as done.
      await aLog().append(anEntry({ entryId: 'e-1', command: 'halt' }))
      const notices: string[] = []
      const second = aLog({ queueFolder, onNotice: (line) => notices.push(line) })
      await second.appendEventually(anEntry({ entryId: 'e-4' }))
      await second.flush()
      expect(await stored()).toEqual([1, 2, 3, 4].map((link) => ({ link, entry_id: `e-${link}` })))
      expect(notices).toEqual([
        expect.stringContaining('torn or damaged lines'),
        '3 audit entries of an earlier process will be stored',
      ])
      expect(await verifyAudit(pool, key, published.at(-1))).toMatchObject({ isIntact: true, rows: 4 })
    })

    it('keeps entries in memory when the disk fails, and reports it', async () => {
      rmSync(queueFolder, { recursive: true })
      const log = aLog({ queueFolder })
      server.stop()
      rmSync(queueFolder, { recursive: true })
      await expect(log.appendEventually(anEntry({ entryId: 'e-1' }))).rejects.toMatchObject({ code: 'spill_failed' })
      server.start()
      await untilAnswers()
      await log.flush()
      expect(await stored()).toEqual([{ link: 1, entry_id: 'e-1' }])
    })
  })

  async function untilAnswers(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return void (await pool.query('select 1'))
      } catch (error) {
        if (attempt === 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }
})
