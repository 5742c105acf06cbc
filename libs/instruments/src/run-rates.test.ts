import { aMark, aMarketStatus, anInstrument } from '@triplane/testing'
import type { MarketStatus } from '@triplane/contracts'
import { configuredRates, tradableOf } from './rates.ts'
import { RunRates } from './run-rates.ts'
import { tradingTerms } from './trading-terms.ts'

const won = anInstrument({ symbol: 'USDT/KRW' })
const btc = anInstrument()
const coin = anInstrument({ symbol: 'ETH/KRW' })
const WON = 'USDT/KRW@sim'
const settings = { USDT: '1', KRW: { instrument: WON, initial: '0.0007' }, BTC: { instrument: 'BTC/USDT@sim' } }
const rates = configuredRates(settings, [won, btc, coin])
const run = () => new RunRates(rates)
const mark = (instrument: string, price: number) => aMark({ source: 'sim', instrument, price })
const status = (said: MarketStatus['status']) => aMarketStatus({ source: 'sim', instrument: WON, status: said })

describe('fed rates', () => {
  it('start at the initial rate or none, then follow marks: prices of the currency, or in it', () => {
    const live = run()
    expect([live.usdPer('KRW'), live.find('BTC'), live.usdPer('BTC')]).toEqual([0.0007, undefined, 0])
    expect([live.isKnown('KRW'), live.isKnown('BTC'), live.isKnown('USDT'), live.isKnown('EUR')]).toEqual([
      true,
      false,
      true,
      false,
    ])
    live.onMark(mark(WON, 1250))
    live.onMark(mark('BTC/USDT@sim', 60_000.5))
    expect([live.usdPer('KRW'), live.usdPer('BTC'), live.isKnown('BTC')]).toEqual([0.0008, 60_000.5, true])
    expect(live.moving).toEqual(['KRW', 'BTC'])
  })

  it('convert by the configured rate of the instrument’s other currency', () => {
    const euros = configuredRates({ EUR: '1.25', BTC: { instrument: 'BTC/EUR@sim' } }, [
      anInstrument({ symbol: 'BTC/EUR' }),
    ])
    const live = new RunRates(euros)
    live.onMark(mark('BTC/EUR@sim', 50_000))
    expect(live.usdPer('BTC')).toBe(62_500)
  })

  it('keep the terms of instruments current', () => {
    const live = run()
    const [of, other] = [live.follow(tradingTerms(coin, 9)), live.follow(tradingTerms(btc, 9))]
    live.onMark(mark(WON, 1250))
    expect([of.usdPerQuote, other.usdPerQuote]).toEqual([0.0008, 1])
  })

  it.each([
    { lost: 'stale', found: () => status('fresh') },
    { lost: 'late', found: () => status('on_time') },
    { lost: 'disconnected', found: () => mark(WON, 1250) },
  ] as const)('are not known while their instrument is $lost, but keep their value', ({ lost, found }) => {
    const live = run()
    live.onMark(mark(WON, 1250))
    expect([live.onStatus(status(lost)), live.onStatus(status(lost))]).toEqual([true, false])
    expect([live.isKnown('KRW'), live.usdPer('KRW')]).toEqual([false, 0.0008])
    const said = found()
    if (said.type === 'mark') live.onMark(said)
    else expect(live.onStatus(said)).toBe(false)
    expect(live.isKnown('KRW')).toBe(true)
  })

  it('are lost with the connection of their venue', () => {
    const live = run()
    live.onMark(mark(WON, 1250))
    const { instrument: _, ...every } = status('disconnected')
    live.onStatus({ ...every, source: 'other' })
    expect(live.isKnown('KRW')).toBe(true)
    expect(live.onStatus(every)).toBe(true)
  })

  it('stay unchanged when a mark rounds to 0', () => {
    const live = run()
    live.onMark(mark(WON, 1e12))
    expect(live.usdPer('KRW')).toBe(0.0007)
  })

  it('resume from their saved state', () => {
    const live = run()
    live.onMark(mark(WON, 1250))
    live.onStatus(status('stale'))
    const restored = new RunRates(rates, live.snapshot())
    expect(restored.snapshot()).toEqual(live.snapshot())
    expect([restored.usdPer('KRW'), restored.isKnown('KRW'), restored.find('BTC')]).toEqual([0.0008, false, undefined])
  })

  it('let instruments quoted in their currency be traded', () => {
    expect(tradableOf([won, btc, coin], rates)).toEqual([won, btc, coin])
    expect(tradableOf([coin], configuredRates({ USDT: '1' }))).toEqual([])
  })

  it.each([
    {
      name: 'no instrument of the run',
      rate: { KRW: { instrument: 'KRW@sim' } },
      why: /of KRW: an instrument of the run, was KRW@sim/,
    },
    {
      name: 'one of other currencies',
      rate: { KRW: { instrument: 'BTC/USDT@sim' } },
      why: /an instrument of KRW, was BTC.USDT@sim, of BTC in USDT/,
    },
    {
      name: 'one whose other has none',
      rate: { KRW: { instrument: 'ETH/KRW@sim' } },
      why: /other currency has a decimal for a rate, was ETH.KRW@sim, of ETH/,
    },
    { name: 'anything, of a dollar', rate: { USD: { instrument: WON } }, why: /of the rate of USD: 1, was/ },
    { name: 'another rate, of a dollar', rate: { USD: '0.9' }, why: /of the rate of USD: 1, was/ },
  ])('are refused for $name', ({ rate, why }) => {
    expect(() => configuredRates({ USDT: '1', ...rate }, [won, btc, coin])).toThrow(why)
  })
})
