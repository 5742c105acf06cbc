import fc from 'fast-check'
import { fixed } from '@triplane/kernel'
import type { LiveOrder } from './live-orders.ts'
import { planOrder, servesTarget } from './order-planner.ts'
import { quantityWorth, type TradingTerms } from './trading-terms.ts'

const terms: TradingTerms = {
  quantityScale: 3,
  lotUnits: 1n,
  lotSize: 0.001,
  priceScale: 1,
  tickUnits: 1n,
  tickSize: 0.1,
  usdPerQuote: 1,
  minNotionalUsd: 100,
}
const plan = { minTradeUsd: 500, maxOrderUsd: 20_000, urgentTradeUsd: 10_000, collarTicks: 5, repriceBps: 1 }
const touch = { bid: 50_000, ask: 50_000.2, quotedUs: 1 }
const q = (text: string) => fixed(text, 3)

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
      name: 'flips through flat',
      targetUsd: -5000,
      position: '0.1',
      want: { side: 'SELL', quantity: '0.1', reduceOnly: true },
    },
    { name: 'leaves a small difference alone', targetUsd: 5000, position: '0.092', want: undefined },
    {
      name: 'closes what is below the minimum trade',
      targetUsd: 0,
      position: '-0.004',
      want: { side: 'BUY', quantity: '0.004' },
    },
    { name: 'leaves what no venue would take', targetUsd: 0, position: '0.001', want: undefined },
    { name: 'does nothing at the target', targetUsd: 0, position: '0', want: undefined },
  ])('$name', ({ targetUsd, position, want }) => {
    const order = planOrder({ targetUsd, position: q(position), ...touch }, terms, plan)
    if (want === undefined) expect(order).toBeUndefined()
    else expect(order).toMatchObject(want)
  })

  it('never goes beyond the target, nor through zero', () => {
    const usd = fc.double({ min: -60_000, max: 60_000, noNaN: true })
    fc.assert(
      fc.property(usd, fc.integer({ min: -1200, max: 1200 }), (targetUsd, lots) => {
        const position = BigInt(lots)
        const order = planOrder({ targetUsd, position, ...touch }, terms, plan)
        if (!order) return
        const target = quantityWorth(targetUsd, 50_000.1, terms)
        const after = position + (order.side === 'BUY' ? 1n : -1n) * q(order.quantity)
        const [low, high] = position < target ? [position, target] : [target, position]
        expect(after >= low && after <= high).toBe(true)
        expect(position * after >= 0n).toBe(true)
        expect(order.reduceOnly).toBe(position !== 0n && (after - position) * position < 0n)
      }),
    )
  })
})

describe('servesTarget', () => {
  const resting: LiveOrder = {
    intentId: 'OFI-1',
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
