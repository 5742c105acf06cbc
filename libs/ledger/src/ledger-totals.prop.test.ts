import type { Cross, EventDraft, Fill } from '@triplane/contracts'
import { configuredRates, RunRates } from '@triplane/instruments'
import { aCross, aFill, anInstrument } from '@triplane/testing'
import fc from 'fast-check'
import { createLedger, isAgreed, ledgerDifferences, type Ledger } from './index.ts'

const instruments = ['BTC/USDT', 'ETH/USDT'].map((symbol) => anInstrument({ symbol }))
const rates = configuredRates({ USD: '1', USDT: '1' })
const openLedger = () => createLedger({ startingCashUsd: '100000', instruments, rates: new RunRates(rates) })

type Booking = EventDraft<Fill> | EventDraft<Cross>

const units = fc.integer({ min: 1, max: 5000 }).map((n) => `0.${String(n).padStart(4, '0')}`)
const price = fc.integer({ min: 1, max: 90_000_000 }).map((n) => String(n / 100))
const strategy = fc.constantFrom('OFI', 'MOM')
const instrument = fc.constantFrom(...instruments.map(({ symbol, venue }) => `${symbol}@${venue}`))
const fill = fc.record({
  strategy,
  instrument,
  side: fc.constantFrom('BUY', 'SELL'),
  quantity: units,
  price,
  fee: price,
})
const cross = fc.record({ instrument, quantity: units, price })
const bookings = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fill.map((fields) => aFill(fields as Partial<Fill>)) },
      cross.map(({ quantity, ...fields }) =>
        aCross({
          ...fields,
          shares: [
            { strategy: 'OFI', quantity },
            { strategy: 'MOM', quantity: `-${quantity}` },
          ],
        }),
      ),
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((all) => all.map((one, i) => ('fillId' in one ? { ...one, fillId: `f${i}` } : { ...one, crossId: `c${i}` })))

function book(ledger: Ledger, all: readonly Booking[]): Ledger {
  for (const one of all) if (one.type === 'fill') ledger.book(one)
  for (const one of all) if (one.type === 'cross') ledger.cross(one)
  return ledger
}

/** Books them as they come, valued at a market that moves. */
function bookInOrder(ledger: Ledger, all: readonly Booking[]): Ledger {
  for (const one of all) {
    ledger.mark(one.instrument, Number(one.price) + 1, 1)
    if (one.type === 'fill') ledger.book(one)
    else ledger.cross(one)
  }
  return ledger
}

const changes: readonly ((one: EventDraft<Fill>) => EventDraft<Fill>)[] = [
  (one) => ({ ...one, side: one.side === 'BUY' ? 'SELL' : 'BUY' }),
  (one) => ({ ...one, quantity: `1${one.quantity}` }),
  (one) => ({ ...one, price: `1${one.price}` }),
  (one) => ({ ...one, fee: `1${one.fee}` }),
  (one) => ({ ...one, feeCurrency: 'USD' }),
  (one) => ({ ...one, strategy: `${one.strategy}2` }),
  (one) => ({ ...one, shares: [{ strategy: 'MM', quantity: `${one.side === 'BUY' ? '' : '-'}${one.quantity}` }] }),
]

describe('the totals of two ledgers', () => {
  it('agree after the same bookings, whatever the market did, and in whatever order crosses came between fills', () => {
    fc.assert(
      fc.property(bookings, (all) => {
        const [a, b] = [book(openLedger(), all), bookInOrder(openLedger(), all)]
        expect(ledgerDifferences(a.totals(), b.totals(), true)).toEqual({ bookings: 0, positions: 0 })
      }),
    )
  })

  it('differ when any one booking was dropped, doubled or changed on the way', () => {
    fc.assert(
      fc.property(bookings, fc.nat(), fc.nat(), (all, where, how) => {
        const place = where % all.length
        const one = all[place] as Booking
        const doubled = one.type === 'fill' ? { ...one, fillId: 'twice' } : { ...one, crossId: 'twice' }
        const change = one.type === 'fill' ? changes[how % changes.length] : undefined
        const changed =
          one.type === 'fill' ? (change?.(one) ?? one) : { ...one, shares: [...one.shares].reverse(), price: '1' }
        const truth = bookInOrder(openLedger(), all).totals()
        for (const instead of [[], [one, doubled], [changed]]) {
          const forged = bookInOrder(openLedger(), [...all.slice(0, place), ...instead, ...all.slice(place + 1)])
          expect(isAgreed(ledgerDifferences(truth, forged.totals(), true))).toBe(false)
        }
      }),
    )
  })

  it('agree once one ledger has adopted the other, which then holds the same', () => {
    fc.assert(
      fc.property(bookings, bookings, fc.nat(20), (all, further, kept) => {
        const truth = bookInOrder(openLedger(), all)
        const own = bookInOrder(openLedger(), all.slice(kept).reverse())
        expect(own.adopt(truth.owned(), truth.totals(), truth.lastFillId).ok).toBe(true)
        expect(own.lastFillId).toBe(truth.lastFillId)
        const later = further.map((one) =>
          one.type === 'fill' ? { ...one, fillId: `later ${one.fillId}` } : { ...one, crossId: `later ${one.crossId}` },
        )
        for (const ledger of [truth, own]) bookInOrder(ledger, later)
        expect(ledgerDifferences(truth.totals(), own.totals(), true)).toEqual({ bookings: 0, positions: 0 })
        const heldBy = (ledger: Ledger) => ledger.owned().positions.map(({ instrument: id, parts }) => ({ id, parts }))
        expect(heldBy(own)).toEqual(heldBy(truth))
        expect(own.cashUsd()).toBe(truth.cashUsd())
        const restored = createLedger({ startingCashUsd: '1', instruments, rates: new RunRates(rates) }, own.snapshot())
        expect(restored.snapshot()).toEqual(own.snapshot())
      }),
    )
  })
})
