import fc from 'fast-check'
import { fixed } from '@triplane/kernel'
import { anInstrument } from '@triplane/testing'
import {
  changeSteps,
  contractSizeOf,
  limitPrice,
  notional,
  priceUnitsOf,
  quantityNumber,
  quantityText,
  quantityUnitsOf,
  quantityWorth,
  tradingTerms,
  wholeLots,
  worthUsd,
} from './trading-terms.ts'

const btc = tradingTerms(anInstrument({ kind: 'linear_perpetual', tickSize: '0.10', minNotional: '100' }), 1)

describe('quantityWorth', () => {
  it.each([
    { notionalUsd: 20_000, price: 61_800, lots: 323n },
    { notionalUsd: -20_000, price: 61_800, lots: -323n },
    { notionalUsd: 61.79, price: 61_800, lots: 0n },
    { notionalUsd: -61.79, price: 61_800, lots: 0n },
  ])('of $notionalUsd USD at $price is $lots lots, rounded toward zero', ({ notionalUsd, price, lots }) => {
    expect(quantityWorth(notionalUsd, price, btc)).toBe(lots * btc.lotUnits)
  })

  it('counts in USD when the quote currency is a different one', () => {
    expect(quantityWorth(20_000, 61_800, { ...btc, usdPerQuote: 2 })).toBe(161n * btc.lotUnits)
  })
})

it('trades in new steps once they are in force, in the same units', () => {
  const terms = { ...btc }
  changeSteps(terms, { tickSize: '0.01', lotSize: '0.0001', minNotional: '5' })
  expect(10n * terms.lotUnits).toBe(btc.lotUnits)
  expect(quantityWorth(20_000, 61_800, terms)).toBe(3_236n * terms.lotUnits)
  expect(limitPrice(61_800.27, 'BUY', 1, terms)).toBe('61800.28')
  expect(terms.minNotional).toBe(5)
})

describe('a contract with a contract size', () => {
  const contract = anInstrument({ kind: 'linear_perpetual', contractSize: '0.01', lotSize: '1', minNotional: '0' })
  const terms = tradingTerms(contract, 2)

  it('is worth its size times the price', () => {
    expect(terms.contractSize).toBe(0.01)
    expect(notional(7n * terms.lotUnits, 60_000, terms)).toBeCloseTo(4200, 9)
    expect(worthUsd(-7n * terms.lotUnits, 60_000, terms)).toBeCloseTo(-8400, 9)
    expect(quantityWorth(10_000, 60_000, terms)).toBe(8n * terms.lotUnits)
  })

  it('has a size with no more digits than needed', () => {
    expect(contractSizeOf({})).toEqual({ units: 1n, scale: 0 })
    expect(contractSizeOf({ contractSize: '0.010' })).toEqual({ units: 1n, scale: 2 })
    expect(contractSizeOf({ contractSize: '100' })).toEqual({ units: 100n, scale: 0 })
  })

  it('never buys more than the requested notional, and less by under a lot', () => {
    const sizes = fc.constantFrom('0.0001', '0.01', '1', '10', '1000')
    const usd = fc.integer({ min: 1, max: 10_000_000 })
    const prices = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(sizes, usd, prices, (contractSize, notionalUsd, price) => {
        const terms = tradingTerms({ ...contract, contractSize }, 1)
        const quantity = quantityWorth(notionalUsd, price, terms)
        expect(worthUsd(quantity, price, terms)).toBeLessThanOrEqual(notionalUsd * (1 + 1e-12))
        expect(worthUsd(quantity + terms.lotUnits, price, terms)).toBeGreaterThan(notionalUsd * (1 - 1e-12))
      }),
    )
  })
})

describe('units', () => {
  it('convert to and from text and number', () => {
    expect(quantityUnitsOf('0.123', btc)).toBe(fixed('0.123', 8))
    expect(priceUnitsOf('61800.3', btc)).toBe(fixed('61800.3', 8))
    expect(quantityText(fixed('0.123', 8), btc)).toBe('0.123')
    expect(quantityNumber(fixed('-0.123', 8), btc)).toBe(-0.123)
  })

  it('are 0 for a text with finer digits, or that is no number', () => {
    expect([quantityUnitsOf('0.123456789', btc), priceUnitsOf('x', btc)]).toEqual([0n, 0n])
  })

  it.each([
    { size: 0.0029999999999, lots: 3n },
    { size: 0.0029, lots: 2n },
    { size: 0.0009, lots: 0n },
  ])('of $size are $lots lots', ({ size, lots }) => {
    expect(wholeLots(size, btc)).toBe(lots * btc.lotUnits)
  })
})

describe('limitPrice', () => {
  it.each([
    { name: 'stays on the grid', price: 61_800.3, side: 'BUY' as const, ticks: 0, want: '61800.3' },
    { name: 'goes up through the ask', price: 61_800.3, side: 'BUY' as const, ticks: 5, want: '61800.8' },
    { name: 'goes down through the bid', price: 61_800.2, side: 'SELL' as const, ticks: 5, want: '61799.7' },
    { name: 'rounds a buy down', price: 61_800.27, side: 'BUY' as const, ticks: 0, want: '61800.2' },
    { name: 'rounds a sale up', price: 61_800.21, side: 'SELL' as const, ticks: 0, want: '61800.3' },
    { name: 'never goes to zero', price: 0.2, side: 'SELL' as const, ticks: 5, want: '0.1' },
  ])('$name', ({ price, side, ticks, want }) => {
    expect(limitPrice(price, side, ticks, btc)).toBe(want)
  })
})
