import fc from 'fast-check'
import { fixed } from '@triplane/kernel'
import { anInstrument } from '@triplane/testing'
import { notional, quantityWorth, worthUsd, type TradingTerms } from '@triplane/instruments'
import type { LiveOrder } from './live-orders.ts'
import { planOrder, servesTarget, type OrderPlan, type PlannedOrder } from './order-planner.ts'

const terms: TradingTerms = {
  instrument: anInstrument({ tickSize: '0.1', lotSize: '0.001', minNotional: '100' }),
  steps: { tickSize: '0.1', lotSize: '0.001', minNotional: '100' },
  quantityScale: 3,
  lotUnits: 1n,
  lotSize: 0.001,
  priceScale: 1,
  tickUnits: 1n,
  tickSize: 0.1,
  contract: { units: 1n, scale: 0 },
  contractSize: 1,
  usdPerQuote: 1,
  minNotional: 100,
  exemptsReduceOnly: false,
}
const plan = { minTradeUsd: 500, maxOrderUsd: 20_000, urgentTradeUsd: 10_000, collarTicks: 5, repriceBps: 1 }
const touch = { bid: 50_000, ask: 50_000.2, quotedUs: 1 }
const q = (text: string) => fixed(text, 3)
const abs = (units: bigint) => (units < 0n ? -units : units)

interface PlanCase {
  readonly name: string
  readonly targetUsd: number
  readonly position: string
  readonly isReducing?: boolean
  readonly terms?: Partial<TradingTerms>
  readonly plan?: Partial<OrderPlan>
  readonly want: Partial<PlannedOrder> | undefined
}

