import { changeSteps, limitPrice, quantityWorth, tradingTerms } from './trading-terms.ts'

const btc = tradingTerms(
  {
    symbol: 'BTC/USDT:USDT',
    venue: 'binance_usdm',
    exchange: 'binance',
    venueSymbol: 'BTCUSDT',
    kind: 'linear_perpetual',
    base: 'BTC',
    quote: 'USDT',
    tickSize: '0.10',
    lotSize: '0.001',
    minNotional: '100',
    session: '24x7',
  },
  '1',
)

describe('quantityWorth', () => {
  it.each([
    { notionalUsd: 20_000, price: 61_800, lots: 323n },
    { notionalUsd: -20_000, price: 61_800, lots: -323n },
    { notionalUsd: 61.79, price: 61_800, lots: 0n },
    { notionalUsd: -61.79, price: 61_800, lots: 0n },
  ])('of $notionalUsd USD at $price is $lots lots, rounded toward zero', ({ notionalUsd, price, lots }) => {
    expect(quantityWorth(notionalUsd, price, btc)).toBe(lots * btc.lotUnits)
  })

  it('counts in USD when the quote currency is another', () => {
    expect(quantityWorth(20_000, 61_800, { ...btc, usdPerQuote: 2 })).toBe(161n * btc.lotUnits)
  })
})

it('trades in other steps from when they come into force, in the same units', () => {
  const terms = { ...btc }
  changeSteps(terms, { tickSize: '0.01', lotSize: '0.0001', minNotional: '5' })
  expect(10n * terms.lotUnits).toBe(btc.lotUnits)
  expect(quantityWorth(20_000, 61_800, terms)).toBe(3_236n * terms.lotUnits)
  expect(limitPrice(61_800.27, 'BUY', 1, terms)).toBe('61800.28')
  expect(terms.minNotional).toBe(5)
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
