import fc from 'fast-check'
import { divideHalfEven, fixedFromNumber, formatFixed, numberFromFixed, parseFixed } from './fixed.ts'

describe('fixed point', () => {
  it.each([
    ['1.5', 8, 150_000_000n],
    ['-0.00000001', 8, -1n],
    ['61659.70', 1, 616597n],
    ['0', 8, 0n],
  ])('reads %s at scale %i', (text, scale, want) => {
    expect(parseFixed(text, scale)).toEqual({ ok: true, value: want })
  })

  it.each([
    ['1e5', 'not_a_decimal'],
    ['', 'not_a_decimal'],
    ['NaN', 'not_a_decimal'],
    ['1.23', 'too_precise'],
  ])('refuses %j as %s', (text, want) => {
    expect(parseFixed(text, 1)).toEqual({ ok: false, error: want })
  })

  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [10n, 3n, 3n],
    [11n, 3n, 4n],
  ])('rounds %d / %d half to even: %d', (n, d, want) => {
    expect(divideHalfEven(n, d)).toBe(want)
  })

  it('prints and reads any value back', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
        fc.integer({ min: 0, max: 18 }),
        (units, scale) => {
          expect(parseFixed(formatFixed(units, scale), scale)).toEqual({ ok: true, value: units })
        },
      ),
    )
  })

  it('crosses to a number and back without loss while the digits fit', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
        fc.integer({ min: 0, max: 8 }),
        (units, scale) => {
          expect(fixedFromNumber(numberFromFixed(units, scale), scale)).toBe(units)
        },
      ),
    )
  })
})
