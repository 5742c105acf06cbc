import { StateMisfitError } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { fixed, formatFixed } from '@triplane/kernel'
import { aFill } from '@triplane/testing'
import { createLedger } from './ledger.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'
import { portfolioState } from './portfolio-state.ts'
import { convertMoney } from './money.ts'

const usd = (text: string) => fixed(text, 8)
const btc = {
  symbol: 'BTC/USDT',
  venue: 'sim',
  kind: 'spot' as const,
  base: 'BTC',
  quote: 'USDT',
  lotSize: '0.001',
  minNotional: '5',
}
const sap = {
  symbol: 'SAP',
  venue: 'sim',
  kind: 'equity' as const,
  base: 'SAP',
  quote: 'EUR',
  lotSize: '1',
  minNotional: '1',
}
const newLedger = (startingCashUsd = '10000', snapshot?: LedgerSnapshot) =>
  createLedger(
    { startingCashUsd, instruments: [btc, sap], rates: configuredRates({ USDT: '1', EUR: '1.1' }) },
    snapshot,
  )

describe('createLedger', () => {
  it('values positions of several currencies in USD', () => {
    const ledger = newLedger()
    ledger.book(
      aFill({ fillId: '1', instrument: 'BTC/USDT@sim', side: 'BUY', quantity: '0.1', price: '60000', fee: '3' }),
    )
    ledger.book(aFill({ fillId: '2', instrument: 'SAP@sim', side: 'SELL', quantity: '10', price: '200', fee: '1' }))
    ledger.mark('BTC/USDT@sim', 61_000, 1)
    ledger.mark('SAP@sim', 190, 1)
    const valuation = ledger.value()
    expect(valuation).toMatchObject({
      equityUsd: usd('10205.9'), // 10000 + 100 + 110 - 3 - 1.1
      realizedUsd: usd('-4.1'),
      unrealizedUsd: usd('210'),
      feesUsd: usd('4.1'),
      grossUsd: usd('8190'),
      netUsd: usd('4010'),
      drawdownRatio: 0,
    })
    expect(valuation.positions.map((of) => of.position.instrument)).toEqual(['BTC/USDT@sim', 'SAP@sim'])
  })

  it('values a position without a mark at its fill', () => {
    const ledger = newLedger()
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', quantity: '0.1', price: '60000.5', fee: '0' }))
    expect(ledger.value()).toMatchObject({ grossUsd: usd('6000.05'), unrealizedUsd: 0n })
  })

  it('measures drawdown from the highest observed equity', () => {
    const ledger = newLedger()
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', side: 'BUY', quantity: '0.1', price: '60000', fee: '0' }))
    const ratios = [80_000, 70_000, 90_000, 84_500].map((price) => {
      ledger.mark('BTC/USDT@sim', price, 1)
      return ledger.observe().drawdownRatio
    })
    expect(ratios).toEqual([0, 1000 / 12_000, 0, 550 / 13_000])
    expect(ledger.value().maxDrawdownRatio).toBe(1000 / 12_000)
  })

  it('does not remember a valuation that is only read', () => {
    const ledger = newLedger()
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', side: 'BUY', quantity: '0.1', price: '60000', fee: '0' }))
    ledger.mark('BTC/USDT@sim', 10_000, 1)
    expect(ledger.value().maxDrawdownRatio).toBe(0.5)
    ledger.mark('BTC/USDT@sim', 60_000, 1)
    expect(ledger.value().maxDrawdownRatio).toBe(0)
  })

  it.each([
    { name: 'below the minimum notional', mark: 4_000, change: {}, isDust: true },
    { name: 'at the minimum notional', mark: 5_000, change: {}, isDust: false },
    { name: 'of a perpetual', mark: 4_000, change: { kind: 'linear_perpetual' as const }, isDust: false },
    { name: 'where the venue exempts closing', mark: 4_000, change: { exemptsReduceOnly: true }, isDust: false },
  ])('calls a position dust that cannot be closed: $name', ({ mark, change, isDust }) => {
    const instruments = [{ ...btc, ...change }]
    const ledger = createLedger({ startingCashUsd: '10000', instruments, rates: configuredRates({ USDT: '1' }) })
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', quantity: '0.001', price: '60000', fee: '0' }))
    ledger.mark('BTC/USDT@sim', mark, 1)
    expect(ledger.value().positions[0]?.isDust).toBe(isDust)
  })

  it('pays a fee in the base currency from the bought quantity', () => {
    const ledger = newLedger()
    const fill = { instrument: 'BTC/USDT@sim', side: 'BUY' as const, quantity: '0.1', price: '60000' }
    ledger.book(aFill({ ...fill, fee: '0.0001', feeCurrency: 'BTC' }))
    ledger.mark('BTC/USDT@sim', 70_000, 1)
    const { balances, feesUsd, equityUsd } = ledger.value()
    expect([balances.get('BTC'), balances.get('USDT'), feesUsd]).toEqual([usd('0.0999'), usd('-6000'), usd('6')])
    expect(equityUsd).toBe(usd('10993')) // 10000 - 6000 + 0.0999 * 70000
  })

  it('deducts a fee in the base from the position, so that it can be sold', () => {
    const ledger = newLedger()
    const fill = { instrument: 'BTC/USDT@sim', price: '60000', feeCurrency: 'BTC' } as const
    const held = () => [ledger.position('BTC/USDT@sim').quantity, ledger.value().balances.get('BTC')]
    ledger.book(aFill({ ...fill, fillId: '1', side: 'BUY', quantity: '0.1', fee: '0.0001' }))
    expect(held()).toEqual([usd('0.0999'), usd('0.0999')])
    ledger.book(aFill({ ...fill, fillId: '2', side: 'BUY', quantity: '0.001', fee: '0.00000099' }))
    expect(held()).toEqual([usd('0.10089901'), usd('0.10089901')])
    ledger.book(aFill({ ...fill, fillId: '3', side: 'SELL', quantity: '0.1', fee: '6', feeCurrency: 'USDT' }))
    expect(held()).toEqual([usd('0.00089901'), usd('0.00089901')])
    // Deposits of the base pay first.
    ledger.transfer({ transferId: '1', currency: 'BTC', amount: '0.001' })
    ledger.book(aFill({ ...fill, fillId: '4', side: 'BUY', quantity: '1', fee: '0.001' }))
    expect(held()).toEqual([usd('1.00089901'), usd('1.00089901')])
  })

  it('keeps its starting cash, whatever is configured now', () => {
    const ledger = newLedger()
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', side: 'BUY', quantity: '0.1', price: '60000', fee: '6' }))
    ledger.transfer({ transferId: '1', currency: 'USD', amount: '500' })
    ledger.observe()
    const restored = newLedger('77777', ledger.snapshot())
    expect(restored.value()).toEqual(ledger.value())
    expect(restored.value()).toMatchObject({ startingCashUsd: usd('10000'), equityUsd: usd('10494') })
    restored.transfer({ transferId: '2', currency: 'USD', amount: '-500' })
    expect(restored.value()).toMatchObject({ depositsUsd: 0n, equityUsd: usd('9994') })
  })

  it('keeps gain and drawdown across deposits and withdrawals', () => {
    const ledger = newLedger()
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', side: 'BUY', quantity: '0.1', price: '60000', fee: '0' }))
    ledger.mark('BTC/USDT@sim', 50_000, 1)
    expect(ledger.observe()).toMatchObject({ equityUsd: usd('9000'), drawdownRatio: 0.1 })
    expect(ledger.transfer({ transferId: '1', currency: 'USD', amount: '-4500' })).toBe(true)
    expect(ledger.transfer({ transferId: '1', currency: 'USD', amount: '-4500' })).toBe(false)
    const { equityUsd, depositsUsd, drawdownRatio, unrealizedUsd } = ledger.observe()
    expect([equityUsd, depositsUsd, unrealizedUsd]).toEqual([usd('4500'), usd('-4500'), usd('-1000')])
    expect(drawdownRatio).toBe(0.1)
  })

  it('counts round trips', () => {
    const ledger = newLedger()
    const trade = (fillId: string, side: 'BUY' | 'SELL', price: string) =>
      ledger.book(aFill({ fillId, instrument: 'BTC/USDT@sim', side, quantity: '0.1', price, fee: '1' }))
    trade('1', 'BUY', '60000')
    trade('2', 'SELL', '60030')
    trade('3', 'SELL', '60000')
    trade('4', 'BUY', '59985') // earns 1.5, less than the fees of 2
    expect(ledger.roundTrips).toEqual({ closed: 2, won: 1 })
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a mark', (price) => {
    const ledger = newLedger()
    ledger.mark('BTC/USDT@sim', 60_000, 1)
    expect(() => ledger.mark('BTC/USDT@sim', price, 2)).toThrow(/a mark is a price > 0/)
    expect(ledger.position('BTC/USDT@sim')).toMatchObject({ mark: 60_000, markUs: 1 })
  })

  it('reports the age of a position’s mark, and when it exceeds the limit', () => {
    const ledger = newLedger()
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', quantity: '0.1', price: '60000', fee: '0' }))
    ledger.mark('BTC/USDT@sim', 61_000, 5_000_000)
    const [held] = portfolioState(ledger.value(), 15_000_000, 10_000_000).positions
    const [aged] = portfolioState(ledger.value(), 15_000_001, 10_000_000).positions
    expect([held, aged]).toMatchObject([{ mark: 61_000, markAgeUs: 10_000_000 }, { markAgeUs: 10_000_001 }])
    expect([held?.isMarkStale, aged?.isMarkStale]).toEqual([undefined, true])
  })

  it.each([
    { name: 'an unknown instrument', fill: { instrument: 'ETH/USDT@sim' }, rule: /knows the instrument, was ETH/ },
    { name: 'digits that cannot be booked', fill: { quantity: '0.000000001' }, rule: /at most 8 digits/ },
    { name: 'no quantity', fill: { quantity: '0' }, rule: /quantity is > 0/ },
  ])('throws on a fill with $name', ({ fill, rule }) => {
    expect(() => newLedger().book(aFill(fill))).toThrow(rule)
  })

  it.each([
    { name: 'no starting cash', change: { startingCashUsd: '0' }, rule: /starting cash is > 0/ },
    { name: 'an instrument twice', change: { instruments: [btc, btc] }, rule: /is in a ledger once/ },
    { name: 'a currency without a rate', change: { rates: configuredRates({}) }, rule: /rate to USD, was USDT/ },
  ])('throws on $name', ({ change, rule }) => {
    const config = { startingCashUsd: '1', instruments: [btc], rates: configuredRates({ USDT: '1' }) }
    expect(() => createLedger({ ...config, ...change })).toThrow(rule)
  })
})

