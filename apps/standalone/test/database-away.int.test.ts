import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock, type Clock } from '@triplane/kernel'
import { openDatabase, type Database } from '@triplane/storage'
import pg from 'pg'
import { composeStandalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import type { Report } from '../src/report.ts'
import { Exposition } from './exposition.ts'
import { runStandalone, silentScreen, temporaryFolder } from './run-standalone.ts'

const seeded = ['--seed', '11', '--start-time', '2024-08-08T14:30Z', '--speed', 'max', '--duration', '60s']
const NOBODY_LISTENS = 'postgres://triplane@127.0.0.1:9/triplane'

/** Runs the app with its history; calls `onTurn` every turn, which may stop the app. */
async function run(
  varFolder: string,
  url: string | undefined,
  onTurn: (turn: number, stop: () => void) => void = () => undefined,
  flags = seeded,
): Promise<Report> {
  const options = parseOptions([...flags, '--ports', 'off', '--var', varFolder], () => 1)
  let turns = -Infinity
  const clock: Clock = {
    ...systemClock,
    nowUs() {
      onTurn(++turns, () => void standalone.stop())
      return systemClock.nowUs()
    },
  }
  const environment = url === undefined ? {} : { DATABASE_URL: url }
  const standalone = await composeStandalone(options, { clock, screen: silentScreen, environment })
  turns = 0
  return standalone.run()
}

/** Ends every Postgres that the process started, with its children, as kill -9 does. */
function killPostgres(owner = process.pid): number {
  const ours = readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`triplane.owner_pid=${owner}\0`)
    } catch {
      return false
    }
  })
  for (const pid of ours) process.kill(Number(pid), 'SIGKILL')
  return ours.length
}

async function tradesOf(url: string, runId: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: string }>('select count(*) from trades where run_id = $1', [runId])
    return Number(rows[0]?.count)
  } finally {
    await client.end()
  }
}

