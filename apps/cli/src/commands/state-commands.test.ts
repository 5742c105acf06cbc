import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OwnedAccount } from '@triplane/contracts'
import { readOwned, sealOwned, type OwnedDocument } from '@triplane/control'
import { examples } from '@triplane/testing'
import { aDeadPlane, aPlane, CliWorld, stopPlanes, type FakePlane } from '../../test/cli-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'triplane-state-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(stopPlanes)

const { account } = examples.accountOpened
const [position] = account.positions
const withQuantity = (quantity: string): OwnedAccount => {
  const [part] = position?.parts ?? []
  return { ...account, positions: [{ ...position, parts: [{ ...part, quantity }] }] } as OwnedAccount
}
const halted = { marketUs: 5, tradingState: 'halted', openOrders: 0, account, switches: ['pnl'] }
const ran = { runId: 'cafe0001', account: 'live-1' }
const file = join(folder, 'owned.json')

/** An order plane that owns `order`, and a strategy plane that shows each entry of `strategy` in turn. */
async function aSystem({
  order = {},
  strategy = [account],
  run = ran,
  opened = { status: 200, body: { accepted: true } },
}: {
  readonly order?: object
  readonly strategy?: readonly OwnedAccount[]
  readonly run?: object
  readonly opened?: { readonly status: number; readonly body: object }
} = {}) {
  const world = new CliWorld()
  const left = [...strategy]
  const orderPlane = await aPlane(200, (path: string) => {
    if (path === '/control/open') return opened
    return { status: 200, body: path === '/status/run' ? run : { ...halted, ...order } }
  })
  const strategyPlane = await aPlane(200, () => {
    const next = left.length > 1 ? left.shift() : left[0]
    return { status: 200, body: { marketUs: 5, account: next } }
  })
  world.environment = {
    TRIPLANE_ORDER_PLANES: orderPlane.url,
    TRIPLANE_STRATEGY_PLANES: strategyPlane.url,
    TRIPLANE_TOKEN: 'secret',
  }
  return { world, orderPlane }
}

describe('state export', () => {
  it('writes what the account owns, readable by its owner only', async () => {
    const peaked = { ...account, peakUsd: '100500', maxDrawdownRatio: 0.005 }
    const { world } = await aSystem({ strategy: [peaked] })
    expect(await world.run('state', 'export', '--out', file)).toBe(0)
    const document = JSON.parse(readFileSync(file, 'utf8')) as OwnedDocument
    expect(readOwned(document).ok).toBe(true)
    expect(document).toMatchObject({ ...ran, marketUs: 5, switches: ['pnl'], owned: peaked })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(world.output.replace(file, 'FILE')).toMatchInlineSnapshot(`
      "account live-1 of run cafe0001, begun with 100000 USD; kill switches still active: pnl

      instrument    strategy  quantity  cost basis   realised
      BTC/USDT@sim  OFI            0.1     6180.03  -3.090015

      Written to FILE.
      "
    `)
  })

  it.each([
    {
      name: 'trading goes on',
      system: { order: { tradingState: 'active' } },
      message: 'Expected trading to be halted, was active. First: triplane halt --why TEXT',
    },
    {
      name: 'orders work',
      system: { order: { openOrders: 2 } },
      message: 'Expected no open orders, was 2: wait until they are cancelled',
    },
    {
      name: 'the ledgers differ',
      system: { strategy: [withQuantity('0.2')] },
      message:
        'Expected the ledgers of both planes to agree, was: BTC/USDT@sim OFI: quantity 0.1 by the order plane, 0.2 by the strategy plane',
    },
    {
      name: 'no run is under way',
      system: { run: {} },
      message: 'Expected a run under way on the order plane, was none',
    },
    {
      name: 'the plane is of a version that owns otherwise',
      system: { order: { account: { cash: 1 } } },
      message:
        'Expected what the account owns, was something else: Expected the field /account/startingCashUsd, was nothing',
    },
  ])('is refused while $name, and writes nothing', async ({ system, message }) => {
    const { world } = await aSystem(system)
    const out = join(folder, 'refused.json')
    expect(await world.run('state', 'export', '--out', out)).toBe(1)
    expect(world.messages).toBe(`triplane: ${message}\n`)
    expect(statSync(out, { throwIfNoEntry: false })).toBeUndefined()
  })

  it('names a plane that does not answer', async () => {
    const { world } = await aSystem()
    const dead = await aDeadPlane()
    world.environment = { ...world.environment, TRIPLANE_STRATEGY_PLANES: dead }
    expect(await world.run('state', 'export', '--out', file)).toBe(1)
    expect(world.messages).toBe(`triplane: Expected owned of the strategy plane at ${dead}, was: ECONNREFUSED\n`)
  })
})

describe('state import', () => {
  const document = sealOwned({ ...ran, marketUs: 5, owned: account, switches: [] })
  beforeEach(() => writeFileSync(file, JSON.stringify(document)))
  const asked = ({ asked: all }: FakePlane) => all.filter(({ method }) => method === 'POST')

  it('sends the document to the order plane, and waits until the strategy plane has it too', async () => {
    const { world, orderPlane } = await aSystem({ strategy: [withQuantity('0'), withQuantity('0'), account] })
    expect(await world.run('state', 'import', file, '--why', 'upgrade')).toBe(0)
    const [order] = asked(orderPlane)
    expect(order).toMatchObject({ path: '/control/open', authorization: 'Bearer secret' })
    expect(JSON.parse(order?.body ?? '')).toEqual({ document, why: 'upgrade' })
    expect(world.waitedMs).toBe(1000)
    expect(world.output).toContain('Both planes own it. Trading stays halted: triplane resume --why TEXT\n')
  })

  it('reports that the strategy plane did not open the account', async () => {
    const { world } = await aSystem({ strategy: [withQuantity('0')] })
    expect(await world.run('state', 'import', file, '--why', 'upgrade')).toBe(1)
    expect(world.messages).toContain('the strategy plane not yet: BTC/USDT@sim OFI: quantity 0.1 by the order plane, 0')
    expect(world.messages).toContain('Do not resume.')
  })

  it("prints the plane's refusal", async () => {
    const reason = 'Expected a new, flat, halted run, was: not_halted (trading is active by the operators’ orders).'
    const { world, orderPlane } = await aSystem({ opened: { status: 409, body: { accepted: false, reason } } })
    expect(await world.run('state', 'import', file, '--why', 'upgrade')).toBe(1)
    expect(world.messages).toBe(`triplane: Expected ${orderPlane.url} to open the account, was refused: ${reason}\n`)
  })

  it.each([
    { name: 'cut off', text: JSON.stringify(document).slice(0, -5), message: 'Expected a document of the format' },
    { name: 'edited', text: JSON.stringify(document).replace('"0.1"', '"0.3"'), message: 'the document was changed' },
  ])('refuses a file that was $name, before asking any plane', async ({ text, message }) => {
    writeFileSync(file, text)
    const { world, orderPlane } = await aSystem()
    expect(await world.run('state', 'import', file, '--why', 'upgrade')).toBe(2)
    expect(world.messages).toContain(`Cannot import ${file}: `)
    expect(world.messages).toContain(message)
    expect(orderPlane.asked).toEqual([])
  })

  it('refuses a missing file', async () => {
    const { world } = await aSystem()
    expect(await world.run('state', 'import', join(folder, 'none.json'), '--why', 'upgrade')).toBe(2)
    expect(world.messages).toContain('ENOENT')
  })
})