describe('a saved ledger', () => {
  const saved = () => {
    const ledger = newLedger()
    ledger.book(aFill({ instrument: 'BTC/USDT@sim', side: 'BUY', quantity: '0.1', price: '60000', fee: '0' }))
    return ledger.snapshot()
  }

  it.each([
    {
      name: 'finer lots',
      instruments: [{ ...btc, lotSize: '0.0000000001' }, sap],
      found: '10 decimals of quantity in USDT',
    },
    { name: 'another currency', instruments: [{ ...btc, quote: 'EUR' }, sap], found: '8 decimals of quantity in EUR' },
    { name: 'an instrument that is gone', instruments: [sap], found: 'nothing of it configured' },
  ])('is refused with $name', ({ instruments, found }) => {
    const restore = () =>
      createLedger(
        { startingCashUsd: '10000', instruments, rates: configuredRates({ USDT: '1', EUR: '1.1' }) },
        saved(),
      )
    expect(restore).toThrow(StateMisfitError)
    for (const part of ['BTC/USDT', '8 decimals of quantity in USDT', found]) expect(restore).toThrow(part)
  })

  it('resumes with one more instrument', () => {
    const eth = { ...btc, symbol: 'ETH/USDT', base: 'ETH' }
    const config = {
      startingCashUsd: '10000',
      instruments: [btc, eth, sap],
      rates: configuredRates({ USDT: '1', EUR: '1.1' }),
    }
    expect(createLedger(config, saved()).value()).toEqual(newLedger('10000', saved()).value())
  })
})

describe('money', () => {
  it('converts at a rate, rounded half to even', () => {
    expect(formatFixed(convertMoney(usd('12.5'), configuredRates({ KRW: '1350.25' }).of('KRW')), 8)).toBe('16878.125')
    expect(convertMoney(1n, configuredRates({ X: '0.5' }).of('X'))).toBe(0n)
    expect(convertMoney(3n, configuredRates({ X: '0.5' }).of('X'))).toBe(2n)
  })
})
