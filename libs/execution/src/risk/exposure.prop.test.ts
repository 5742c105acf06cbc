import { worthUsd } from '@triplane/instruments'
import fc from 'fast-check'
import { anInstrument, terms } from '../../test/builders.ts'
import { enlarges, worstPositionUsd } from './exposure.ts'

const MARK = 60_000.05

/** The larger of what is long once all buys fill and what is short once all sells do, units. */
function worstUnits(position: bigint, buys: bigint, sells: bigint): bigint {
  const [long, short] = [position + buys, position - sells].map((units) => (units < 0n ? -units : units))
  return (long as bigint) > (short as bigint) ? (long as bigint) : (short as bigint)
}

const units = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 10n ** 24n }))
const position = fc.oneof(fc.constant(0n), fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }))

describe('exposure', () => {
  it('is that of the worst case, whatever is held and working, nothing included', () => {
    fc.assert(
      fc.property(position, units, units, units, fc.constantFrom('BUY', 'SELL'), (held, buys, sells, extra, side) => {
        const instrument = anInstrument({
          positionUnits: held,
          workingBuyUnits: buys,
          workingSellUnits: sells,
          mark: MARK,
        })
        const before = worstUnits(held, buys, sells)
        const after = side === 'BUY' ? worstUnits(held, buys + extra, sells) : worstUnits(held, buys, sells + extra)
        expect(worstPositionUsd(instrument, side, extra)).toBe(after === 0n ? 0 : worthUsd(after, MARK, terms))
        expect(enlarges(instrument, side, extra)).toBe(after > before)
      }),
    )
  })

  it('cannot be told without a mark, unless there is nothing to value', () => {
    fc.assert(
      fc.property(position, units, units, units, (held, buys, sells, extra) => {
        const instrument = anInstrument({
          positionUnits: held,
          workingBuyUnits: buys,
          workingSellUnits: sells,
          mark: 0,
        })
        const isNothing = worstUnits(held, buys + extra, sells) === 0n
        expect(worstPositionUsd(instrument, 'BUY', extra)).toBe(isNothing ? 0 : NaN)
      }),
    )
  })
})
