import { US_PER_MINUTE } from '@triplane/kernel'
import fc from 'fast-check'
import { segmentsOf } from './rollup-segments.ts'

const minutes = (...numbers: number[]) => numbers.map((minute) => minute * US_PER_MINUTE)
const inMinutes = (found: ReturnType<typeof segmentsOf>) =>
  found.map(({ fromUs, toUs }) => [fromUs / US_PER_MINUTE, toUs / US_PER_MINUTE])

describe('rollup segments', () => {
  it.each([
    { name: 'has none without minutes', marked: [], want: [] },
    { name: 'ends with the last minute', marked: minutes(7), want: [[7, 8]] },
    { name: 'joins minutes over a gap of 15', marked: minutes(0, 1, 17), want: [[0, 18]] },
    // prettier-ignore
    { name: 'does not join them over a longer one', marked: minutes(0, 17), want: [[0, 1], [17, 18]] },
    // prettier-ignore
    { name: 'is at most an hour long', marked: minutes(...Array(80).keys()), want: [[0, 60], [60, 80]] },
  ])('$name', ({ marked, want }) => {
    expect(inMinutes(segmentsOf(marked))).toEqual(want)
  })

  it('contain every minute once, in order, and are short', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500)), (numbers) => {
        const marked = minutes(...numbers.sort((a, b) => a - b))
        const segments = segmentsOf(marked)
        for (const us of marked)
          expect(segments.filter(({ fromUs, toUs }) => fromUs <= us && us < toUs)).toHaveLength(1)
        segments.forEach(({ fromUs, toUs }, i) => {
          expect(toUs - fromUs).toBeLessThanOrEqual(60 * US_PER_MINUTE)
          expect(fromUs).toBeGreaterThanOrEqual(segments[i - 1]?.toUs ?? 0)
        })
      }),
    )
  })
})
