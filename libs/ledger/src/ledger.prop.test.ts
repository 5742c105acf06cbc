import fc from 'fast-check'
import { fixed, formatFixed, MONEY_SCALE, multiplyFixed } from '@triplane/kernel'
import { aFill } from '@triplane/testing'
import { createLedger, type LedgerSnapshot } from './ledger.ts'
import { markValue, unrealized } from './position.ts'

const config = {
  startingCashUsd: '1000000',
  instruments: [
    { symbol: 'BTC/USDT', quote: 'USDT', lotSize: '0.00001' },
    { symbol: 'PEPE/USDT', quote: 'USDT', lotSize: '1' },
  ],
  ratesToUsd: { USDT: '1' },
}

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
      quantity: formatFixed(BigInt(lots), instrument.symbol === 'BTC/USDT' ? 5 : 0),
      price: formatFixed(BigInt(priceUnits), 7),
      fee: formatFixed(BigInt(feeUnits), MONEY_SCALE),
    }),
  )
}

describe('the ledger, after any sequence of fills', () => {
  it('has realised + unrealised = cash flow + mark value, and cash flow = what the fills paid', () => {
    fc.assert(
      fc.property(fillsOf, markOf, (samples, mark) => {
        const ledger = createLedger(config)
        const paid = new Map<string, bigint>()
        for (const fill of fillsFrom(samples)) {
          ledger.book(fill)
          const scale = ledger.position(fill.symbol).quantityScale
          const notional = multiplyFixed(fixed(fill.quantity, scale), scale, fixed(fill.price, 7), 7, MONEY_SCALE)
          paid.set(fill.symbol, (paid.get(fill.symbol) ?? 0n) + (fill.side === 'BUY' ? notional : -notional))

          ledger.mark(fill.symbol, mark)
          const position = ledger.position(fill.symbol)
          expect(position.realized + unrealized(position)).toBe(position.cashFlow + markValue(position))
          expect(position.cashFlow).toBe(-(paid.get(fill.symbol) as bigint))
          if (position.quantity === 0n) expect(position.costBasis).toBe(0n)
        }
      }),
    )
  })

  it('has equity = starting cash + cash flow + mark value - fees', () => {
    fc.assert(
      fc.property(fillsOf, (samples) => {
        const ledger = createLedger(config)
        for (const fill of fillsFrom(samples)) ledger.book(fill)
        const positions = config.instruments.map(({ symbol }) => ledger.position(symbol))
        const expected = positions.reduce((sum, p) => sum + p.cashFlow + markValue(p) - p.fees, fixed('1000000', 8))
        expect(ledger.value().equityUsd).toBe(expected)
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
