import { instrumentId } from '@triplane/contracts'
import fc from 'fast-check'
import { configuredRates } from '@triplane/instruments'
import { fixed, formatFixed, MONEY_SCALE, multiplyFixed } from '@triplane/kernel'
import { aFill } from '@triplane/testing'
import { createLedger, type Ledger } from './ledger.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'
import { convertMoney } from './money.ts'
import { markValue, unrealized } from './position.ts'

const ratesToUsd = { USDT: '1', KRW: '0.00074129' } as const
const rates = configuredRates(ratesToUsd)
const spot = (symbol: string, lotSize: string) => {
  const [base = '', quote = ''] = symbol.split('/') as [string, 'USDT' | 'KRW']
  return { symbol, venue: 'sim', kind: 'spot' as const, base, quote, lotSize, minNotional: '5' }
}
const config = {
  startingCashUsd: '1000000',
  instruments: [spot('BTC/USDT', '0.00001'), spot('PEPE/USDT', '1'), spot('BTC/KRW', '0.00001')],
  rates,
} as const

/** Only a few sizes, so that partial closes, exact closes and flips are all common. */
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
      instrument: instrumentId(instrument),
      side,
      quantity: formatFixed(BigInt(lots), instrument.symbol === 'PEPE/USDT' ? 0 : 5),
      price: formatFixed(BigInt(priceUnits), 7),
      fee: formatFixed(BigInt(feeUnits), MONEY_SCALE),
    }),
  )
}

