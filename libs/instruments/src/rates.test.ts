import fc from 'fast-check'
import { fixed, MONEY_SCALE } from '@triplane/kernel'
import { configuredRates, quotedOf, tradableOf } from './rates.ts'

describe('configuredRates', () => {
  const rates = configuredRates({ USD: '1', USDT: '1', KRW: '0.00074129' })

  it('has the configured rates', () => {
    expect([rates.of('USD'), rates.of('USDT'), rates.find('KRW')]).toEqual([100_000_000n, 100_000_000n, 74_129n])
    expect(rates.usdPer('KRW')).toBe(0.00074129)
  })

  it('has no rate of other currencies, and throws where one is needed', () => {
    expect(rates.find('EUR')).toBeUndefined()
    expect(() => configuredRates({}).of('USDT')).toThrow(/rate to USD, was USDT/)
    expect(() => rates.of('EUR')).toThrow(/every quote currency has a rate to USD, was EUR/)
    expect(() => rates.usdPer('EUR')).toThrow(/rate to USD, was EUR/)
  })

  it('counts a US dollar as one, and trades in it only if it is configured', () => {
    const none = configuredRates({})
    expect([none.usdPer('USD'), none.has('USD')]).toEqual([1, false])
  })

  it.each(['0', '-1', 'one', '0.000000001'])('refuses a rate of %s', (rate) => {
    expect(() => configuredRates({ USDT: rate })).toThrow()
  })

  it('returns the written decimal as a number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 15 }), (units) => {
        const text = `${Math.floor(units / 1e8)}.${String(units % 1e8).padStart(MONEY_SCALE, '0')}`
        expect(configuredRates({ X: text }).usdPer('X')).toBe(Number(text))
        expect(configuredRates({ X: text }).of('X')).toBe(fixed(text, MONEY_SCALE))
      }),
    )
  })
})

it('leaves out instruments quoted in a currency that is not configured', () => {
  const instruments = ['USDT', 'BTC', 'USD'].map((quote) => ({ kind: 'spot' as const, quote }))
  expect(tradableOf(instruments, configuredRates({ USDT: '1' }))).toEqual([{ kind: 'spot', quote: 'USDT' }])
})

it('separates traded from only quoted instruments', () => {
  const spot = { kind: 'spot' as const, quote: 'USDT' }
  const index = { kind: 'index' as const, quote: 'USDT' }
  const quoted = { ...spot, isTraded: false }
  const instruments = [index, spot, quoted, { ...spot, isTraded: true }]
  expect(tradableOf(instruments, configuredRates({ USDT: '1' }))).toEqual([spot, { ...spot, isTraded: true }])
  expect(quotedOf(instruments)).toEqual([index, quoted])
})
