import type { Cross, EventDraft, Fill, OwnedAccount } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { fixed, formatFixed, MONEY_SCALE } from '@triplane/kernel'
import { aFill } from '@triplane/testing'
import fc from 'fast-check'
import { createLedger, type Ledger } from './ledger.ts'
import type { LedgerSnapshot } from './ledger-snapshot.ts'
import { nothingBooked, type Booked } from './position.ts'

const BTC = 'BTC/USDT@sim'
const BTC_KRW = 'BTC/KRW@sim'
const names = ['OFI', 'MOM', 'VRP'] as const
const instrument = (quote: string) => ({
  symbol: `BTC/${quote}`,
  venue: 'sim',
  kind: 'spot' as const,
  base: 'BTC',
  quote,
  lotSize: '0.00001',
  minNotional: '5',
})
const config = {
  startingCashUsd: '1000000',
  instruments: [instrument('USDT'), instrument('KRW')],
  rates: configuredRates({ USDT: '1', KRW: '0.00074129', BNB: '551.25' }),
}

const sharesOf = fc.array(
  fc.record({ strategy: fc.constantFrom(...names), lots: fc.integer({ min: -400, max: 1000 }) }),
  { minLength: 1, maxLength: 3 },
)
const stepsOf = fc.array(
  fc.record({
    action: fc.constantFrom('fill' as const, 'fill' as const, 'cross' as const, 'mark' as const, 'restore' as const),
    instrument: fc.constantFrom(BTC, BTC_KRW),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    shares: sharesOf,
    price: fc.integer({ min: 1, max: 1_000_000_000 }),
    feeUnits: fc.integer({ min: -500, max: 50_000 }),
    feeCurrency: fc.constantFrom(undefined, 'BTC', 'BNB'),
  }),
  { minLength: 1, maxLength: 40 },
)
type Step = ReturnType<typeof stepsOf.generate>['value'][number]

const lots = (units: number) => formatFixed(BigInt(units), 5)

function fillOf(
  { instrument, side, shares, price, feeUnits, feeCurrency }: Step,
  i: number,
): EventDraft<Fill> | undefined {
  const sum = shares.reduce((all, share) => all + share.lots, 0)
  if (sum <= 0) return undefined
  const sign = side === 'BUY' ? 1 : -1
  return aFill({
    fillId: `f${i}`,
    strategy: 'NET',
    instrument,
    side,
    quantity: lots(sum),
    price: formatFixed(BigInt(price), 4),
    fee: formatFixed(BigInt(feeUnits), MONEY_SCALE),
    shares: shares.map(({ strategy, lots: units }) => ({ strategy, quantity: lots(sign * units) })),
    ...(feeCurrency && { feeCurrency }),
  })
}

function crossOf({ instrument, shares: [share], price }: Step, i: number): EventDraft<Cross> {
  const quantity = lots(share?.lots ?? 1)
  const shares = [
    { strategy: 'OFI', quantity },
    { strategy: 'VRP', quantity: formatFixed(-fixed(quantity, 5), 5) },
  ]
  return { type: 'cross', crossId: `x${i}`, instrument, effectUs: i, price: formatFixed(BigInt(price), 4), shares }
}

function expectSums(ledger: Ledger): void {
  for (const id of [BTC, BTC_KRW]) {
    const whole = ledger.position(id)
    for (const name of Object.keys(nothingBooked) as (keyof Booked)[]) {
      const sum = [...ledger.parts(id).values()].reduce((all, part) => all + part[name], 0n)
      expect([id, name, sum]).toEqual([id, name, whole[name]])
    }
  }
  const { realizedUsd, unrealizedUsd, feesUsd } = ledger.value()
  const strategies = ledger.strategies()
  const sum = (amount: 'realizedUsd' | 'unrealizedUsd' | 'feesUsd') =>
    strategies.reduce((all, strategy) => all + strategy[amount], 0n)
  expect(sum('realizedUsd') + sum('unrealizedUsd')).toBe(realizedUsd + unrealizedUsd)
  expect([sum('realizedUsd'), sum('unrealizedUsd')]).toEqual([realizedUsd, unrealizedUsd])
  // Fees in another currency are part of the loss of their asset, for the account and for a strategy.
  expect(sum('feesUsd')).toBe(feesUsd)
}