describe('the ledger, after any sequence of fills', () => {
  it('is worth the same in contracts of any size as in whole units', () => {
    const sizes = fc.constantFrom(
      { contractSize: '0.01', digits: -2 },
      { contractSize: '1', digits: 0 },
      { contractSize: '1000', digits: 3 },
    )
    const lots = fc.integer({ min: -1_000_000, max: 1_000_000 }).filter((units) => units !== 0)
    const trades = fc.array(fc.record({ lots, priceUnits: fc.integer({ min: 1, max: 1_000_000_000 }) }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(sizes, trades, markOf, ({ contractSize, digits }, bought, mark) => {
        const perpetual = { ...spot('BTC/USDT', '0.001'), kind: 'linear_perpetual' as const }
        const [whole, pieces] = [perpetual, { ...perpetual, contractSize }].map((instrument) =>
          createLedger({ ...config, instruments: [instrument] }),
        )
        bought.forEach(({ lots: units, priceUnits }, i) => {
          const fill = aFill({
            fillId: `f${i}`,
            instrument: instrumentId(perpetual),
            side: units > 0 ? 'BUY' : 'SELL',
            price: formatFixed(BigInt(priceUnits), 7),
            fee: '0.00000003',
          })
          const magnitude = BigInt(Math.abs(units))
          whole?.book({ ...fill, quantity: formatFixed(magnitude, 3) })
          pieces?.book({ ...fill, quantity: formatFixed(magnitude * 1000n, 3 + digits + 3) })
        })
        const [inWhole, inPieces] = [whole, pieces].map((ledger) => {
          ledger?.mark(instrumentId(perpetual), mark, 1)
          const { positions: _, ...figures } = ledger?.observe() ?? { positions: [] }
          return figures
        })
        expect(inPieces).toEqual(inWhole)
      }),
    )
  })

  it('has realised + unrealised = cash flow + mark value, and cash flow = what the fills paid, commission included', () => {
    fc.assert(
      fc.property(fillsOf, markOf, (samples, mark) => {
        const ledger = createLedger(config)
        const paid = new Map<string, bigint>()
        for (const fill of fillsFrom(samples)) {
          ledger.book(fill)
          const scale = ledger.position(fill.instrument).quantityScale
          const notional = multiplyFixed(fixed(fill.quantity, scale), scale, fixed(fill.price, 7), 7, MONEY_SCALE)
          const cost = (fill.side === 'BUY' ? notional : -notional) + fixed(fill.fee, MONEY_SCALE)
          paid.set(fill.instrument, (paid.get(fill.instrument) ?? 0n) + cost)

          ledger.mark(fill.instrument, mark, 1)
          const position = ledger.position(fill.instrument)
          expect(position.realized + unrealized(position)).toBe(position.cashFlow + markValue(position))
          expect(position.cashFlow).toBe(-(paid.get(fill.instrument) as bigint))
          if (position.quantity === 0n) expect(position.costBasis).toBe(0n)
        }
      }),
    )
  })

  it('has gained the growth of its equity: realised + unrealised, at any marks and rates', () => {
    fc.assert(
      fc.property(fillsOf, fc.array(markOf, { minLength: 3, maxLength: 3 }), (samples, marks) => {
        const ledger = createLedger(config)
        for (const fill of fillsFrom(samples)) ledger.book(fill)
        config.instruments.forEach((instrument, i) => ledger.mark(instrumentId(instrument), marks[i] as number, 1))
        const { equityUsd, realizedUsd, unrealizedUsd, feesUsd, positions } = ledger.value()
        expect(equityUsd - fixed('1000000', 8)).toBe(realizedUsd + unrealizedUsd)
        expect([realizedUsd, unrealizedUsd, feesUsd]).toEqual([
          positions.reduce((sum, position) => sum + position.realizedUsd, 0n),
          positions.reduce((sum, position) => sum + position.unrealizedUsd, 0n),
          positions.reduce((sum, position) => sum + position.feesUsd, 0n),
        ])
        // Cash flow and mark value, each currency at its rate, up to the rounding of each sum.
        const gainedUsd = config.instruments.reduce((sum, instrument) => {
          const { quote } = instrument
          const position = ledger.position(instrumentId(instrument))
          return sum + convertMoney(position.cashFlow + markValue(position), rates.of(quote))
        }, 0n)
        const difference = realizedUsd + unrealizedUsd - gainedUsd
        expect(difference >= -3n && difference <= 3n).toBe(true)
      }),
    )
  })

  it('is the same when fills are delivered twice and when it is restored half-way', () => {
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

  it('is the same in every plane with the same fills and marks, whichever come first', () => {
    const priced = { ...config, rates: configuredRates({ ...ratesToUsd, BNB: '551.25' }) }
    const fill = fc.record({
      instrument: fc.constantFrom('BTC/USDT@sim', 'BTC/KRW@sim'),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      lots: fc.integer({ min: 1, max: 300 }),
      feeUnits: fc.integer({ min: -500, max: 3_000 }),
      feeCurrency: fc.constantFrom(undefined, 'BTC', 'BNB'),
      priceUnits: fc.integer({ min: 1, max: 1_000_000_000 }),
    })
    const mark = fc.record({
      instrument: fc.constantFrom('BTC/USDT@sim', 'BTC/KRW@sim'),
      price: fc.integer({ min: 1, max: 100_000 }),
    })
    fc.assert(
      fc.property(
        fc.array(fill, { maxLength: 30 }),
        fc.array(mark, { maxLength: 30 }),
        fc.array(fc.boolean()),
        (fills, marks, order) => {
          const early = createLedger(priced)
          const late = createLedger(priced)
          const both = [early, late]
          for (const ledger of both) for (const id of ['BTC/USDT@sim', 'BTC/KRW@sim']) ledger.mark(id, 50_000, 1)
          const bookings = fills.map(({ instrument, side, lots, feeUnits, feeCurrency, priceUnits }, i) => {
            const numbers = { quantity: formatFixed(BigInt(lots), 5), price: formatFixed(BigInt(priceUnits), 4) }
            const fee = formatFixed(BigInt(feeUnits), MONEY_SCALE)
            const booked = aFill({
              fillId: `f${i}`,
              instrument,
              side,
              ...numbers,
              fee,
              ...(feeCurrency && { feeCurrency }),
            })
            return (ledger: Ledger) => void ledger.book(booked)
          })
          const markings = marks.map(
            ({ instrument, price }) =>
              (ledger: Ledger) =>
                ledger.mark(instrument, price, 1),
          )
          for (const act of [...bookings, ...markings]) act(early)
          // The other gets the same fills and the same marks, each in order, but interleaved differently.
          for (let f = 0, m = 0, i = 0; f < bookings.length || m < markings.length; i++) {
            const isFill =
              m === markings.length || (f < bookings.length && order[i % Math.max(1, order.length)] === true)
            const act = isFill ? bookings[f++] : markings[m++]
            act?.(late)
          }
          expect(late.value()).toEqual(early.value())
          expect(late.roundTrips).toEqual(early.roundTrips)
        },
      ),
    )
  })

  it('has a position equal to the sellable balance when fees are paid in the base', () => {
    const trade = fc.record({
      side: fc.constantFrom('BUY' as const, 'BUY' as const, 'SELL' as const),
      lots: fc.integer({ min: 1, max: 300 }),
      feeUnits: fc.integer({ min: 0, max: 3_000 }),
      price: fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100),
    })
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 40 }), fc.nat(), (trades, cut) => {
        let ledger = createLedger(config)
        trades.forEach(({ side, lots, feeUnits, price }, i) => {
          if (i === cut % trades.length)
            ledger = createLedger(config, JSON.parse(JSON.stringify(ledger.snapshot())) as LedgerSnapshot)
          const { quantity } = ledger.position('BTC/USDT@sim')
          const wanted = BigInt(lots) * 1000n
          const units = side === 'SELL' && quantity < wanted ? quantity : wanted
          if (units === 0n) return
          ledger.book(
            aFill({
              fillId: `f${i}`,
              instrument: 'BTC/USDT@sim',
              side,
              quantity: formatFixed(units, 8),
              price: String(price),
              // As at venues: paid from the bought quantity, or from the proceeds of a sale.
              fee: formatFixed(BigInt(feeUnits), MONEY_SCALE),
              feeCurrency: side === 'BUY' ? 'BTC' : 'USDT',
            }),
          )
          const position = ledger.position('BTC/USDT@sim')
          const balance = ledger.value().balances.get('BTC') ?? 0n
          expect(position.quantity).toBe(balance > 0n ? balance : 0n)
          expect(position.realized + unrealized(position)).toBe(position.cashFlow + markValue(position))
        })
      }),
    )
  })

  it('has balances worth its equity, whatever fees are paid in, and drawdown and gain that no transfer changes', () => {
    const instruments = [
      ...config.instruments,
      spot('ETH/USDT', '0.0001'),
      { ...spot('ETH/USDT', '0.001'), symbol: 'ETH/USDT:USDT', kind: 'linear_perpetual' as const },
    ]
    const rateOf: Readonly<Record<string, number>> = { USD: 1, USDT: 1, KRW: 0.00074129, BNB: 551.25 }
    const ratesToUsd = Object.fromEntries(Object.entries(rateOf).map(([currency, rate]) => [currency, String(rate)]))
    const some = { startingCashUsd: '100000', instruments, rates: configuredRates(ratesToUsd) }
    const priced = ['BTC/USDT@sim', 'PEPE/USDT@sim', 'BTC/KRW@sim', 'ETH/USDT@sim', 'ETH/USDT:USDT@sim'] as const
    const mark = fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100)
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('fill' as const),
        instrument: fc.constantFrom(...priced),
        side: fc.constantFrom('BUY' as const, 'SELL' as const),
        lots: fc.integer({ min: 1, max: 5_000 }),
        price: mark,
        feeUnits: fc.integer({ min: 0, max: 5_000_000 }),
        feeCurrency: fc.constantFrom('base', 'quote', 'BNB', 'ETH'),
      }),
      fc.record({
        kind: fc.constant('transfer' as const),
        currency: fc.constantFrom('USD', 'USDT', 'KRW', 'ETH', 'BNB'),
        units: fc.integer({ min: -2_000_000, max: 9_000_000 }),
      }),
      fc.record({ kind: fc.constant('mark' as const), instrument: fc.constantFrom(...priced), price: mark }),
    )
    const markOfAsset = (ledger: Ledger, base: string, own: string) =>
      ledger.position(priced.find((id) => id.startsWith(`${base}/`)) ?? own)
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(), (steps, cut) => {
        let ledger = createLedger(some)
        for (const id of priced) ledger.mark(id, 100, 1)
        steps.forEach((step, i) => {
          if (i === cut % steps.length) {
            ledger = createLedger(some, JSON.parse(JSON.stringify(ledger.snapshot())) as LedgerSnapshot)
          }
          if (step.kind === 'mark') ledger.mark(step.instrument, step.price, 1)
          else if (step.kind === 'transfer') {
            ledger.observe()
            const before = ledger.value()
            const transfer = {
              transferId: `t${i}`,
              currency: step.currency,
              amount: formatFixed(BigInt(step.units), step.currency === 'BNB' || step.currency === 'ETH' ? 8 : 4),
            }
            expect([ledger.transfer(transfer), ledger.transfer(transfer)]).toEqual([true, false])
            const after = ledger.value()
            const gain = (one: typeof before) => one.realizedUsd + one.unrealizedUsd
            expect(Number(gain(after) - gain(before))).toBeCloseTo(0, -1)
            // The ratio is not preserved below an equity of one dollar.
            const isSound = before.equityUsd > 100_000_000n && after.equityUsd > 100_000_000n
            if (isSound) expect(after.drawdownRatio).toBeCloseTo(before.drawdownRatio, 6)
          } else {
            const { instrument, side, lots, price } = step
            const { base, quote } = instruments.find(
              (one) => instrumentId(one) === instrument,
            ) as (typeof instruments)[number]
            const feeCurrency = { base, quote, BNB: 'BNB', ETH: 'ETH' }[step.feeCurrency]
            ledger.book(
              aFill({
                fillId: `f${i}`,
                instrument,
                side,
                quantity: instrument === 'PEPE/USDT@sim' ? String(lots) : formatFixed(BigInt(lots), 3),
                price: String(price),
                fee: formatFixed(BigInt(step.feeUnits), MONEY_SCALE),
                feeCurrency,
              }),
            )
          }

          const { equityUsd, realizedUsd, unrealizedUsd, depositsUsd, balances, positions } = ledger.value()
          expect(equityUsd).toBe(fixed('100000', MONEY_SCALE) + depositsUsd + realizedUsd + unrealizedUsd)
          let worthUsd = 0
          for (const [currency, units] of balances) {
            const held = markOfAsset(ledger, currency, priced[0])
            worthUsd += (Number(units) / 1e8) * (rateOf[currency] ?? held.mark)
          }
          // A base held through two instruments has two marks: the balance counts the first, so add the difference.
          const krw = ledger.position('BTC/KRW@sim')
          const btc = ledger.position('BTC/USDT@sim')
          worthUsd += (Number(krw.quantity) / 10 ** krw.quantityScale) * (krw.mark * rateOf['KRW']! - btc.mark)
          for (const { position, unrealizedUsd: open } of positions) {
            if (position.instrument === 'ETH/USDT:USDT@sim') worthUsd += Number(open) / 1e8
          }
          expect(Math.abs(worthUsd - Number(equityUsd) / 1e8)).toBeLessThan(1e-6 + Math.abs(worthUsd) * 1e-12)
        })
      }),
    )
  })
})
