import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OperatorCommand, TradingState, Tuning } from '@triplane/contracts'
import { createHaltFile, hashToken, sealOwned } from '@triplane/control'
import { err, ok } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { examples } from '@triplane/testing'
import express from 'express'
import type { AddressInfo } from 'node:net'
import { leaveCrashNote, readCrashNote } from '../lifecycle/crash-note.ts'
import { OperatorControl } from './operator-control.ts'

const TOKEN = 'a-token-of-a-test-0123456789abcdef'
const root = mkdtempSync(join(tmpdir(), 'triplane-operator-control-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0

/** The operators' orders of an order plane whose state is in `folder`, served; without a database. */
async function opened(folder = join(root, String(++folders))) {
  const lines: { readonly level: string; readonly message: string }[] = []
  const logger = createLogger({
    service: 'test',
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
  })
  const refused: string[] = []
  const clock = { nowUs: () => 1_723_127_400_000_000, monotonicUs: () => 0 }
  const operators = await OperatorControl.open({
    config: {
      operator: { tokens: [{ name: 'ada', hash: hashToken(TOKEN) }] },
      audit: { key: undefined },
      state: { folder },
    },
    logger,
    clock,
    onRefused: (reason) => refused.push(reason),
  })
  operators.openAudit(undefined)
  const server = express().use(operators.control.routes).listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  servers.push(server)
  const { port } = server.address() as AddressInfo
  const order = async (command: string, token = TOKEN, more: object = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/control/${command}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ why: 'a test', ...more }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { operators, folder, lines, refused, order }
}
const servers: { close(): void }[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

/** A run that takes orders, and what it was given: in itself, and on the bus. */
function aRun() {
  const injected: OperatorCommand[] = []
  const told: (OperatorCommand | Tuning)[] = []
  let tradingState: TradingState = 'active'
  let seq = 0
  let verdict: ReturnType<Parameters<OperatorControl['attach']>[0]['wouldOpen']> = ok('new')
  return {
    injected,
    told,
    /** The plane does not open its account now. */
    refuseOpening: (code: string, detail: string) => void (verdict = err({ code, detail })),
    commanded: {
      edge: {
        name: 'order-plane.edge',
        nextSeq: () => ++seq,
        control: (event: OperatorCommand | Tuning) => void told.push(event),
        auditLink: () => undefined,
      },
      account: 'sim',
      runId: 'cafe0001',
      marketUs: () => 1_000_000,
      tradingState: () => tradingState,
      stateAfter: () => 'active',
      wouldOpen: () => verdict,
      inject(producer: string, event: OperatorCommand) {
        expect(producer).toBe('order-plane.edge')
        injected.push(event)
        tradingState = event.command === 'halt' ? 'halted' : event.command === 'reduce' ? 'reducing' : 'active'
      },
    } as unknown as Parameters<OperatorControl['attach']>[0],
  }
}

const halted = { type: 'operatorCommand', command: 'halt', who: 'ada', why: 'a test', effectUs: 1_000_000 }

describe('orders of operators', () => {
  it('are enforced in the run, kept in the halt file, and told on the bus', async () => {
    const { operators, folder, order } = await opened()
    const run = aRun()
    operators.attach(run.commanded)
    expect(await order('halt')).toMatchObject({
      status: 200,
      body: { accepted: true, who: 'ada', tradingState: 'halted', persisted: true, audited: false },
    })
    expect(run.injected).toMatchObject([halted])
    expect(run.told).toEqual(run.injected)
    expect(createHaltFile(folder, 'order-plane').read()).toMatchObject({ state: 'halted', who: 'ada', why: 'a test' })
  })

  it('are taken without a run, stand, and are told to the next one and enforced in it, once', async () => {
    const { operators, order } = await opened()
    expect(await order('reduce')).toMatchObject({ status: 200, body: { tradingState: 'reducing' } })
    const run = aRun()
    operators.attach(run.commanded)
    expect(run.injected).toMatchObject([{ command: 'reduce' }])
    // Once as it was ordered, once as what still stands.
    expect(run.told.map((event) => event.type === 'operatorCommand' && event.command)).toEqual(['reduce', 'reduce'])
    operators.detach()
    const next = aRun()
    operators.attach(next.commanded)
    expect(next.injected).toMatchObject([{ command: 'reduce', why: expect.stringContaining('a test') as string }])
  })

  it('that loosen are refused without an audit, and change nothing', async () => {
    const { operators, order, lines } = await opened()
    const run = aRun()
    operators.attach(run.commanded)
    await order('halt')
    for (const [command, more] of [
      ['resume', {}],
      ['rearm', {}],
      ['tune', { strategy: 'OFI', parameters: { horizonMs: 5000 } }],
    ] as const) {
      const { status, body } = await order(command, TOKEN, more)
      expect([command, status, body['accepted']]).toEqual([command, 503, false])
      expect(body['reason']).toContain('set DATABASE_URL and TRIPLANE_AUDIT_KEY')
    }
    expect(run.told).toHaveLength(1)
    expect(operators.control.standing.state).toBe('halted')
    expect(lines.find(({ level }) => level === 'WARNING')?.message).toContain(
      'No audit: resume, rearm, tune and open are refused',
    )
  })

  it('open its account with what the same account owned', async () => {
    const { operators, order } = await opened()
    const open = (account: string) =>
      order('open', TOKEN, {
        document: sealOwned({ account, runId: 'r', marketUs: 1, owned: examples.accountOpened.account, switches: [] }),
      })
    expect((await open('sim')).body['reason']).toBe('Expected a run under way, was none. Nothing was opened.')
    const run = aRun()
    operators.attach(run.commanded)
    expect(await open('live-1')).toMatchObject({
      status: 409,
      body: { reason: 'Expected what the account sim of the run owned, was that of live-1. Nothing was opened.' },
    })
    // Without an audit nothing is opened.
    expect(await open('sim')).toMatchObject({ status: 503, body: { accepted: false } })
    run.refuseOpening('traded', 'something was booked in this run')
    expect(await open('sim')).toMatchObject({
      status: 409,
      body: {
        reason: 'Expected a new, flat, halted run, was: traded (something was booked in this run). Nothing was opened.',
      },
    })
    expect(run.injected).toEqual([])
  })

  it('of nobody are refused and counted', async () => {
    const { operators, order, refused } = await opened()
    const run = aRun()
    operators.attach(run.commanded)
    expect(await order('halt', 'another-token-0123456789abcdef')).toMatchObject({ status: 401 })
    expect(await order('halt', TOKEN, { why: '' })).toMatchObject({ status: 400 })
    expect(refused).toHaveLength(2)
    expect(run.injected).toEqual([])
  })
})

describe('what stands when a process starts', () => {
  it('is what stood when the one before ended', async () => {
    const { order, folder } = await opened()
    await order('halt')
    const { operators, lines } = await opened(folder)
    expect(operators.control.standing).toMatchObject({ state: 'halted', who: 'ada' })
    expect(lines[0]?.message).toContain('halted by order of ada: a test')
  })

  it('is a halt where the one before crashed by a bug, and the note of it is gone', async () => {
    const folder = join(root, 'crashed')
    leaveCrashNote(folder, 'order_plane', { atUs: 5, error: 'TypeError: x is not a function\n    at y' })
    const { operators, lines } = await opened(folder)
    const { state, why } = operators.control.standing
    expect({ state, why }).toEqual({ state: 'halted', why: 'crashed: TypeError: x is not a function' })
    expect(readCrashNote(folder, 'order_plane')).toBeUndefined()
    expect(lines[0]).toMatchObject({ level: 'CRITICAL' })
    expect(readFileSync(createHaltFile(folder, 'order-plane').path, 'utf8')).toContain('crashed: TypeError')
  })
})
