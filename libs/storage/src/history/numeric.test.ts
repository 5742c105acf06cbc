import fc from 'fast-check'
import { numericOf } from './numeric.ts'

const POSITIVE = 0
const NEGATIVE = 0x4000

describe('a numeric', () => {
  it.each([
    ['0', { digits: [], weight: 0, sign: POSITIVE, scale: 0 }],
    ['-0.00', { digits: [], weight: 0, sign: POSITIVE, scale: 2 }],
    ['1', { digits: [1], weight: 0, sign: POSITIVE, scale: 0 }],
    ['10000', { digits: [1], weight: 1, sign: POSITIVE, scale: 0 }],
    ['-12345.678', { digits: [1, 2345, 6780], weight: 1, sign: NEGATIVE, scale: 3 }],
    ['0.00000001', { digits: [1], weight: -2, sign: POSITIVE, scale: 8 }],
    ['0001.50', { digits: [1, 5000], weight: 0, sign: POSITIVE, scale: 2 }],
  ])('of %s', (decimal, want) => {
    expect(numericOf(decimal)).toEqual(want)
  })

  it.each(['', '-', '.5', '1.', '1e3', 'NaN', '+1', ' 1', `0.${'1'.repeat(16_384)}`])(
    'is refused of %.20s',
    (decimal) => {
      expect(numericOf(decimal)).toBeUndefined()
    },
  )

  it('is the sum of its digits', () => {
    const places = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(fc.constantFrom('', '-'), places, places, (minus, whole, fraction) => {
        const { digits, weight, sign, scale } = numericOf(`${minus}${whole}.${fraction}`) ?? fail()
        expect(scale).toBe(fraction.length)
        // In units of 10,000 ** -10, which is a place of every one here.
        const sum = digits.reduce((total, digit, i) => total + BigInt(digit) * 10_000n ** BigInt(weight - i + 10), 0n)
        expect(sum).toBe(BigInt(whole + fraction.padEnd(40, '0')))
        expect(sign).toBe(minus === '-' && sum !== 0n ? NEGATIVE : POSITIVE)
        expect(digits.every((digit) => digit >= 0 && digit < 10_000)).toBe(true)
        expect([digits[0], digits.at(-1)]).not.toContain(0)
      }),
    )
  })
})

function fail(): never {
  throw new Error('Expected a numeric')
}
