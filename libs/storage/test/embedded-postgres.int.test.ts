import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { canReach, serviceUser } from '../src/embedded/service-user.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { aFolder, describeWithPostgres, removeFolders } from './postgres-suite.ts'

const isRoot = process.getuid?.() === 0
const repository = join(__dirname, '../../..')

async function query(server: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(sql)
  await client.end()
  return rows
}

/** The files, without the copy of the binaries that exists when the clone is in a folder that others cannot enter. */
function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('native-'))
    .sort()
}

/** Runs `start-and-report.ts` in a process of its own. */
function inProcess(folder: string, ending: 'stop' | 'die', user?: { readonly uid: number; readonly gid: number }) {
  const args = ['--import', 'tsx', join(__dirname, 'start-and-report.ts'), folder, ending]
  return spawnSync(process.execPath, args, { ...user, cwd: repository, encoding: 'utf8', timeout: 60_000 })
}

describeWithPostgres('embedded Postgres', () => {
  jest.setTimeout(60_000)
  /** An initialised folder, which each test leaves as it found it. */
  const folder = join(aFolder(), 'postgres')
  const running: EmbeddedPostgres[] = []
  const notices: string[] = []

  async function start(folder: string, more: { readonly reachableFolder?: string } = {}): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ folder, ...more, onNotice: (line) => notices.push(line) })
    running.push(server)
    return server
  }

  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop()
    notices.length = 0
  })
  afterAll(removeFolders)

  it('keeps the data across a restart, with one password that only we can read', async () => {
    const first = await start(folder)
    await query(first, 'create table kept as select 42 as answer')
    await first.stop()
    const second = await start(folder)
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600)
    expect(new URL(second.url)).toMatchObject({
      hostname: '127.0.0.1',
      password: readFileSync(join(folder, 'password'), 'utf8'),
    })
    expect(filesOf(folder)).toEqual(['data', 'password', 'server.log'])
    expect(notices).toEqual([])
  })

  it('refuses a second server on the same data, and leaves the first untouched', async () => {
    const server = await start(folder)
    await expect(start(folder)).rejects.toMatchObject({
      code: 'folder_busy',
      message: /another Triplane is running on it/,
    })
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('with two concurrent starts on a new folder, starts one server and refuses the other clearly', async () => {
    const fresh = aFolder()
    const outcomes = await Promise.allSettled([start(fresh), start(fresh)])
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused).toMatchObject([{ code: 'folder_busy' }])
    expect(filesOf(fresh)).toEqual(['data', 'password', 'server.log'])
  })

  it('stops a server that a killed process left behind, and continues with its data', async () => {
    const killed = inProcess(folder, 'die')
    expect(killed.signal ?? killed.stderr).toBe('SIGKILL')
    const server = await start(folder)
    expect(notices).toEqual([expect.stringMatching(/left behind/)])
    expect(await query(server, "select datname from pg_database where datname = 'triplane'")).toHaveLength(1)
  })

  it.each([
    { name: 'a dead process', pid: 2 ** 22 + 1 },
    { name: 'a process that is not Postgres', pid: process.ppid },
  ])('starts when postmaster.pid names $name', async ({ pid }) => {
    const { dataFolder, stop } = await start(folder)
    await stop()
    writeFileSync(join(dataFolder, 'postmaster.pid'), `${pid}\n${dataFolder}\n`)
    expect(await query(await start(folder), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('reports data of another version, and a lost password', async () => {
    const { dataFolder, stop } = await start(folder)
    await stop()
    renameSync(join(folder, 'password'), join(folder, 'lost'))
    await expect(start(folder)).rejects.toMatchObject({ code: 'folder_unusable', message: /password/ })
    renameSync(join(folder, 'lost'), join(folder, 'password'))
    writeFileSync(join(dataFolder, 'PG_VERSION'), '9\n')
    await expect(start(folder)).rejects.toMatchObject({ code: 'folder_unusable', message: /Postgres 18, was 9/ })
    writeFileSync(join(dataFolder, 'PG_VERSION'), '18\n')
  })

  it('leaves no server running when the password does not match the data', async () => {
    const right = readFileSync(join(folder, 'password'), 'utf8')
    writeFileSync(join(folder, 'password'), 'wrong')
    await expect(start(folder)).rejects.toMatchObject({ code: 'rejected', message: /password authentication failed/ })
    writeFileSync(join(folder, 'password'), right)
    expect(existsSync(join(folder, 'data', 'postmaster.pid'))).toBe(false)
  })

  it('reports when the server ends by itself', async () => {
    const told = new Promise<string>((resolve) => {
      void startEmbeddedPostgres({ folder, onNotice: resolve }).then(({ dataFolder }) => {
        process.kill(Number.parseInt(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8'), 10), 'SIGQUIT')
      })
    })
    expect(await told).toMatch(/^Postgres ended by itself/)
  })

  it('shows the end of the log when the server does not start', async () => {
    const { dataFolder, stop } = await start(folder)
    await stop()
    const [configuration, aside] = [join(dataFolder, 'postgresql.conf'), join(dataFolder, 'aside.conf')]
    renameSync(configuration, aside)
    await expect(start(folder)).rejects.toMatchObject({ code: 'start_failed', message: /postgresql\.conf/ })
    renameSync(aside, configuration)
  })

  it('refuses a folder that cannot be created', async () => {
    const file = join(aFolder(), 'file')
    writeFileSync(file, '')
    await expect(start(join(file, 'postgres'))).rejects.toMatchObject({ code: 'folder_unusable' })
  })

  const whenRoot = isRoot ? it : it.skip
  whenRoot(`runs as another user when started as root${isRoot ? '' : ' [not run: not root]'}`, async () => {
    const server = await start(folder)
    expect(statSync(server.dataFolder).uid).not.toBe(0)
  })

  whenRoot(
    `moves to a folder others can enter when root's cannot be${isRoot ? '' : ' [not run: not root]'}`,
    async () => {
      const [hidden, reachableFolder] = [join(aFolder(0o700), 'postgres'), join(aFolder(), 'triplane')]
      const first = await start(hidden, { reachableFolder })
      expect(notices).toEqual([expect.stringContaining(reachableFolder)])
      expect(first.dataFolder.startsWith(reachableFolder)).toBe(true)
      await query(first, 'create table kept as select 42 as answer')
      await first.stop()
      expect(await query(await start(hidden, { reachableFolder }), 'select answer from kept')).toEqual([{ answer: 42 }])
    },
  )

  whenRoot(
    `takes along the data of a folder that others cannot enter any more${isRoot ? '' : ' [not run: not root]'}`,
    async () => {
      const [parent, reachableFolder] = [aFolder(), join(aFolder(), 'triplane')]
      const open = await start(join(parent, 'postgres'))
      await query(open, 'create table kept as select 42 as answer')
      await open.stop()
      spawnSync('chmod', ['700', parent])
      const moved = await start(join(parent, 'postgres'), { reachableFolder })
      expect(moved.dataFolder.startsWith(reachableFolder)).toBe(true)
      expect(await query(moved, 'select answer from kept')).toEqual([{ answer: 42 }])
    },
  )

  const ordinary = isRoot ? serviceUser('/nowhere') : undefined
  const canBeOrdinary = ordinary !== undefined && canReach(ordinary, repository)
  const asOrdinary = canBeOrdinary ? it : it.skip
  const whyNot = isRoot ? ' [not run: the repository is for root only]' : ' [not run: all of this ran as one]'
  asOrdinary(`works as an ordinary user${canBeOrdinary ? '' : whyNot}`, () => {
    const own = aFolder()
    spawnSync('chown', [String(ordinary?.uid), own])
    const outcome = inProcess(own, 'stop', ordinary)
    expect(outcome.stderr).toBe('')
    const { uid, tables } = JSON.parse(outcome.stdout)
    expect(uid).toBe(ordinary?.uid)
    expect(tables).toBeGreaterThan(11)
    expect(existsSync(join(own, 'data', 'postmaster.pid'))).toBe(false)
  })
})
