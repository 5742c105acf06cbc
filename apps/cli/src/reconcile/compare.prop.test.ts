import fc from 'fast-check'
import { toldRun, type ToldOrder } from '../../test/told-run.ts'
import { compareSources } from './compare.ts'

const order: fc.Arbitrary<ToldOrder> = fc.record({
  at: fc.constantFrom(0, 1),
  side: fc.constantFrom('BUY', 'SELL'),
  lots: fc.array(fc.integer({ min: 1, max: 900_000 }), { maxLength: 4 }),
  priceUnits: fc.integer({ min: 1, max: 1_000_000_000 }),
  feeUnits: fc.integer({ min: -1000, max: 1_000_000 }),
})
const orders = fc.array(order, { maxLength: 20 })
const withFill = orders.filter((all) => all.some(({ lots }) => lots.length > 0))
const index = fc.nat()

describe('sources of one truth', () => {
  it('have no difference, whatever was traded, and as of whatever fill the ledgers are', () => {
    fc.assert(
      fc.property(orders, fc.nat({ max: 20 }), (all, booked) => {
        const { topics, database, ledgers } = toldRun(all, booked)
        expect(compareSources({ topics, database, ledgers })).toEqual([])
        expect(compareSources({ database, ledgers })).toEqual([])
        expect(compareSources({ topics, ledgers })).toEqual([])
      }),
    )
  })

  it('name every fill that the database lacks, and every one that was changed in it', () => {
    fc.assert(
      fc.property(withFill, index, fc.constantFrom('quantity', 'price', 'fee'), (all, at, field) => {
        const { topics, database, ledgers } = toldRun(all)
        const { fills } = database
        const lost = fills[at % fills.length]
        const without = { ...database, fills: fills.filter((fill) => fill !== lost) }
        const changed = {
          ...database,
          fills: fills.map((fill) => (fill === lost ? { ...fill, [field]: '12345.6789' } : fill)),
        }
        for (const seen of [without, changed]) {
          expect(compareSources({ topics, database: seen, ledgers })).toContainEqual(
            expect.objectContaining({ kind: 'fill', id: lost?.fillId }),
          )
          // Without topics the ledgers tell that their sum is another.
          expect(compareSources({ database: seen, ledgers })).not.toEqual([])
        }
      }),
    )
  })

  it('name the position of a ledger that has booked a fill twice, or never', () => {
    fc.assert(
      fc.property(withFill, index, fc.constantFrom('strategy', 'order'), fc.boolean(), (all, at, plane, isTwice) => {
        const { topics, database, ledgers } = toldRun(all)
        const { rows } = topics.fills
        const fill = rows[at % rows.length]
        const { ledgers: others } = toldRun(
          all.flatMap((one, i) => (fill?.intentId === `OFI-${i}` ? (isTwice ? [one, one] : []) : [one])),
        )
        const wrong = ledgers.map((ledger, i) =>
          ledger.plane === plane ? { ...ledger, account: others[i]?.account ?? ledger.account } : ledger,
        )
        expect(compareSources({ topics, database, ledgers: wrong })).toContainEqual(
          expect.objectContaining({ kind: 'position', id: `${plane} plane ${fill?.instrument}` }),
        )
      }),
    )
  })
})
