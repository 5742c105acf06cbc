import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { OwnedAccount } from '@triplane/contracts'
import { hashToken, sealOwned } from '@triplane/control'
import { systemClock } from '@triplane/kernel'
import { findRunningSystem } from '@triplane/service'
import { openDatabase, verifyAudit } from '@triplane/storage'
import { composeStandalone, type Standalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import { silentScreen, temporaryFolder } from './run-standalone.ts'

const TOKEN = 'a-token-of-the-operator-ada'
const KEY = '5a'.repeat(32)

/** The running app on a simulated market, and its control surface. */
class Running {
  readonly #standalone: Standalone
  readonly #ended: Promise<unknown>

  private constructor(standalone: Standalone) {
    this.#standalone = standalone
    this.#ended = standalone.run()
  }

  static async start(varFolder: string, flags: readonly string[], environment: Readonly<Record<string, string>>) {
    const options = parseOptions([...flags, '--ports', '0,0,0', '--var', varFolder], () => 1)
    return new Running(await composeStandalone(options, { clock: systemClock, screen: silentScreen, environment }))
  }

  async order(command: string, token = TOKEN, more: object = {}) {
    const response = await fetch(`${this.orderUrl}/control/${command}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ ...more, why: 'a test' }),
    })
    const { tradingState, audited } = (await response.json()) as { tradingState?: string; audited?: boolean }
    return { status: response.status, tradingState, audited }
  }

  /** The running strategies, as the strategy plane shows them. */
  async strategies(): Promise<unknown> {
    return (await fetch(`${this.#standalone.urls[2] as string}/status/strategies`)).json()
  }

  /** The current trading state, from the metrics. */
  async state(): Promise<string | undefined> {
    const text = await (await fetch(`${this.orderUrl}/metrics`)).text()
    return /^orders_trading_state\{state="(\w+)".*\} 1$/m.exec(text)?.[1]
  }

  async until(state: string): Promise<void> {
    while ((await this.state()) !== state) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  async stop(): Promise<void> {
    await this.#standalone.stop()
    await this.#ended
  }

  get orderUrl(): string {
    return this.#standalone.urls[1] as string
  }
}

const operators = { TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(TOKEN)}` }

describe("operators' commands to the standalone app", () => {
  const varFolder = temporaryFolder()

  it('halts at once, refuses wrong tokens, and loosens nothing without an audit', async () => {
    const app = await Running.start(varFolder(), ['--storage', 'off'], operators)
    try {
      expect(await app.order('halt', 'a-wrong-token-of-nobody')).toMatchObject({ status: 401 })
      await app.until('active')
      expect(await app.order('halt')).toMatchObject({ status: 200, tradingState: 'halted' })
      await app.until('halted')
      expect(await app.order('resume')).toMatchObject({ status: 503, tradingState: 'halted' })
      expect(await app.state()).toBe('halted')
    } finally {
      await app.stop()
    }
  })

  it('creates a token where none is configured, and shows its path while it runs', async () => {
    const app = await Running.start(varFolder(), ['--storage', 'off'], {})
    try {
      const { pid, planes, tokenFile, auditKeyFile } = findRunningSystem(varFolder()) ?? {}
      expect(pid).toBe(process.pid)
      expect(planes?.order).toBe(app.orderUrl)
      for (const file of [tokenFile, auditKeyFile]) expect(statSync(file as string).mode & 0o777).toBe(0o600)
      expect(await app.order('halt', 'a-wrong-token-of-nobody')).toMatchObject({ status: 401 })
      const token = readFileSync(tokenFile as string, 'utf8').trim()
      expect(await app.order('halt', token)).toMatchObject({ status: 200, tradingState: 'halted' })
    } finally {
      await app.stop()
    }
    expect(findRunningSystem(varFolder())).toBeUndefined()
  })

  it('creates no token where operators are configured', async () => {
    const app = await Running.start(varFolder(), ['--storage', 'off'], operators)
    try {
      expect(findRunningSystem(varFolder())).not.toHaveProperty('tokenFile')
      expect(await app.order('halt')).toMatchObject({ status: 200 })
    } finally {
      await app.stop()
    }
  })

  it('resumes, and re-arms a switch that tripped, when the audit row is committed', async () => {
    const flags = ['--scenario', 'flash-crash', '--seed', '1', '--speed', '25', '--duration', '20m']
    const app = await Running.start(varFolder(), flags, { ...operators, TRIPLANE_AUDIT_KEY: KEY })
    try {
      await app.until('active')
      expect(await app.order('reduce')).toMatchObject({ status: 200, tradingState: 'reducing' })
      expect(await app.order('resume')).toMatchObject({ status: 200, tradingState: 'active', audited: true })
      // Now the market crashes.
      await app.until('halted')
      expect(await app.order('rearm')).toMatchObject({ status: 200, audited: true })
      await app.until('active')
    } finally {
      await app.stop()
    }
    const database = await openDatabase({ embedded: { folder: join(varFolder(), 'postgres') } })
    try {
      const { rows } = await database.pool.query<{ command: string; who: string }>(
        'select command, who from audit_log order by link',
      )
      expect(rows.map(({ command, who }) => `${command} ${who}`)).toEqual(['reduce ada', 'resume ada', 'rearm ada'])
      expect(await verifyAudit(database.pool, Buffer.from(KEY, 'hex'))).toMatchObject({ isIntact: true, rows: 3 })
    } finally {
      await database.close()
    }
  }, 180_000)
})

describe("operators' tunings on the standalone app", () => {
  const varFolder = temporaryFolder()

  it('act when the audit row is committed, and survive a stop, which is reported', async () => {
    const folder = varFolder()
    const horizonOf = async (app: Running) =>
      ((await app.strategies()) as { name: string; parameters: { horizonMs: number } }[]).map(
        ({ name, parameters }) => `${name} ${parameters.horizonMs}`,
      )
    const app = await Running.start(folder, ['--duration', '20m'], { ...operators, TRIPLANE_AUDIT_KEY: KEY })
    const faster = { strategy: 'OFI', parameters: { horizonMs: 5000 } }
    try {
      await app.until('active')
      expect(await horizonOf(app)).toEqual(['OFI 10000'])
      expect(await app.order('tune', 'a-wrong-token-of-nobody', faster)).toMatchObject({ status: 401 })
      expect(await app.order('tune', TOKEN, faster)).toMatchObject({ status: 200, audited: true })
      expect(await horizonOf(app)).toEqual(['OFI 5000'])
      // The strategy plane decides.
      const wrong = { strategy: 'OFI', parameters: { horizonMs: 1 } }
      expect(await app.order('tune', TOKEN, wrong)).toMatchObject({ status: 200, audited: true })
      expect(await horizonOf(app)).toEqual(['OFI 5000'])
    } finally {
      await app.stop()
    }
    const resumed = await Running.start(folder, ['--resume'], { ...operators, TRIPLANE_AUDIT_KEY: KEY })
    try {
      expect(await horizonOf(resumed)).toEqual(['OFI 5000'])
    } finally {
      await resumed.stop()
    }
    expect(readFileSync(join(folder, 'log', 'triplane.log'), 'utf8')).toContain('OFI as it was tuned')
    const database = await openDatabase({ embedded: { folder: join(folder, 'postgres') } })
    try {
      const { rows } = await database.pool.query<{ command: string; after: unknown }>(
        'select command, after from audit_log order by link limit 1',
      )
      expect(rows).toEqual([{ command: 'tune', after: { tradingState: 'active', ...faster } }])
    } finally {
      await database.close()
    }
  }, 180_000)
})

describe('the opening of an account on the standalone app', () => {
  const varFolder = temporaryFolder()

  it('happens once per document, refuses another, and is audited with the run of the document', async () => {
    const environment = { ...operators, TRIPLANE_AUDIT_KEY: KEY }
    const app = await Running.start(varFolder(), ['--halted', '--duration', '20m'], environment)
    const documentOf = async (runId: string) => {
      const response = await fetch(`${app.orderUrl}/status/owned`)
      const { marketUs, account: owned } = (await response.json()) as { marketUs: number; account: OwnedAccount }
      return sealOwned({
        account: `sim-${runId}`,
        runId,
        marketUs,
        owned: { ...owned, depositsUsd: '5' },
        switches: [],
      })
    }
    const document = await documentOf('cafe0001')
    try {
      await app.until('halted')
      while ((await app.order('open', TOKEN, { document })).status !== 200)
        await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await app.order('open', TOKEN, { document })).toMatchObject({ status: 200 })
      expect(await app.order('open', TOKEN, { document: await documentOf('cafe0002') })).toMatchObject({ status: 409 })
    } finally {
      await app.stop()
    }
    const database = await openDatabase({ embedded: { folder: join(varFolder(), 'postgres') } })
    try {
      const { rows } = await database.pool.query<{ after: unknown }>(
        `select after from audit_log where command = 'open' order by link limit 1`,
      )
      const { digest, account: fromAccount, runId: fromRun } = document
      expect(rows).toEqual([{ after: { tradingState: 'halted', digest, fromAccount, fromRun } }])
    } finally {
      await database.close()
    }
  }, 120_000)
})
