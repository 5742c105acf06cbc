import fc from 'fast-check'
import { Backoff } from './backoff.ts'

describe('Backoff', () => {
  it('doubles up to the longest wait, half of which is random', () => {
    const sequence = (random: number) => {
      const backoff = new Backoff({ firstMs: 100, longestMs: 1_000, random: () => random })
      return Array.from({ length: 6 }, () => backoff.next())
    }
    expect(sequence(0)).toEqual([50, 100, 200, 400, 500, 500])
    expect(sequence(0.5)).toEqual([75, 150, 300, 600, 750, 750])
  })

  it('is not random without a source of randomness', () => {
    const backoff = new Backoff({ firstMs: 100, longestMs: 1_000 })
    expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000])
  })

  it('stays within its bounds after any number of failures and successes', () => {
    const steps = fc.array(
      fc.record({ worked: fc.boolean(), random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }), steps, (first, more, all) => {
        let random = 0
        const backoff = new Backoff({ firstMs: first, longestMs: first + more, random: () => random })
        for (const step of all) {
          if (step.worked) backoff.reset()
          random = step.random
          const waitMs = backoff.next()
          expect(waitMs).toBeGreaterThanOrEqual(first / 2)
          expect(waitMs).toBeLessThanOrEqual(first + more)
          if (step.worked) expect(waitMs).toBeLessThanOrEqual(first)
        }
      }),
    )
  })
})
