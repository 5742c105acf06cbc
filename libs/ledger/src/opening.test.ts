import type { OwnedAccount } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { fixed } from '@triplane/kernel'
import { aFill } from '@triplane/testing'
import { createLedger } from './ledger.ts'

const BTC = 'BTC/USDT@sim'
const btc = {
  symbol: 'BTC/USDT',
  venue: 'sim',
  kind: 'spot' as const,
  base: 'BTC',
  quote: 'USDT',
  lotSize: '0.001',
  minNotional: '5',
}
const config = {
  startingCashUsd: '100000',
  instruments: [btc],
  rates: configuredRates({ USDT: '1', BNB: '500' }),
}
const bought = aFill({ fillId: 'f1', strategy: 'OFI', quantity: '0.5', price: '60000', fee: '3' })

function heldAccount(): OwnedAccount {
  const ledger = createLedger(config)
  ledger.book(bought)
  ledger.mark(BTC, 61_000, 1)
  ledger.observe()
  ledger.mark(BTC, 60_500, 2)
  ledger.observe()
  return ledger.owned()
}
const [position] = heldAccount().positions
const [part] = position?.parts ?? []
const withPosition = (changes: object): OwnedAccount => {
  return { ...heldAccount(), positions: [{ ...position, ...changes }] } as OwnedAccount
}

describe('opening a ledger', () => {
  it('restores what was owned: positions by strategy, cash, results, peak and drawdown', () => {
    const ledger = createLedger({ ...config, startingCashUsd: '7' })
    expect(ledger.open('a', heldAccount())).toEqual({ ok: true, value: 'new' })
    expect(ledger.owned()).toEqual(heldAccount())
    const { startingCashUsd, equityUsd, drawdownRatio, balances } = ledger.observe()
    expect([startingCashUsd, equityUsd]).toEqual([fixed('100000', 8), fixed('100247', 8)])
    expect(drawdownRatio).toBeCloseTo(250 / 100_497, 12)
    expect(balances.get('BTC')).toBe(fixed('0.5', 8))
    expect(ledger.strategies().map(({ strategy }) => strategy)).toEqual(['OFI'])
  })

  it('books on from there, and saves the opening', () => {
    const ledger = createLedger(config)
    ledger.open('a', heldAccount())
    const restored = createLedger(config, ledger.snapshot())
    for (const one of [ledger, restored]) one.book({ ...bought, fillId: 'f2', side: 'SELL', price: '60100' })
    expect(restored.snapshot()).toEqual(ledger.snapshot())
    expect(ledger.position(BTC)).toMatchObject({ quantity: 0n, costBasis: 0n, realized: fixed('44', 8) })
    expect(ledger.roundTrips).toEqual({ closed: 1, won: 1 })
  })

  it('keeps its own mark, and counts the mark of the account as stale', () => {
    const [fresh, silent] = [createLedger(config), createLedger(config)]
    fresh.mark(BTC, 62_000, 5)
    for (const ledger of [fresh, silent]) ledger.open('a', heldAccount())
    expect(fresh.position(BTC)).toMatchObject({ mark: 62_000, markUs: 5 })
    expect(silent.position(BTC)).toMatchObject({ mark: 60_500, markUs: 0 })
  })

  it('happens once', () => {
    const ledger = createLedger(config)
    ledger.open('a', heldAccount())
    const opened = ledger.snapshot()
    expect(ledger.open('a', heldAccount())).toEqual({ ok: true, value: 'known' })
    expect(ledger.open('b', heldAccount())).toMatchObject({ ok: false, error: { code: 'traded' } })
    expect(ledger.snapshot()).toEqual(opened)
  })

  it.each([
    {
      name: 'an instrument that is not configured',
      account: withPosition({ instrument: 'X/USDT@sim' }),
      code: 'unknown_instrument',
      detail: 'X/USDT@sim',
    },
    {
      name: 'contracts of another size',
      account: withPosition({ contractSize: '10' }),
      code: 'other_terms',
      detail: `${BTC}: expected contracts of 1 in USDT, was contracts of 10 in USDT`,
    },
    {
      name: 'another quote currency',
      account: withPosition({ quoteCurrency: 'KRW' }),
      code: 'other_terms',
      detail: `${BTC}: expected contracts of 1 in USDT, was contracts of 1 in KRW`,
    },
    {
      name: 'finer quantities',
      account: withPosition({ parts: [{ ...part, quantity: '0.000000001' }] }),
      code: 'other_terms',
      detail: `${BTC}: expected quantities of at most 8 digits, was 0.000000001`,
    },
    {
      name: 'a result that is not its cash flow',
      account: withPosition({ parts: [{ ...part, realized: '1' }] }),
      code: 'inconsistent',
      detail: `${BTC}: realised less cost basis of OFI is not its cash flow`,
    },
    {
      name: 'a strategy twice',
      account: withPosition({ parts: [part, part] }),
      code: 'inconsistent',
      detail: `${BTC}: OFI is there twice`,
    },
    {
      name: 'a position without a mark',
      account: withPosition({ mark: 0 }),
      code: 'inconsistent',
      detail: `${BTC}: what is held has no mark`,
    },
    {
      name: 'a basis of nothing',
      account: withPosition({ parts: [{ ...part, quantity: '0' }] }),
      code: 'inconsistent',
      detail: `${BTC}: OFI holds nothing that has a cost basis`,
    },
    {
      name: 'an instrument twice',
      account: { ...heldAccount(), positions: [position, position] } as OwnedAccount,
      code: 'inconsistent',
      detail: `${BTC} is there twice`,
    },
    {
      name: 'cash without a rate',
      account: { ...heldAccount(), cash: [{ currency: 'EUR', amount: '1' }] },
      code: 'unknown_currency',
      detail: 'EUR',
    },
    {
      name: 'no cash',
      account: { ...heldAccount(), startingCashUsd: '0' },
      code: 'inconsistent',
      detail: 'it began with no cash',
    },
    {
      name: 'finer money',
      account: { ...heldAccount(), peakUsd: '0.000000001' },
      code: 'inconsistent',
      detail: 'its money has more than 8 digits',
    },
  ])('refuses $name, and changes nothing', ({ account, code, detail }) => {
    const ledger = createLedger(config)
    const before = ledger.snapshot()
    expect(ledger.open('a', account)).toEqual({ ok: false, error: { code, detail } })
    expect(ledger.snapshot()).toEqual(before)
  })

  it('refuses once something was booked', () => {
    const ledger = createLedger(config)
    ledger.book({ ...bought, fillId: 'f9' })
    ledger.book({ ...bought, fillId: 'f10', side: 'SELL' })
    expect(ledger.wouldOpen('a', heldAccount())).toMatchObject({ ok: false, error: { code: 'traded' } })
  })
})