describe('the sub-ledgers, after any sequence of fills, crosses and marks', () => {
  it('sum to the account exactly: positions, cash, fees and gains, restored at any moment', () => {
    fc.assert(
      fc.property(stepsOf, (steps) => {
        let ledger = createLedger(config)
        for (const id of [BTC, BTC_KRW]) ledger.mark(id, 50_000.123, 1)
        steps.forEach((step, i) => {
          if (step.action === 'mark') ledger.mark(step.instrument, step.price / 7, i)
          if (step.action === 'cross') ledger.cross(crossOf(step, i))
          if (step.action === 'restore')
            ledger = createLedger(config, JSON.parse(JSON.stringify(ledger.snapshot())) as LedgerSnapshot)
          const fill = step.action === 'fill' ? fillOf(step, i) : undefined
          if (fill) ledger.book(fill)
          ledger.observe()
          expectSums(ledger)
        })
      }),
    )
  })

  it('are opened elsewhere unchanged, and book on alike', () => {
    fc.assert(
      fc.property(stepsOf, stepsOf, (before, after) => {
        const first = createLedger(config)
        for (const id of [BTC, BTC_KRW]) first.mark(id, 50_000.123, 1)
        const take = (ledger: Ledger, step: Step, i: number) => {
          if (step.action === 'mark') ledger.mark(step.instrument, step.price / 7, i)
          if (step.action === 'cross') ledger.cross(crossOf(step, i))
          const fill = step.action === 'fill' ? fillOf(step, i) : undefined
          if (fill) ledger.book(fill)
          ledger.observe()
        }
        before.forEach((step, i) => take(first, step, i))

        const owned = JSON.parse(JSON.stringify(first.owned())) as OwnedAccount
        const second = createLedger({ ...config, startingCashUsd: '5' })
        // An instrument that was never traded has a mark, which belongs to no owned account.
        for (const id of [BTC, BTC_KRW]) second.mark(id, first.position(id).mark, first.position(id).markUs)
        expect(second.open('a', owned)).toEqual({ ok: true, value: 'new' })
        expect(second.owned()).toEqual(owned)
        expect(second.value()).toEqual(first.value())
        expectSums(second)

        after.forEach((step, i) => [first, second].forEach((ledger) => take(ledger, step, before.length + i)))
        expect(second.owned()).toEqual(first.owned())
        expect(second.strategies()).toEqual(first.strategies())
      }),
    )
  })

  it('leave the account unchanged, realised and unrealised together, where no rate rounds each', () => {
    fc.assert(
      fc.property(stepsOf, (steps) => {
        const [shared, whole] = [createLedger(config), createLedger(config)]
        for (const ledger of [shared, whole]) for (const id of [BTC, BTC_KRW]) ledger.mark(id, 50_000.123, 1)
        steps.forEach((step, i) => {
          // A fee in the base is deducted from the parts that hold it.
          const fill = fillOf({ ...step, instrument: BTC, feeCurrency: undefined }, i)
          if (!fill) return
          const { shares: _, ...alone } = fill
          shared.book(fill)
          whole.book(alone)
          if (step.action === 'cross') shared.cross(crossOf({ ...step, instrument: BTC }, i))
          const [a, b] = [shared.value(), whole.value()]
          expect([a.equityUsd, a.feesUsd, a.grossUsd, a.balances]).toEqual([
            b.equityUsd,
            b.feesUsd,
            b.grossUsd,
            b.balances,
          ])
        })
      }),
    )
  })
})

describe('a fill shared by several strategies', () => {
  const open = () => {
    const ledger = createLedger(config)
    ledger.mark(BTC, 100, 1)
    return ledger
  }
  const fill = aFill({
    fillId: 'f1',
    strategy: 'NET',
    instrument: BTC,
    side: 'BUY',
    quantity: '3',
    price: '100',
    fee: '0.3',
    shares: [
      { strategy: 'OFI', quantity: '5' },
      { strategy: 'MOM', quantity: '-2' },
    ],
  })

  it('crosses the opposing share at its price, and charges its fee to those on its side', () => {
    const ledger = open()
    ledger.book(fill)
    ledger.mark(BTC, 110, 2)
    const made = ledger.strategies().map(({ strategy, realizedUsd, unrealizedUsd, feesUsd, positions }) => ({
      strategy,
      realized: formatFixed(realizedUsd, MONEY_SCALE),
      unrealized: formatFixed(unrealizedUsd, MONEY_SCALE),
      fees: formatFixed(feesUsd, MONEY_SCALE),
      quantity: positions.map(({ quantity, quantityScale }) => formatFixed(quantity, quantityScale)),
    }))
    expect(made).toEqual([
      { strategy: 'OFI', realized: '-0.3', unrealized: '50', fees: '0.3', quantity: ['5'] },
      { strategy: 'MOM', realized: '0', unrealized: '-20', fees: '0', quantity: ['-2'] },
    ])
    expect(ledger.position(BTC).quantity).toBe(fixed('3', ledger.position(BTC).quantityScale))
  })

  it('belongs to its strategy alone when its shares do not sum to it', () => {
    const ledger = open()
    ledger.book({ ...fill, strategy: 'OFI', shares: [{ strategy: 'MOM', quantity: '2' }] })
    expect([...ledger.parts(BTC).keys()]).toEqual(['OFI'])
  })

  it('books a cross once, and refuses one whose shares do not sum to 0', () => {
    const ledger = open()
    const shares = [
      { strategy: 'OFI', quantity: '1' },
      { strategy: 'MOM', quantity: '-1' },
    ]
    const cross = { type: 'cross' as const, crossId: 'x', instrument: BTC, effectUs: 1, price: '101.5', shares }
    expect(ledger.cross({ ...cross, shares: shares.slice(1) })).toBe(false)
    expect(ledger.cross(cross)).toBe(true)
    expect(ledger.cross(cross)).toBe(false)
    expect(ledger.position(BTC)).toMatchObject({ quantity: 0n, cashFlow: 0n })
    expect(ledger.parts(BTC).get('MOM')).toMatchObject({ cashFlow: fixed('101.5', MONEY_SCALE) })
    expect(() => ledger.cross({ ...cross, instrument: 'X/Y@z' })).toThrow('the ledger knows the instrument')
  })

  it('remembers each strategy’s drawdown from its best', () => {
    const ledger = open()
    ledger.book(fill)
    for (const price of [200, 150]) {
      ledger.mark(BTC, price, 2)
      ledger.observe()
    }
    const [ofi, mom] = ledger.strategies()
    // A gain of 500 less the fee, then 250 less, on a capital of a million.
    expect(ofi?.drawdownRatio).toBeCloseTo(250 / (1_000_000 + 499.7), 12)
    expect(mom).toMatchObject({ drawdownRatio: 100 / 1_000_000, maxDrawdownRatio: 200 / 1_000_000 })
  })
})