describe('planOrder', () => {
  it.each([
    {
      name: 'rests a small difference at the touch, where it only makes',
      targetUsd: 5000,
      position: '0',
      want: {
        side: 'BUY',
        quantity: '0.099',
        limitPrice: '50000',
        timeInForce: 'GTC',
        postOnly: true,
        reduceOnly: false,
      },
    },
    {
      name: 'crosses the spread for a large one',
      targetUsd: -15_000,
      position: '0',
      want: {
        side: 'SELL',
        quantity: '0.299',
        limitPrice: '49999.5',
        timeInForce: 'IOC',
        postOnly: false,
        reduceOnly: false,
      },
    },
    {
      name: 'sends at most the largest order',
      targetUsd: 45_000,
      position: '0',
      want: { side: 'BUY', quantity: '0.399' },
    },
    {
      name: 'marks a reducing order',
      targetUsd: 5000,
      position: '0.15',
      want: { side: 'SELL', quantity: '0.051', limitPrice: '50000.2', reduceOnly: true },
    },
    {
      name: 'crosses zero in one order',
      targetUsd: -5000,
      position: '0.1',
      want: { side: 'SELL', quantity: '0.199', reduceOnly: false },
    },
    {
      name: 'buys past a short that is too small to be closed',
      targetUsd: 5000,
      position: '-0.001',
      want: { side: 'BUY', quantity: '0.1', reduceOnly: false },
    },
    {
      name: 'lets dust not stand in the way of the smallest trade',
      targetUsd: 500.1,
      position: '0.001',
      plan: { minTradeUsd: 480 },
      want: { side: 'BUY', quantity: '0.009' },
    },
    {
      name: 'takes a remainder with it that could not be closed alone',
      targetUsd: 0,
      position: '0.4',
      want: { side: 'SELL', quantity: '0.4', reduceOnly: true },
    },
    {
      name: 'closes for a target that is too small to be traded',
      targetUsd: -60,
      position: '0.1',
      want: { side: 'SELL', quantity: '0.1', reduceOnly: true },
    },
    {
      name: 'closes below the minimum where the venue exempts that',
      targetUsd: 0,
      position: '0.001',
      terms: { exemptsReduceOnly: true },
      want: { side: 'SELL', quantity: '0.001', reduceOnly: true },
    },
    {
      name: 'clips a flip to the close while reducing',
      targetUsd: -5000,
      position: '0.1',
      isReducing: true,
      want: { side: 'SELL', quantity: '0.1', reduceOnly: true },
    },
    {
      name: 'does not enlarge while reducing',
      targetUsd: 9000,
      position: '0.1',
      isReducing: true,
      want: undefined,
    },
    { name: 'leaves a small difference alone', targetUsd: 5000, position: '0.092', want: undefined },
    {
      name: 'closes what is below the minimum trade',
      targetUsd: 0,
      position: '-0.004',
      want: { side: 'BUY', quantity: '0.004' },
    },
    {
      name: 'closes whole lots of what was traded in finer ones',
      targetUsd: 0,
      position: '0.054',
      terms: { lotUnits: 10n, lotSize: 0.01 },
      want: { side: 'SELL', quantity: '0.05', reduceOnly: true },
    },
    { name: 'leaves what no venue would take', targetUsd: 0, position: '0.001', want: undefined },
    { name: 'does nothing at the target', targetUsd: 0, position: '0', want: undefined },
  ] as readonly PlanCase[])('$name', ({ targetUsd, position, want, isReducing = false, ...other }) => {
    const order = planOrder(
      { targetUsd, position: q(position), ...touch },
      { ...terms, ...other.terms },
      { ...plan, ...other.plan },
      isReducing,
    )
    if (want === undefined) expect(order).toBeUndefined()
    else expect(order).toMatchObject(want)
  })

  it('reaches any target in finitely many orders, none too small or beyond it; what is left is dust or below a trade', () => {
    const market = fc.record({
      bid: fc.double({ min: 0.5, max: 90_000, noNaN: true }),
      minNotional: fc.constantFrom(0, 5, 20, 100, 800),
      minTradeUsd: fc.constantFrom(0.01, 50, 500),
      maxOrderUsd: fc.constantFrom(1_000, 2_000, 20_000),
      lotUnits: fc.constantFrom(1n, 10n, 1_000n),
      exemptsReduceOnly: fc.boolean(),
      isReducing: fc.boolean(),
    })
    const usd = fc.oneof(fc.constant(0), fc.double({ min: -12_000, max: 12_000, noNaN: true }))
    fc.assert(
      fc.property(market, usd, usd, (market, startUsd, targetUsd) => {
        const { bid, isReducing, minNotional, exemptsReduceOnly } = market
        const some = { ...terms, ...market, lotSize: Number(market.lotUnits) / 1000 }
        const lotUsd = some.lotSize * bid
        fc.pre(lotUsd < market.maxOrderUsd)
        const somePlan = { ...plan, ...market, urgentTradeUsd: 1_500 }
        const ask = bid + 0.1
        let position = quantityWorth(startUsd, bid, some)
        const start = position
        for (let orders = 0; ; orders++) {
          const want = { targetUsd, position, bid, ask, quotedUs: 1 }
          const order = planOrder(want, some, somePlan, isReducing)
          if (!order) break
          expect(orders).toBeLessThan(100)
          const units = q(order.quantity)
          const after = position + (order.side === 'BUY' ? units : -units)
          const worth = notional(units, Number(order.limitPrice), some)
          expect((order.reduceOnly && exemptsReduceOnly) || worth >= minNotional).toBe(true)
          expect(order.reduceOnly).toBe(position !== 0n && (after - position) * position < 0n && after * position >= 0n)
          // It comes closer, and only overshoots a target that is too small to be held.
          const target = quantityWorth(targetUsd, (bid + ask) / 2, some)
          const low = [position, target, 0n].reduce((a, b) => (a < b ? a : b))
          const high = [position, target, 0n].reduce((a, b) => (a > b ? a : b))
          expect(after >= low && after <= high && after !== position).toBe(true)
          if (isReducing) expect(after * start >= 0n && abs(after) <= abs(start)).toBe(true)
          position = after
        }
        if (isReducing) return
        const target = quantityWorth(targetUsd, (bid + ask) / 2, some)
        const leftUsd = worthUsd(abs(target - position), bid, some)
        const least = Math.max(somePlan.minTradeUsd, minNotional * 1.1)
        const isDust = worthUsd(abs(position), bid, some) < minNotional * 1.1 && !exemptsReduceOnly
        expect(leftUsd <= least || isDust).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('servesTarget', () => {
  const resting: LiveOrder = {
    intentId: 'OFI-1',
    strategy: 'OFI',
    side: 'BUY',
    quantity: q('0.1'),
    reported: 0n,
    booked: 0n,
    limitPrice: 50_000,
    rests: true,
    isAnswered: true,
    hasEnded: false,
    validUntilUs: 0,
    cancelSentUs: 0,
  }

  it.each([
    { name: 'an order that goes where we want', change: {}, targetUsd: 5200, want: true },
    { name: 'an order a few lots too large', change: {}, targetUsd: 4900, want: true },
    { name: 'an order much too large', change: {}, targetUsd: 4000, want: false },
    { name: 'the wrong side', change: {}, targetUsd: -5000, want: false },
    { name: 'an order when nothing is missing', change: {}, targetUsd: 0, want: false },
    { name: 'the rest of a partly filled order', change: { booked: q('0.06') }, targetUsd: 2100, want: true },
    { name: 'a bid 5 USD behind the touch', change: { limitPrice: 49_995 }, targetUsd: 5200, want: true },
    { name: 'a bid 6 USD behind the touch', change: { limitPrice: 49_994 }, targetUsd: 5200, want: false },
    {
      name: 'the same of an order that does not rest',
      change: { limitPrice: 49_994, rests: false },
      targetUsd: 5200,
      want: true,
    },
    {
      name: 'an offer 6 USD behind the touch',
      change: { side: 'SELL' as const, limitPrice: 50_006.2 },
      targetUsd: -5200,
      want: false,
    },
  ])('judges $name: $want', ({ change, targetUsd, want }) => {
    expect(servesTarget({ ...resting, ...change }, { targetUsd, position: 0n, ...touch }, terms, plan)).toBe(want)
  })
})
