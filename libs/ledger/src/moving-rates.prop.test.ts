import { configuredRates, RunRates } from '@triplane/instruments'
import { fixed, formatFixed, MONEY_SCALE } from '@triplane/kernel'
import { aFill, aMark, anInstrument } from '@triplane/testing'
import fc from 'fast-check'
import { createLedger, type Ledger } from './ledger.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'
import { convertMoney } from './money.ts'

const WON = 'USDT/KRW@sim'
const traded = ['BTC/USDT@sim', 'BTC/KRW@sim', 'ETH/KRW:KRW@sim'] as const
const instruments = [
  anInstrument({ lotSize: '0.00001' }),
  anInstrument({ symbol: 'BTC/KRW', lotSize: '0.00001' }),
  {
    ...anInstrument({ symbol: 'ETH/KRW', lotSize: '0.00001' }),
    symbol: 'ETH/KRW:KRW',
    kind: 'linear_perpetual' as const,
  },
]
const configured = configuredRates({ USDT: '1', KRW: { instrument: WON, initial: '0.00074129' } }, [
  anInstrument({ symbol: 'USDT/KRW' }),
])

/** A ledger and its rates, as in a plane. */
class Plane {
  rates = new RunRates(configured)
  ledger: Ledger
  constructor(before?: Plane) {
    if (before) this.rates = new RunRates(configured, before.rates.snapshot())
    const saved = before && (JSON.parse(JSON.stringify(before.ledger.snapshot())) as LedgerSnapshot)
    this.ledger = createLedger({ startingCashUsd: '100000', instruments, rates: this.rates }, saved)
    if (!before) for (const id of traded) this.ledger.mark(id, 100, 1)
  }

  take(step: Step, i: number): void {
    const { ledger, rates } = this
    const price = step.cents / 100
    const shares = [
      { strategy: 'OFI', quantity: formatFixed(BigInt(step.lots), 5) },
      { strategy: 'MOM', quantity: formatFixed(BigInt(-step.lots), 5) },
    ]
    if (step.kind === 'rate') rates.onMark(aMark({ instrument: WON, price: 500 + price }))
    if (step.kind === 'mark') ledger.mark(step.instrument, price, 1)
    if (step.kind === 'transfer')
      ledger.transfer({ transferId: `t${i}`, currency: step.currency, amount: formatFixed(BigInt(step.units), 6) })
    if (step.kind === 'cross')
      ledger.cross({
        type: 'cross',
        crossId: `x${i}`,
        instrument: step.instrument,
        effectUs: 1,
        price: String(price),
        shares,
      })
    if (step.kind === 'fill')
      ledger.book(
        aFill({
          fillId: `f${i}`,
          ...{ instrument: step.instrument, strategy: step.strategy, side: step.side, price: String(price) },
          quantity: formatFixed(BigInt(step.lots), 5),
          fee: formatFixed(BigInt(Math.abs(step.units)), MONEY_SCALE),
          ...(step.isFeeInBase && step.instrument !== 'ETH/KRW:KRW@sim' && { feeCurrency: 'BTC' }),
        }),
      )
    ledger.observe()
  }
}

const stepOf = fc.record({
  kind: fc.constantFrom(
    'fill' as const,
    'fill' as const,
    'cross' as const,
    'transfer' as const,
    'mark' as const,
    'rate' as const,
  ),
  instrument: fc.constantFrom(...traded),
  strategy: fc.constantFrom('OFI', 'MOM'),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  lots: fc.integer({ min: 1, max: 500_000 }),
  cents: fc.integer({ min: 1, max: 1_000_000 }),
  units: fc.integer({ min: -2_000_000, max: 9_000_000 }),
  currency: fc.constantFrom('USD', 'USDT', 'KRW'),
  isFeeInBase: fc.boolean(),
})
type Step = ReturnType<typeof stepOf.generate>['value']

