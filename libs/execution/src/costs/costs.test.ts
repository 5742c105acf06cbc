import { terms } from '../../test/builders.ts'
import { commission } from './commission.ts'
import { slippageBps } from './slippage.ts'

describe('commission', () => {
  it.each([
    { name: '5 bps of 6,000', quantityUnits: 100n, priceUnits: 600_000n, rateBps: 5, want: '3' },
    { name: 'a rebate is negative', quantityUnits: 100n, priceUnits: 600_000n, rateBps: -0.5, want: '-0.3' },
    { name: 'a tie rounds to even, down', quantityUnits: 1n, priceUnits: 1n, rateBps: 0.5, want: '0' },
    { name: 'a tie rounds to even, up', quantityUnits: 1n, priceUnits: 3n, rateBps: 0.5, want: '0.00000002' },
    { name: 'no rate, no commission', quantityUnits: 100n, priceUnits: 600_000n, rateBps: 0, want: '0' },
  ])('$name', ({ quantityUnits, priceUnits, rateBps, want }) => {
    expect(commission(quantityUnits, priceUnits, rateBps, terms)).toBe(want)
  })
})

describe('slippage', () => {
  it.each([
    { side: 'BUY', price: 101, want: 100 },
    { side: 'BUY', price: 99, want: -100 },
    { side: 'SELL', price: 99, want: 100 },
    { side: 'SELL', price: 101, want: -100 },
  ] as const)('$side at $price against 100 costs $want bps', ({ side, price, want }) => {
    expect(slippageBps(side, price, 100)).toBe(want)
  })
})
