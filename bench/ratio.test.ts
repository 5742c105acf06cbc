import fc from 'fast-check'
import { changeOf, median, ratioOf } from './ratio.ts'

const around = (value: number, error = 0.01) => ({ value, error })

describe('a ratio', () => {
  it.each([
    { samples: [3], value: 3, error: 0.05 },
    { samples: [3, 3.01], value: 3.005, error: 0.05 },
    { samples: [3, 3, 3, 3, 3, 3.1], value: 3, error: 0 },
    { samples: [4, 2], value: 3, error: 0.876 },
    { samples: [10, 10.1, 9.9, 10.1, 9.9, 30], value: 10.05, error: 0.0151 },
  ])('is the median of $samples, which one that is far off does not move', ({ samples, value, error }) => {
    expect(ratioOf(samples).value).toBeCloseTo(value)
    expect(ratioOf(samples).error).toBeCloseTo(error, 3)
  })

  it('is better known by more samples that vary alike', () => {
    const samples = [9.8, 10, 10.2, 9.9, 10.1, 10]
    expect(ratioOf([...samples, ...samples, ...samples, ...samples]).error).toBeCloseTo(ratioOf(samples).error / 2)
  })

  it('lies between the least and the most of its samples', () => {
    const samples = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(samples, (values) => {
        expect(median(values)).toBeGreaterThanOrEqual(Math.min(...values))
        expect(median(values)).toBeLessThanOrEqual(Math.max(...values))
      }),
    )
  })
})

describe('its change since the baseline', () => {
  it.each([
    { before: around(10), now: around(9.5), verdict: 'worse' },
    { before: around(10), now: around(9.8), verdict: 'same' },
    { before: around(10), now: around(10.2), verdict: 'same' },
    { before: around(10), now: around(10.5), verdict: 'better' },
    { before: around(10, 0.03), now: around(9.5, 0.03), verdict: 'worse' },
    { before: around(10, 0.04), now: around(9.5, 0.04), verdict: 'unclear' },
    { before: around(10, 0.04), now: around(9.3, 0.04), verdict: 'worse' },
    { before: around(10, 0.04), now: around(10.4, 0.04), verdict: 'unclear' },
    { before: around(0.7), now: around(0.66), verdict: 'worse' },
  ])('from $before.value to $now.value, errors $before.error and $now.error: $verdict', ({ before, now, verdict }) => {
    expect(changeOf(before, now).verdict).toBe(verdict)
  })

  it('says by how much, and what counts', () => {
    const { share, allowed } = changeOf(around(10, 0.03), around(9, 0.04))
    expect(share).toBeCloseTo(-0.1)
    expect(allowed).toBeCloseTo(0.05)
    expect(changeOf(around(10, 0), around(10, 0)).allowed).toBe(0.025)
  })
})
