import fc from 'fast-check'
import { fixed, formatFixed, MONEY_SCALE, multiplyFixed } from '@triplane/kernel'
import { aFill } from '@triplane/testing'
import { createLedger, type LedgerSnapshot } from './ledger.ts'
import { convertMoney, parseRate } from './money.ts'
import { markValue, unrealized } from './position.ts'

const ratesToUsd = { USDT: '1', KRW: '0.00074129' } as const
const rates = { USDT: parseRate(ratesToUsd.USDT), KRW: parseRate(ratesToUsd.KRW) }
const config = {
  startingCashUsd: '1000000',
  instruments: [
    { symbol: 'BTC/USDT', quote: 'USDT', lotSize: '0.00001' },
    { symbol: 'PEPE/USDT', quote: 'USDT', lotSize: '1' },
    { symbol: 'BTC/KRW', quote: 'KRW', lotSize: '0.00001' },
  ],
  ratesToUsd,
} as const

/** A few sizes only, so that partial closes, exact closes and flips are all common. */
const fillsOf = fc.array(
  fc.record({
    instrument: fc.constantFrom(...config.instruments),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    lots: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 1_000_000_000 })),
    priceUnits: fc.integer({ min: 1, max: 1_000_000_000 }),
    feeUnits: fc.integer({ min: -1_000, max: 1_000_000 }),
  }),
  { minLength: 1, maxLength: 60 },
)
const markOf = fc.double({ min: 1e-9, max: 1e6, noNaN: true })

function fillsFrom(samples: ReturnType<typeof fillsOf.generate>['value']) {
  return samples.map(({ instrument, side, lots, priceUnits, feeUnits }, i) =>
    aFill({
      fillId: `f${i}`,
      symbol: instrument.symbol,
      side,
      quantity: formatFixed(BigInt(lots), instrument.symbol === 'PEPE/USDT' ? 0 : 5),
      price: formatFixed(BigInt(priceUnits), 7),
      fee: formatFixed(BigInt(feeUnits), MONEY_SCALE),
    }),
  )
}

describe('the ledger, after any sequence of fills', () => {
  it('has realised + unrealised = cash flow + mark value, and cash flow = what the fills paid, commission included', () => {
    fc.assert(
      fc.property(fillsOf, markOf, (samples, mark) => {
        const ledger = createLedger(config)
        const paid = new Map<string, bigint>()
        for (const fill of fillsFrom(samples)) {
          ledger.book(fill)
          const scale = ledger.position(fill.symbol).quantityScale
          const notional = multiplyFixed(fixed(fill.quantity, scale), scale, fixed(fill.price, 7), 7, MONEY_SCALE)
          const cost = (fill.side === 'BUY' ? notional : -notional) + fixed(fill.fee, MONEY_SCALE)
          paid.set(fill.symbol, (paid.get(fill.symbol) ?? 0n) + cost)

          ledger.mark(fill.symbol, mark, 1)
          const position = ledger.position(fill.symbol)
          expect(position.realized + unrealized(position)).toBe(position.cashFlow + markValue(position))
          expect(position.cashFlow).toBe(-(paid.get(fill.symbol) as bigint))
          if (position.quantity === 0n) expect(position.costBasis).toBe(0n)
        }
      }),
    )
  })

  it('has gained what its equity has grown by: realised + unrealised, at any marks and rates', () => {
    fc.assert(
      fc.property(fillsOf, fc.array(markOf, { minLength: 3, maxLength: 3 }), (samples, marks) => {
        const ledger = createLedger(config)
        for (const fill of fillsFrom(samples)) ledger.book(fill)
        config.instruments.forEach(({ symbol }, i) => ledger.mark(symbol, marks[i] as number, 1))
        const { equityUsd, realizedUsd, unrealizedUsd, feesUsd, positions } = ledger.value()
        expect(equityUsd - fixed('1000000', 8)).toBe(realizedUsd + unrealizedUsd)
        expect([realizedUsd, unrealizedUsd, feesUsd]).toEqual([
          positions.reduce((sum, position) => sum + position.realizedUsd, 0n),
          positions.reduce((sum, position) => sum + position.unrealizedUsd, 0n),
          positions.reduce((sum, position) => sum + position.feesUsd, 0n),
        ])
        // What was paid and what is held, each currency at its rate, up to the rounding of each of the sums.
        const gainedUsd = config.instruments.reduce((sum, { symbol, quote }) => {
          const position = ledger.position(symbol)
          return sum + convertMoney(position.cashFlow + markValue(position), rates[quote])
        }, 0n)
        const difference = realizedUsd + unrealizedUsd - gainedUsd
        expect(difference >= -3n && difference <= 3n).toBe(true)
      }),
    )
  })

  it('is the same when fills come twice and when it is restored half-way', () => {
    fc.assert(
      fc.property(fillsOf, fc.nat(), (samples, cut) => {
        const fills = fillsFrom(samples)
        const straight = createLedger(config)
        let bumpy = createLedger(config)
        fills.forEach((fill, i) => {
          expect(straight.book(fill)).toBe(true)
          straight.observe()
          if (i === cut % fills.length) {
            bumpy = createLedger(config, JSON.parse(JSON.stringify(bumpy.snapshot())) as LedgerSnapshot)
          }
          bumpy.book(fill)
          bumpy.observe()
          expect(bumpy.book(fill)).toBe(false)
        })
        expect(bumpy.snapshot()).toEqual(straight.snapshot())
      }),
    )
  })
})
