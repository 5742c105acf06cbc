import type { OwnedAccount } from '@triplane/contracts'
import { examples } from '@triplane/testing'
import { aPlane, CliWorld, stopPlanes } from '../../test/cli-world.ts'

afterEach(stopPlanes)

const { account } = examples.accountOpened
const other: OwnedAccount = { ...account, cash: [{ currency: 'USD', amount: '1' }] }

/** An order plane that owns `account`, and a strategy plane that shows each entry of `strategy` in turn. */
async function aSystem(strategy: readonly OwnedAccount[], adopted: { readonly status: number; readonly body: object }) {
  const world = new CliWorld()
  const left = [...strategy]
  const owned = { marketUs: 5, tradingState: 'reducing', openOrders: 0, account, switches: [] }
  const orderPlane = await aPlane(200, (path: string) =>
    path === '/control/adopt' ? adopted : { status: 200, body: owned },
  )
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
const accepted = { status: 200, body: { accepted: true, audited: true, who: 'ada' } }

describe('reconcile --adopt', () => {
  it('asks the order plane to state its ledger, and waits until both planes own the same', async () => {
    const { world, orderPlane } = await aSystem([other, other, account], accepted)
    expect(await world.run('reconcile', '--adopt', '--why', 'a fill was lost')).toBe(0)
    expect(orderPlane.asked[0]).toMatchObject({ path: '/control/adopt', body: '{"why":"a fill was lost"}' })
    expect(world.output).toContain('Both planes own the same.')
  })

  it('fails when the order plane refuses, and when the ledgers stay apart', async () => {
    const refused = { status: 503, body: { accepted: false, reason: 'no audit' } }
    const without = await aSystem([other], refused)
    expect(await without.world.run('reconcile', '--adopt', '--why', 'x')).toBe(1)
    expect(without.world.messages).toContain('was refused: no audit')
    const apart = await aSystem([other], accepted)
    expect(await apart.world.run('reconcile', '--adopt', '--why', 'x')).toBe(1)
    expect(apart.world.messages).toContain('cash: 100000 USD by the order plane, 1 USD by the strategy plane')
  })
})
