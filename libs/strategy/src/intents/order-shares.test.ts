import fc from 'fast-check'
import { fixed } from '@triplane/kernel'
import { divideOrder, opposingShares } from './order-shares.ts'

const demand = (strategy: string, missing: bigint, held = 0n) => ({ strategy, missing, held })

describe('divideOrder', () => {
  it.each([
    { name: 'the one that runs', quantity: 5n, demands: [demand('OFI', 9n)], owners: { strategy: 'OFI' } },
    {
      name: 'the one that demands it',
      quantity: 5n,
      demands: [demand('OFI', 9n), demand('MOM', 0n)],
      owners: { strategy: 'OFI' },
    },
    {
      name: 'both in proportion',
      quantity: 30n,
      demands: [demand('OFI', 40n), demand('MOM', 20n)],
      owners: { strategy: 'NET', shares: [share('OFI', '2'), share('MOM', '1')] },
    },
    {
      name: 'one against the other',
      quantity: -30n,
      demands: [demand('OFI', -50n), demand('MOM', 20n)],
      owners: { strategy: 'NET', shares: [share('OFI', '-5'), share('MOM', '2')] },
    },
    {
      name: 'whose side it is, where demands nearly cancel out',
      quantity: 30n,
      demands: [demand('OFI', 50_001n), demand('MOM', -50_000n)],
      owners: { strategy: 'OFI' },
    },
    {
      name: 'whose position it reduces, where nobody demands it',
      quantity: -30n,
      demands: [demand('OFI', 0n, 20n), demand('MOM', 10n, 40n), demand('VRP', 0n, -5n)],
      owners: { strategy: 'NET', shares: [share('OFI', '-1'), share('MOM', '-2')] },
    },
  ])('gives an order to $name', ({ quantity, demands, owners }) => {
    expect(divideOrder(quantity, demands, 1)).toEqual(owners)
  })

  function share(strategy: string, quantity: string) {
    return { strategy, quantity }
  }

  it('gives shares that sum to the order and are never many times what is wanted', () => {
    const units = fc.bigInt({ min: -100_000n, max: 100_000n })
    const demands = fc.array(fc.tuple(units, units), { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(units, demands, (quantity, pairs) => {
        fc.pre(quantity !== 0n)
        const all = pairs.map(([missing, held], i) => demand(`S${i}`, missing, held))
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
    { name: 'nothing where all want one side', demands: [demand('OFI', 50n), demand('MOM', 20n)], shares: [] },
    { name: 'nothing below a lot', demands: [demand('OFI', 50n), demand('MOM', -9n)], shares: [] },
    {
      name: 'the smaller side, in lots, in proportion',
      demands: [demand('OFI', 90n), demand('MOM', -37n), demand('VRP', 30n)],
      shares: [
        { strategy: 'OFI', quantity: '2.3' },
        { strategy: 'MOM', quantity: '-3' },
        { strategy: 'VRP', quantity: '0.7' },
      ],
    },
  ])('lets $name be traded', ({ demands, shares }) => {
    expect(opposingShares(demands, 10n, 1)).toEqual(shares)
  })
})

function abs(units: bigint): bigint {
  return units < 0n ? -units : units
}
