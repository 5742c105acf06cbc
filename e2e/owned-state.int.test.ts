import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashToken, type OwnedDocument } from '@triplane/control'
import { checkedLine, scanLines } from '@triplane/storage'
import { describeWithDocker, startKafka, startPostgres } from '@triplane/testing/containers'
import pg from 'pg'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

const ACCOUNT = 'live-e2e'

describeWithDocker(['kafka', 'timescale'], 'an upgrade of three services with open positions', () => {
  const token = randomBytes(32).toString('base64url')
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let stack: Stack
  let before: string
  let after: string

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane', 'cli')
    ;[kafka, postgres] = await Promise.all([startKafka(), startPostgres('timescale')])
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(token)}`,
      TRIPLANE_AUDIT_KEY: randomBytes(32).toString('hex'),
    })
    before = join(stack.folder, 'before.json')
    after = join(stack.folder, 'after.json')
    await stack.startRun({ runId: 'e2eup001', mode: 'live', account: ACCOUNT, venues: ['sim'], seed: 5 })
    stack.start()
    await until('5 fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) >= 5, 120_000)
  }, 240_000)

  afterAll(async () => {
    await stack.remove()
    await Promise.all([kafka.remove(), postgres.remove()])
  }, 60_000)

  const triplane = (...argv: string[]) => stack.triplane(token, argv)
  const written = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as OwnedDocument
  const partsOf = ({ owned }: OwnedDocument) => owned.positions.map(({ instrument, parts }) => ({ instrument, parts }))
  const ready = (runId: string) =>
    until(
      `run ${runId} under way`,
      async () => {
        const runs = await Promise.all(stack.planes.map(runOf))
        return runs.every((run) => run?.runId === runId && run.isReady && run.marketUs > 0)
      },
      120_000,
    )

  it('exports what the halted run owns', async () => {
    await until(
      'a halt with a position',
      async () => {
        expect(await triplane('halt', '--why', 'upgrade')).toMatchObject({ code: 0 })
        const { code } = await triplane('state', 'export', '--out', before)
        const isHeld = (document: OwnedDocument) =>
          document.owned.positions.some(({ parts }) => parts.some(({ quantity }) => quantity !== '0'))
        if (code === 0 && isHeld(written(before))) return true
        await triplane('resume', '--why', 'not yet')
        return false
      },
      120_000,
    )
    expect(written(before)).toMatchObject({ account: ACCOUNT, runId: 'e2eup001' })
    expect(await Promise.all(stack.planes.map((plane) => plane.stop()))).toEqual([0, 0, 0])
  }, 180_000)

  it('suspends a plane of another version, and names the way forward', async () => {
    const folder = join(stack.folder, 'order-plane', 'e2eup001', 'order-plane')
    const name = readdirSync(folder).find((file) => file.startsWith('snapshot-')) as string
    const [line = Buffer.from('')] = scanLines(readFileSync(join(folder, name))).lines
    const text = line.toString().replace(/"schemaDigest":"\w+"/, '"schemaDigest":"of-another-version"')
    writeFileSync(join(folder, name), checkedLine(text))
    stack.start()
    const run = await until('an order plane that is held', async () => {
      const found = await stack.order.get<{ phase: string; why?: string }>('/status/run')
      return found?.phase === 'suspended' && found
    })
    expect(run.why).toContain('a build with other state saved it')
    expect(run.why).toContain('triplane halt, triplane state export')
  }, 90_000)

  it('opens the account of a new run, which begins halted, and survives kill -9', async () => {
    await stack.startRun({ runId: 'e2eup002', mode: 'live', account: ACCOUNT, venues: ['sim'], seed: 6 })
    await ready('e2eup002')
    expect((await ordersOf(stack.order))?.tradingState).toBe('halted')
    expect(await triplane('state', 'import', before, '--why', 'upgrade')).toMatchObject({ code: 0 })
    await Promise.all([stack.order.kill(), stack.strategy.kill()])
    stack.order.start()
    stack.strategy.start()
    await ready('e2eup002')
    expect(await triplane('state', 'import', before, '--why', 'upgrade')).toMatchObject({ code: 0 })
    expect(await triplane('state', 'export', '--out', after)).toMatchObject({ code: 0 })
    expect(partsOf(written(after))).toEqual(partsOf(written(before)))
    expect(written(after)).toMatchObject({ account: ACCOUNT, runId: 'e2eup002' })
  }, 240_000)

  it('continues trading from there once it is resumed, with the opening in the history once', async () => {
    expect(await triplane('resume', '--why', 'upgraded')).toMatchObject({ code: 0 })
    await until('fills', async () => ((await ordersOf(stack.order))?.fills ?? 0) >= 3, 120_000)
    await until(
      'a halt at which both ledgers agree',
      async () => {
        await triplane('halt', '--why', 'look')
        return (await triplane('state', 'export', '--out', after)).code === 0
      },
      60_000,
    )
    const pool = new pg.Pool({ connectionString: postgres.url })
    try {
      const opened = () =>
        pool.query<{ run_id: string; opening_id: string }>('select run_id, opening_id from account_openings')
      await until('the opening in the history', async () => (await opened()).rows.length > 0)
      expect((await opened()).rows).toEqual([{ run_id: 'e2eup002', opening_id: written(before).digest }])
    } finally {
      await pool.end()
    }
  }, 240_000)
})
