import { topics, wire } from '@triplane/contracts'
import { createKafkaBus, decodeRecord, type KafkaBus } from '@triplane/messaging'
import {
  beginRun,
  createAuditLog,
  HistoryStore,
  openDatabase,
  type Database,
  type PublishedLink,
} from '@triplane/storage'
import { aDeadLetter, anAuditLink } from '@triplane/testing'
import { describeWithDocker, startKafka, startPostgres } from '@triplane/testing/containers'
import { aPlaneOfRuns } from './plane-of-runs.ts'
import { triplane } from './triplane.ts'

const key = 'ab'.repeat(32)

describeWithDocker(['kafka', 'postgres'], 'the command against Kafka and Postgres', () => {
  jest.setTimeout(180_000)
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let database: Database
  let bus: KafkaBus
  let plane: Awaited<ReturnType<typeof aPlaneOfRuns>>
  let environment: Record<string, string>

  beforeAll(async () => {
    ;[kafka, postgres] = await Promise.all([startKafka(), startPostgres('postgres')])
    database = await openDatabase({ url: postgres.url, embedded: { folder: '/nowhere' } })
    bus = await createKafkaBus({
      brokers: [kafka.brokers],
      clientId: 'test',
      nowUs: () => Date.now() * 1000,
      partitions: ({ batched }) => (batched ? 4 : 1),
    })
    const url = new URL(postgres.url)
    const { password } = url
    url.password = ''
    plane = await aPlaneOfRuns(bus, decodeRecord)
    environment = {
      ...plane.environment,
      KAFKA_BROKERS: kafka.brokers,
      DATABASE_URL: url.href,
      DATABASE_PASSWORD: password,
      TRIPLANE_AUDIT_KEY: key,
    }
  })
  afterAll(async () => {
    await plane?.close()
    await bus?.close()
    await database?.close()
    await Promise.all([kafka?.remove(), postgres?.remove()])
  })

  const run = async (...argv: string[]) => {
    const { code, output, messages } = await triplane([...argv, '--json'], environment)
    return { code, messages, value: output === '' ? undefined : (JSON.parse(output) as unknown) }
  }

  it('starts runs and lists them', async () => {
    expect(await run('run', 'list')).toMatchObject({ code: 0, value: { runs: [] } })
    const first = await run('run', 'start', '--if-none', '--seed', '7')
    expect(first).toMatchObject({ code: 0, messages: '', value: { started: true, run: { seed: 7 } } })
    expect(await run('run', 'start', '--if-none')).toMatchObject({ code: 0, value: { started: false } })
    expect(await run('run', 'start', '--account', 'live')).toMatchObject({ code: 0, value: { started: true } })
    expect(await run('run', 'list')).toMatchObject({
      code: 0,
      value: { runs: [{ account: 'live' }, { seed: 7, account: expect.stringMatching(/^sim-[0-9a-f]{8}$/) }] },
    })
  })

  it('prepares a broker that asks nobody: the topics, and no rights', async () => {
    const prepared = { granted: 0, revoked: 0, isOpen: true }
    expect(await run('kafka', 'prepare')).toEqual({ code: 0, messages: '', value: prepared })
  })

  it('prints a topic as lines, and as stored', async () => {
    const read = (...more: string[]) => triplane(['topic', 'read', topics.runs.name, ...more], environment)
    const lines = await read('--where', 'seed=7')
    expect([lines.code, lines.messages]).toEqual([0, ''])
    expect(JSON.parse(lines.output)).toMatchObject({ type: 'run', seed: 7 })
    const raw = await read('--raw')
    const types = raw.output
      .trimEnd()
      .split('\n')
      .map((hex) => wire.decodeRecord(Buffer.from(hex, 'hex')))
    expect(types).toMatchObject([{ value: [{ seed: 7 }] }, { value: [{ account: 'live' }] }])
  })

  it('lists dead letters and shows their bytes', async () => {
    const raw = Buffer.from('[{"type":"quote","seq":41,"bid":"\u00ff"}]')
    const refused = { stage: 'decode', eventType: 'record', raw: raw.toString('latin1') } as const
    const origin = { topic: topics.market.name, partition: 3, offset: 12, key: 'SPY' }
    const store = new HistoryStore({ pool: database.pool, runId: '0a1b2c3d', overflow: 'wait' })
    store.write('data', [aDeadLetter({ ...refused, seq: 1, origin }), aDeadLetter({ ...refused, seq: 2 })])
    await store.close()

    const listed = await run('dlq', 'list')
    expect(listed).toMatchObject({ code: 0, messages: '' })
    expect(JSON.stringify(listed.value)).toContain('"id":"0a1b2c3d/data/1"')
    const shown = await triplane(['dlq', 'show', '0a1b2c3d/data/1', '--raw'], environment)
    expect(shown.output).toBe(raw.toString())
  })

  it('copies one database into another, once', async () => {
    const started = { runId: 'copied', mode: 'replay', startedAtUs: 1, configuration: {} }
    await beginRun(database.pool, started)
    await database.pool.query('create database second')
    const to = postgres.url.replace(/triplane$/, 'second')
    const copy = () => run('storage', 'copy', '--from', postgres.url, '--to', to)
    const runs = (newRows: number) => ({ table: 'runs', sourceRows: 1, newRows, isEqual: true })
    const tables = (newRows: number) => expect.arrayContaining([expect.objectContaining(runs(newRows))])
    expect(await copy()).toMatchObject({ code: 0, messages: '', value: { isComplete: true, tables: tables(1) } })
    expect(await copy()).toMatchObject({ code: 0, messages: '', value: { isComplete: true, tables: tables(0) } })
  })

  it('verifies the audit, and detects its cut end', async () => {
    const published: PublishedLink[] = []
    const log = createAuditLog({ pool: database.pool, key: Buffer.from(key, 'hex'), publish: (l) => published.push(l) })
    for (const command of ['halt', 'resume', 'halt'])
      await log.append({ account: 'live', command, who: 'ann', why: 'a drill', outcome: 'done' })
    await log.close()
    const producer = bus.producer({ name: 'audit', runId: 'r' })
    for (const link of published) producer.send(topics.audit, 'live', [anAuditLink(link)])
    await producer.flush()

    expect(await run('audit', 'verify')).toMatchObject({
      code: 0,
      value: { isIntact: true, rows: 3, comparedWithPublished: true, published: { link: 3 } },
    })
    await database.pool.query('alter table audit_log disable trigger user')
    await database.pool.query('delete from audit_log where link = 3')
    expect(await run('audit', 'verify')).toMatchObject({
      code: 1,
      value: { isIntact: false, problems: [{ code: 'tail_cut', publishedLink: 3, newestLink: 2 }] },
    })
  })

  it('fails with one line while a server is down', async () => {
    const away = { KAFKA_BROKERS: '127.0.0.1:1', DATABASE_URL: 'postgres://x@127.0.0.1:1/x' }
    const runs = await triplane(['run', 'list'], away)
    expect([runs.code, runs.output]).toEqual([1, ''])
    expect(runs.messages).toMatch(/^triplane: Expected .*\n$/)
    const letters = await triplane(['dlq', 'list'], away)
    expect([letters.code, letters.output]).toEqual([1, ''])
    expect(letters.messages).toMatch(/^triplane: Expected to list the dead letters: .*ECONNREFUSED.*\n$/)
  })
})
