import { priceUnitsOf, quantityUnitsOf, tradingTerms } from '@triplane/instruments'
import { perpetual, terms } from '../../test/builders.ts'
import { commission } from './commission.ts'
import { slippageBps } from './slippage.ts'

describe('commission', () => {
  it.each([
    { name: '5 bps of 6,000', quantity: '0.1', price: '60000', rateBps: 5, want: '3' },
    { name: 'a rebate is negative', quantity: '0.1', price: '60000', rateBps: -0.5, want: '-0.3' },
    { name: 'a tie rounds to even, down', quantity: '0.001', price: '0.1', rateBps: 0.5, want: '0' },
    { name: 'a tie rounds to even, up', quantity: '0.001', price: '0.3', rateBps: 0.5, want: '0.00000002' },
    { name: 'no rate, no commission', quantity: '0.1', price: '60000', rateBps: 0, want: '0' },
  ])('$name', ({ quantity, price, rateBps, want }) => {
    expect(commission(quantityUnitsOf(quantity, terms), priceUnitsOf(price, terms), rateBps, terms)).toBe(want)
  })
})

it('charges a contract by its worth', () => {
  const contract = tradingTerms({ ...perpetual, contractSize: '0.01' }, 1)
  expect(commission(quantityUnitsOf('10', contract), priceUnitsOf('60000', contract), 5, contract)).toBe('3')
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
