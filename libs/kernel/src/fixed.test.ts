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

  it('takes a number for the decimal that it prints as', () => {
    const short = fc.tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.integer({ min: 0, max: 12 }))
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
      short.map(([digits, decimals]) => digits / 10 ** decimals),
    )
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 18 }), (value, scale) => {
        const [mantissa = '', exponent = ''] = value.toExponential().split('e')
        const [whole = '', fraction = ''] = mantissa.split('.')
        const shift = scale + Number(exponent) - fraction.length
        const digits = BigInt(whole + fraction)
        expect(fixedFromNumber(value, scale)).toBe(
          shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift)),
        )
      }),
      { numRuns: 2000 },
    )
  })
})
