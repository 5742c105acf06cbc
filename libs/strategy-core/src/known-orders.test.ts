import fc from 'fast-check'
import { KnownOrders } from './known-orders.ts'

const id = fc.oneof(
  fc.tuple(fc.constantFrom('OFI', 'NET', 'A-B', 'M'), fc.nat(2000)).map(([prefix, number]) => `${prefix}-${number}`),
  fc.constantFrom('', '-', '-1', 'OFI-', 'OFI-01', 'OFI-1e3', 'OFI-1.5', 'OFI--1', 'OFI- 1', 'lost', '__proto__-1'),
)

describe('the known orders of a run', () => {
  it('are exactly those that were added, in any order, also after they were saved', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 60 }), fc.array(id), fc.nat(60), (added, asked, savedAfter) => {
        let known = new KnownOrders()
        added.forEach((intentId, i) => {
          if (i === savedAfter) known = new KnownOrders(JSON.parse(JSON.stringify(known.snapshot())))
          known.add(intentId)
        })
        const all = new Set(added)
        for (const intentId of [...added, ...asked]) expect(known.has(intentId)).toBe(all.has(intentId))
        expect(new KnownOrders(known.snapshot()).snapshot()).toEqual(known.snapshot())
      }),
    )
  })

  it('take two characters each when they are saved', () => {
    const known = new KnownOrders()
    for (let i = 0; i < 100_000; i++) known.add(`OFI-${1_000_000 + i * 7}`)
    expect(known.has('OFI-1000007')).toBe(true)
    expect(known.has('OFI-1000008')).toBe(false)
    expect(JSON.stringify(known.snapshot()).length).toBeLessThan(200_100)
  })
})
