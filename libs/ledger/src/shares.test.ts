import fc from 'fast-check'
import { divide, sharesOfFill } from './shares.ts'

describe('divide', () => {
  it.each([
    { total: 10n, weights: [1n, 1n], parts: [5n, 5n] },
    { total: 10n, weights: [1n, 1n, 1n], parts: [4n, 3n, 3n] },
    { total: 7n, weights: [1n, 5n], parts: [1n, 6n] },
    { total: -10n, weights: [1n, 2n], parts: [-3n, -7n] },
    { total: 3n, weights: [5n, -2n], parts: [5n, -2n] },
    { total: -1n, weights: [-5n, 2n], parts: [-2n, 1n] },
    { total: 0n, weights: [3n, -3n], parts: [0n, 0n] },
    { total: 5n, weights: [0n, 1n], parts: [0n, 5n] },
  ])('gives $parts of $total for $weights', ({ total, weights, parts }) => {
    expect(divide(total, weights)).toEqual(parts)
  })

  it('sums to the total exactly and is within a unit of the proportion, whatever the signs', () => {
    const amount = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    fc.assert(
      fc.property(amount, fc.array(amount, { minLength: 1, maxLength: 6 }), (total, weights) => {
        const sum = weights.reduce((all, weight) => all + weight, 0n)
        fc.pre(sum !== 0n)
        const parts = divide(total, weights)
        expect(parts.reduce((all, part) => all + part, 0n)).toBe(total)
        parts.forEach((part, i) => {
          const off = part * sum - total * (weights[i] as bigint)
          expect((off < 0n ? -off : off) < (sum < 0n ? -sum : sum)).toBe(true)
        })
      }),
    )
  })

  it('refuses weights that cancel out', () => {
    expect(() => divide(1n, [2n, -2n])).toThrow('what is divided has weights with a sum')
  })
})

it('gives each strategy its share of a fill, including those against the order', () => {
  const order = [
    { strategy: 'OFI', quantity: '0.005' },
    { strategy: 'MOM', quantity: '-0.002' },
  ]
  expect(sharesOfFill(15n, order, 4)).toEqual([
    { strategy: 'OFI', quantity: '0.0025' },
    { strategy: 'MOM', quantity: '-0.001' },
  ])
})

it('refuses to divide a fill by shares that are unreadable or of the other side', () => {
  expect(sharesOfFill(15n, [{ strategy: 'OFI', quantity: '0.00005' }], 4)).toBeUndefined()
  expect(sharesOfFill(15n, [{ strategy: 'OFI', quantity: '-0.005' }], 4)).toBeUndefined()
  expect(sharesOfFill(15n, [], 4)).toBeUndefined()
})