describe('a run whose database goes down', () => {
  jest.setTimeout(180_000)
  const folder = temporaryFolder()
  let without: Report
  let turns = 0
  beforeAll(async () => {
    await run(join(folder(), 'count'), undefined, (turn) => (turns = Math.max(turns, turn)), [
      ...seeded,
      '--storage',
      'off',
    ])
    without = await runStandalone(seeded, join(folder(), 'without'))
  })

  /** Every event is in the database or waits on disk, and no other result of the run depends on which. */
  function expectNothingLost(report: Report): void {
    const { rows = {}, waiting = 0, dropped } = report.storage ?? { dropped: NaN }
    const stored = Object.values(rows).reduce((sum, count) => sum + count, 0)
    expect(dropped).toBe(0)
    expect(waiting).toBeGreaterThan(0)
    expect(stored + waiting).toBeGreaterThanOrEqual(report.events.trade + report.events.quote + report.events.ofi)
    expect(report.hashes).toEqual(without.hashes)
  }

  /** The leftovers of the previous run are in the database by now, and are not counted in this run. */
  function expectOwnRowsOnly({ storage, events }: Report): void {
    expect(storage?.waiting).toBeUndefined()
    expect(storage?.dropped).toBe(0)
    expect(storage?.rows).toMatchObject({
      trade: events.trade,
      quote: events.quote,
      ofi: events.ofi,
      fill: events.fill,
    })
  }

  describe('that is a separate server', () => {
    let server: Database
    const start = async () => void (server = await openDatabase({ embedded: { folder: join(folder(), 'server') } }))
    beforeEach(start)
    afterEach(() => server.close())

    it.each([
      ['refuses connections from the start', 'start'],
      ['is killed in mid-run', 'middle'],
      ['is killed at the end, with rows on their way', 'end'],
    ])('%s: the run ends with its report, and the next run stores what waits', async (_, when) => {
      const varFolder = join(folder(), when)
      const killAt = Math.floor(turns * (when === 'middle' ? 0.5 : 0.98))
      const report =
        when === 'start'
          ? await run(varFolder, NOBODY_LISTENS)
          : await run(varFolder, server.url, (turn) => {
              if (turn === killAt) expect(killPostgres()).toBeGreaterThan(0)
            })
      expectNothingLost(report)
      if (when !== 'start') await start()
      const next = await run(varFolder, server.url, undefined, [...seeded.slice(0, -1), '5s'])
      expectOwnRowsOnly(next)
      expect(await tradesOf(server.url, report.run.id)).toBe(report.events.trade)
    })
  })

  it.each([
    ['start', () => 1],
    ['middle', () => Math.floor(turns / 2)],
    ['end', () => Math.floor(turns * 0.98)],
  ])('that is the embedded one, killed at the %s: the run ends with its report', async (when, at) => {
    const varFolder = join(folder(), `embedded-${when}`)
    const report = await run(varFolder, undefined, (turn) => {
      if (turn === at()) expect(killPostgres()).toBeGreaterThan(0)
    })
    expectNothingLost(report)
    const next = await run(varFolder, undefined, undefined, [...seeded.slice(0, -1), '5s'])
    expectOwnRowsOnly(next)
  })

  describe('as a process', () => {
    const bundle = join(__dirname, '../../../dist/apps/standalone/main.js')
    const children: ChildProcess[] = []
    beforeAll(() => {
      execFileSync(process.execPath, [join(__dirname, '../../../tools/build.mjs'), 'standalone'])
    })
    afterEach(() => void children.splice(0).forEach((child) => child.kill('SIGKILL')))

    /** The app at its own pace, with its output so far. */
    async function start(varFolder: string, environment: Record<string, string> = {}) {
      const flags = ['--seed', '11', '--ports', '0,0,0', '--var', varFolder]
      const child = spawn(process.execPath, [bundle, ...flags], { env: { PATH: process.env['PATH'], ...environment } })
      children.push(child)
      const printed = { out: '', error: '' }
      child.stdout.on('data', (chunk: Buffer) => void (printed.out += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => void (printed.error += chunk.toString()))
      const ended = once(child, 'exit').then(([code]) => code as number)
      await Promise.race([once(child.stdout, 'data'), ended])
      return { child, printed, ended }
    }

    /** While the database is down: failures are counted, rows are on disk, and the check of each plane gives the reason. */
    async function expectAwayIsSaid(varFolder: string) {
      const { planes } = JSON.parse(readFileSync(join(varFolder, 'running.json'), 'utf8')) as {
        planes: Record<'data' | 'order' | 'strategy', string>
      }
      const shown = async () => new Exposition(await (await fetch(`${planes.data}/metrics?families=core`)).text())
      let data = await shown()
      // The check is judged once a second.
      const isSaid = () =>
        (data.value('triplane_storage_spilled_bytes') ?? 0) > 0 &&
        data.value('triplane_health_check', { check: 'database' }) === 0
      for (let waited = 0; waited < 100 && !isSaid(); waited++) {
        await sleep(100)
        data = await shown()
      }
      expect(data.value('triplane_storage_spilled_bytes')).toBeGreaterThan(0)
      expect(data.sum('data_storage_writes_total', { status: 'error' })).toBeGreaterThan(0)
      expect(data.sum('triplane_storage_lost_rows_total')).toBe(0)
      expect(data.value('triplane_health_check', { check: 'database' })).toBe(0)
      for (const url of Object.values(planes)) {
        const { checks } = (await (await fetch(`${url}/health/detailed`)).json()) as {
          checks: Record<string, { status: string; details: { fault?: string } }>
        }
        expect(checks['database']).toMatchObject({ status: 'unhealthy' })
        expect(JSON.stringify(checks['database'])).toMatch(/ECONNREFUSED|terminated/)
      }
    }

    it('it ends with its report on the first Ctrl-C, with its database and after that was killed', async () => {
      for (const isKilled of [false, true]) {
        const { child, printed, ended } = await start(join(folder(), 'ctrl-c'))
        if (isKilled) {
          expect(killPostgres(child.pid)).toBeGreaterThan(0)
          await expectAwayIsSaid(join(folder(), 'ctrl-c'))
        } else await sleep(3000)
        child.kill('SIGINT')
        expect(await ended).toBe(0)
        expect(printed.error).toBe('')
        expect(printed.out).toContain('Stored  ')
        if (isKilled) expect(printed.out).toMatch(/; \d+ wait on disk for the next run/)
        else expect(printed.out).not.toContain('wait on disk')
      }
    })

    it('it locks its var folder: another start is refused, and the first one continues to its report', async () => {
      const away = { DATABASE_URL: NOBODY_LISTENS }
      const varFolder = join(folder(), 'shared')
      const first = await start(varFolder, away)
      const second = await start(varFolder, away)
      expect(await second.ended).toBe(1)
      expect(second.printed.error).toBe(
        `triplane: Expected ${join(varFolder, 'spill')} to be free, but another Triplane, process ${first.child.pid}, keeps its rows there: give each a folder of its own\n`,
      )
      await sleep(1000)
      first.child.kill('SIGINT')
      expect(await first.ended).toBe(0)
      expect(first.printed.out).toMatch(/; \d+ wait on disk for the next run/)
      // The next process takes over the folder of one that was killed.
      const killed = await start(varFolder, away)
      killed.child.kill('SIGKILL')
      await killed.ended
      const next = await start(varFolder, away)
      next.child.kill('SIGINT')
      expect(await next.ended).toBe(0)
    })
  })

  it('a paced run ends with the first stop', async () => {
    const paced = ['--seed', '11', '--duration', '1h']
    const report = await run(join(folder(), 'paced'), NOBODY_LISTENS, (turn, stop) => turn === 20 && stop(), paced)
    expect(report.storage?.waiting).toBeGreaterThan(0)
  })

  it('a server that admits no one is reported at the start', async () => {
    const server = await openDatabase({ embedded: { folder: join(folder(), 'strict') } })
    try {
      const wrong = server.url.replace(/:[^:@]*@/, ':QXZJ7QXZJ9@')
      const refused = run(join(folder(), 'wrong'), wrong)
      await expect(refused).rejects.toThrow(/password authentication failed/)
      await expect(refused).rejects.not.toThrow(/QXZJ7/)
    } finally {
      await server.close()
    }
  })
})