describe('a ledger whose rates move, after any sequence of inputs', () => {
  it('has balances worth its equity, and strategies and unattributed gains that sum to it exactly', () => {
    fc.assert(
      fc.property(fc.array(stepOf, { minLength: 1, maxLength: 40 }), (steps) => {
        const plane = new Plane()
        const { ledger, rates } = plane
        const cash = new Map<string, bigint>()
        const putIn = () =>
          [...cash].reduce((sum, [currency, units]) => sum + convertMoney(units, rates.of(currency)), 0n)
        let depositsUsd = 0n
        steps.forEach((step, i) => {
          const before = ledger.value()
          const putInBefore = putIn()
          plane.take(step, i)
          const { equityUsd, realizedUsd, unrealizedUsd, depositsUsd: deposited, balances, positions } = ledger.value()
          if (step.kind === 'transfer') {
            cash.set(
              step.currency,
              (cash.get(step.currency) ?? 0n) + fixed(formatFixed(BigInt(step.units), 6), MONEY_SCALE),
            )
            depositsUsd += putIn() - putInBefore
            expect(realizedUsd + unrealizedUsd).toBe(before.realizedUsd + before.unrealizedUsd)
          }
          expect(deposited).toBe(depositsUsd)
          expect(equityUsd).toBe(fixed('100000', MONEY_SCALE) + deposited + realizedUsd + unrealizedUsd)

          const made = ledger.strategies().reduce((sum, one) => sum + one.realizedUsd + one.unrealizedUsd, 0n)
          const nobodys = putIn() - depositsUsd
          expect(realizedUsd + unrealizedUsd).toBe(made + nobodys)

          let worthUsd = 0
          const btc = ledger.position('BTC/USDT@sim')
          for (const [currency, units] of balances)
            worthUsd += (Number(units) / 1e8) * (currency === 'BTC' ? btc.mark : rates.usdPer(currency))
          // A base held through two instruments has two marks: the balance counts the first, so add the difference.
          const krw = ledger.position('BTC/KRW@sim')
          worthUsd += (Number(krw.quantity) / 10 ** krw.quantityScale) * (krw.mark * rates.usdPer('KRW') - btc.mark)
          const perpetual = positions.find(({ position }) => position.instrument === 'ETH/KRW:KRW@sim')
          worthUsd += Number(perpetual?.unrealizedUsd ?? 0n) / 1e8
          expect(Math.abs(worthUsd - Number(equityUsd) / 1e8)).toBeLessThan(1e-6 + Math.abs(worthUsd) * 1e-11)
        })
      }),
    )
  })

  it('equals any other with the same inputs, also when restored', () => {
    fc.assert(
      fc.property(fc.array(stepOf, { minLength: 1, maxLength: 40 }), fc.nat(), (steps, cut) => {
        const straight = new Plane()
        let restored = new Plane()
        steps.forEach((step, i) => {
          if (i === cut % steps.length) restored = new Plane(restored)
          for (const plane of [straight, restored]) plane.take(step, i)
          expect(restored.ledger.value()).toEqual(straight.ledger.value())
        })
        expect(restored.ledger.snapshot()).toEqual(straight.ledger.snapshot())
      }),
    )
  })

  it('values alike whatever the rate was at the booking of fills', () => {
    const quoted = stepOf.map((step) => ({ ...step, isFeeInBase: false }))
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 30 }), (steps) => {
        const [early, late] = [new Plane(), new Plane()]
        const acts = steps.filter(({ kind }) => kind === 'fill' || kind === 'cross' || kind === 'mark')
        const rates = steps.filter(({ kind }) => kind === 'rate')
        for (const step of [...acts, ...rates]) early.take(step, steps.indexOf(step))
        for (const step of [...rates, ...acts]) late.take(step, steps.indexOf(step))
        const { maxDrawdownRatio: _, drawdownRatio: __, ...valued } = early.ledger.value()
        expect(late.ledger.value()).toMatchObject(valued)
      }),
    )
  })

  it('counts a position without a rate as 0', () => {
    const rates = new RunRates(
      configuredRates({ USDT: '1', KRW: { instrument: WON } }, [anInstrument({ symbol: 'USDT/KRW' })]),
    )
    const ledger = createLedger({ startingCashUsd: '100000', instruments, rates })
    ledger.book(aFill({ instrument: 'BTC/KRW@sim', side: 'BUY', quantity: '1', price: '1000', fee: '0' }))
    ledger.mark('BTC/KRW@sim', 3000, 1)
    expect(ledger.value()).toMatchObject({ equityUsd: fixed('100000', 8), grossUsd: 0n })
    expect(() => ledger.transfer({ transferId: 't', currency: 'KRW', amount: '1' })).toThrow(
      'has a rate or a mark, was KRW',
    )
    rates.onMark(aMark({ instrument: WON, price: 1000 }))
    expect(ledger.value()).toMatchObject({ equityUsd: fixed('100002', 8), grossUsd: fixed('3', 8) })
  })
})
