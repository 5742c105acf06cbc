import { aDeadPlane, aPlane, CliWorld, stopPlanes } from '../../test/cli-world.ts'

const orders = {
  tradingState: 'active',
  counts: { filled: 12, cancelled: 3, rejected: 0 },
  denied: { order_rate: 2 },
  open: [
    {
      intentId: 'i-1',
      strategy: 'OFI',
      instrument: 'BTC/USDT@sim',
      side: 'BUY',
      orderType: 'LIMIT',
      state: 'acknowledged',
      quantity: '0.50',
      filled: '0.10',
      limitPrice: '60000.10',
    },
    {
      intentId: 'i-2',
      strategy: 'OFI',
      instrument: 'SPY@sim\u001b[2J',
      side: 'SELL',
      orderType: 'MARKET',
      quantity: '7',
    },
  ],
}
const positions = {
  equityUsd: '1000015.00',
  realizedUsd: '20.00',
  unrealizedUsd: '-5.00',
  feesUsd: '2.50',
  grossUsd: '30000.00',
  netUsd: '30000.00',
  positions: [
    {
      instrument: 'BTC/USDT@sim',
      quantity: '0.5',
      costBasis: '30005.00',
      mark: 60000,
      realizedUsd: '20.00',
      unrealizedUsd: '-5.00',
    },
  ],
}
const switches = {
  pnl: { active: false, distanceRatio: 0.12345 },
  drawdown: { active: true, distanceRatio: 1 },
}

let world: CliWorld
beforeEach(() => void (world = new CliWorld()))
afterEach(stopPlanes)

describe('orders', () => {
  it('print a table, whatever characters a name has', async () => {
    world.environment = { TRIPLANE_ORDER_PLANES: (await aPlane(200, orders)).url }
    expect(await world.run('orders')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "trading state  active
      orders         filled 12, cancelled 3
      denied         order_rate 2

      order  strategy  instrument    side  type    state         quantity  filled  limit
      i-1    OFI       BTC/USDT@sim  BUY   LIMIT   acknowledged      0.50  0.10    60000.10
      i-2    OFI       SPY@sim [2J   SELL  MARKET  -                    7  -       -
      "
    `)
  })

  it('print JSON from every order plane', async () => {
    const [plane, dead] = [await aPlane(200, orders), await aDeadPlane()]
    world.environment = { TRIPLANE_ORDER_PLANES: `${plane.url},${dead}` }
    const { code, value } = await world.json('orders')
    expect(code).toBe(1)
    expect(value).toEqual({
      planes: [
        { url: plane.url, view: orders },
        { url: dead, error: 'ECONNREFUSED' },
      ],
    })
    expect(world.messages).toBe(
      `triplane: Expected orders of the order plane at ${dead}, was: ECONNREFUSED. ` +
        'Start Triplane (npm start, docker compose up), or set TRIPLANE_ORDER_PLANES\n',
    )
    expect(plane.asked).toMatchObject([{ method: 'GET', path: '/status/orders' }])
  })

  it('are absent without a run', async () => {
    const plane = await aPlane(503, { error: 'Expected a run under way, was none' })
    world.environment = { TRIPLANE_ORDER_PLANES: plane.url }
    expect(await world.run('orders')).toBe(1)
    expect(world.output).toBe('')
    expect(world.messages).toContain('was: Expected a run under way, was none')
  })
})

describe('positions', () => {
  it('print a table below the account', async () => {
    world.environment = { TRIPLANE_ORDER_PLANES: (await aPlane(200, positions)).url }
    expect(await world.run('positions')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "equity 1000015.00 USD: realised 20.00 net of fees of 2.50, unrealised -5.00; gross 30000.00, net 30000.00

      instrument    quantity  cost basis   mark  realised USD  unrealised USD
      BTC/USDT@sim       0.5    30005.00  60000         20.00           -5.00
      "
    `)
  })
})

describe('kill switches', () => {
  it('are those that the order planes enforce, and the distances that the strategy plane sees', async () => {
    const order = await aPlane(200, { tradingState: 'halted', active: ['drawdown'] })
    const strategy = await aPlane(200, switches)
    world.environment = { TRIPLANE_ORDER_PLANES: order.url, TRIPLANE_STRATEGY_PLANES: strategy.url }
    expect(await world.run('kill-switches')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "trading state  halted
      active         drawdown

      switch    active  distance (1 trips)
      pnl       no                   0.123
      drawdown  yes                  1.000
      "
    `)
    expect(await world.json('kill-switches')).toEqual({
      code: 0,
      value: {
        orderPlanes: [{ url: order.url, view: { tradingState: 'halted', active: ['drawdown'] } }],
        strategyPlanes: [{ url: strategy.url, view: switches }],
      },
    })
  })

  it('of the order planes are shown while the strategy plane is down', async () => {
    const order = await aPlane(200, { tradingState: 'reducing', active: [] })
    world.environment = { TRIPLANE_ORDER_PLANES: order.url, TRIPLANE_STRATEGY_PLANES: await aDeadPlane() }
    expect(await world.run('kill-switches')).toBe(1)
    expect(world.output).toContain('trading state  reducing\nactive         none\n')
  })
})
