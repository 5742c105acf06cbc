import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '@triplane/kernel'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@triplane/storage'
import pg from 'pg'
import { composeStandalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import type { Report } from '../src/report.ts'
import { runStandalone, silentScreen, temporaryFolder } from './run-standalone.ts'

const seeded = ['--seed', '11', '--start-time', '2024-08-08T14:30Z', '--speed', 'max', '--duration', '60s']
const NOBODY_LISTENS = 'postgres://triplane@127.0.0.1:9/triplane'

/** Runs the app with its history; `onTurn` is told of every turn, and may stop it. */
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

/** Ends every Postgres that this process started, as kill -9 does, its children with it. */
function killPostgres(): number {
  const ours = readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`triplane.owner_pid=${process.pid}\0`)
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

describe('a run whose database goes away', () => {
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

  /** Everything that happened is in the database or waits on the disk, and nothing of the run depends on which. */
  function expectNothingLost(report: Report): void {
    const { rows = {}, waiting = 0, dropped } = report.storage ?? { dropped: NaN }
    const stored = Object.values(rows).reduce((sum, count) => sum + count, 0)
    expect(dropped).toBe(0)
    expect(waiting).toBeGreaterThan(0)
    expect(stored + waiting).toBeGreaterThanOrEqual(report.events.trade + report.events.quote + report.events.ofi)
    expect(report.hashes).toEqual(without.hashes)
  }

  describe('that is a server of its own', () => {
    let server: EmbeddedPostgres
    const start = async () => void (server = await startEmbeddedPostgres({ folder: join(folder(), 'server') }))
    beforeEach(start)
    afterEach(() => server.stop())

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
      expect(next.storage).toMatchObject({ dropped: 0 })
      expect(next.storage?.waiting).toBeUndefined()
      expect(await tradesOf(server.url, report.run.id)).toBe(report.events.trade)
    })
  })

  it('that is the embedded one, killed in mid-run: the run ends with its report', async () => {
    const report = await run(join(folder(), 'embedded'), undefined, (turn) => {
      if (turn === Math.floor(turns / 2)) expect(killPostgres()).toBeGreaterThan(0)
    })
    expectNothingLost(report)
  })

  it('a paced run ends with the first stop', async () => {
    const paced = ['--seed', '11', '--duration', '1h']
    const report = await run(join(folder(), 'paced'), NOBODY_LISTENS, (turn, stop) => turn === 20 && stop(), paced)
    expect(report.storage?.waiting).toBeGreaterThan(0)
  })

  it('a server that lets nobody in is said at the start', async () => {
    const server = await startEmbeddedPostgres({ folder: join(folder(), 'strict') })
    try {
      const wrong = server.url.replace(/:[^:@]*@/, ':QXZJ7QXZJ9@')
      const refused = run(join(folder(), 'wrong'), wrong)
      await expect(refused).rejects.toThrow(/password authentication failed/)
      await expect(refused).rejects.not.toThrow(/QXZJ7/)
    } finally {
      await server.stop()
    }
  })
})
