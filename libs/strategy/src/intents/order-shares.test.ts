import fc from 'fast-check'
import { fixed } from '@triplane/kernel'
import { divideOrder, opposingShares } from './order-shares.ts'

const want = (strategy: string, missing: bigint, held = 0n) => ({ strategy, missing, held })

describe('divideOrder', () => {
  it.each([
    { name: 'the one that runs', quantity: 5n, wants: [want('OFI', 9n)], owners: { strategy: 'OFI' } },
    {
      name: 'the one that wants it',
      quantity: 5n,
      wants: [want('OFI', 9n), want('MOM', 0n)],
      owners: { strategy: 'OFI' },
    },
    {
      name: 'both in proportion',
      quantity: 30n,
      wants: [want('OFI', 40n), want('MOM', 20n)],
      owners: { strategy: 'NET', shares: [share('OFI', '2'), share('MOM', '1')] },
    },
    {
      name: 'one against the other',
      quantity: -30n,
      wants: [want('OFI', -50n), want('MOM', 20n)],
      owners: { strategy: 'NET', shares: [share('OFI', '-5'), share('MOM', '2')] },
    },
    {
      name: 'whose side it is, where wants nearly cancel out',
      quantity: 30n,
      wants: [want('OFI', 50_001n), want('MOM', -50_000n)],
      owners: { strategy: 'OFI' },
    },
    {
      name: 'whose position it reduces, where nobody wants it',
      quantity: -30n,
      wants: [want('OFI', 0n, 20n), want('MOM', 10n, 40n), want('VRP', 0n, -5n)],
      owners: { strategy: 'NET', shares: [share('OFI', '-1'), share('MOM', '-2')] },
    },
  ])('gives an order to $name', ({ quantity, wants, owners }) => {
    expect(divideOrder(quantity, wants, 1)).toEqual(owners)
  })

  function share(strategy: string, quantity: string) {
    return { strategy, quantity }
  }

  it('gives shares that sum to the order and are never many times what is wanted', () => {
    const units = fc.bigInt({ min: -100_000n, max: 100_000n })
    const wants = fc.array(fc.tuple(units, units), { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(units, wants, (quantity, pairs) => {
        fc.pre(quantity !== 0n)
        const all = pairs.map(([missing, held], i) => want(`S${i}`, missing, held))
        const { shares = [] } = divideOrder(quantity, all, 3)
        if (shares.length === 0) return
        const owned = shares.map((one) => fixed(one.quantity, 3))
        expect(owned.reduce((sum, one) => sum + one, 0n)).toBe(quantity)
        const most = 2n * [quantity, ...pairs.flat()].reduce((max, one) => (abs(one) > max ? abs(one) : max), 0n) + 1n
        for (const one of owned) expect(abs(one) <= most).toBe(true)
      }),
    )
  })
})

describe('opposingShares', () => {
  it.each([
    { name: 'nothing where all want one side', wants: [want('OFI', 50n), want('MOM', 20n)], shares: [] },
    { name: 'nothing below a lot', wants: [want('OFI', 50n), want('MOM', -9n)], shares: [] },
    {
      name: 'the smaller side, in lots, in proportion',
      wants: [want('OFI', 90n), want('MOM', -37n), want('VRP', 30n)],
      shares: [
        { strategy: 'OFI', quantity: '2.3' },
        { strategy: 'MOM', quantity: '-3' },
        { strategy: 'VRP', quantity: '0.7' },
      ],
    },
  ])('lets $name be traded', ({ wants, shares }) => {
    expect(opposingShares(wants, 10n, 1)).toEqual(shares)
  })
})

function abs(units: bigint): bigint {
  return units < 0n ? -units : units
}
