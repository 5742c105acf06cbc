import fc from 'fast-check'
import { constructPortfolio } from './portfolio-constructor.ts'

const limits = { symbolLimitUsd: 50_000, grossLimitUsd: 120_000, netLimitUsd: 80_000 }
const weight = (instrument: string, strength: number) => ({ strategy: 'OFI', instrument, strength, isLongOnly: false })

describe('constructPortfolio', () => {
  it.each([
    { name: 'gives strength times the limit of the symbol', strengths: [0.5, -0.2], want: [25_000, -10_000], scale: 1 },
    {
      name: 'scales all to the gross limit',
      strengths: [1, -1, 1, -1],
      want: [30_000, -30_000, 30_000, -30_000],
      scale: 0.6,
    },
    { name: 'scales all to the net limit', strengths: [1, 1], want: [40_000, 40_000], scale: 0.8 },
    { name: 'takes the stricter of both', strengths: [1, 1, 1, 1], want: [20_000, 20_000, 20_000, 20_000], scale: 0.4 },
    { name: 'wants nothing of nothing', strengths: [], want: [], scale: 1 },
  ])('$name', ({ strengths, want, scale }) => {
    const portfolio = constructPortfolio(
      strengths.map((strength, i) => weight(`S${i}`, strength)),
      limits,
    )
    expect(portfolio.targets.map((target) => target.notionalUsd)).toEqual(want)
    expect(portfolio.scale).toBe(scale)
  })

  it('wants none of what it would have to sell short, and gives its room to the others', () => {
    const { targets, grossUsd, netUsd } = constructPortfolio(
      [{ ...weight('A', -1), isLongOnly: true }, { ...weight('B', 0.5), isLongOnly: true }, weight('C', -1)],
      limits,
    )
    expect(targets.map((target) => target.notionalUsd)).toEqual([0, 25_000, -50_000])
    expect([grossUsd, netUsd]).toEqual([75_000, -25_000])
  })

  it('keeps every limit whatever is asked for', () => {
    const strength = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(strength, { maxLength: 30 }), (strengths) => {
        const { targets, grossUsd, netUsd } = constructPortfolio(
          strengths.map((strength, i) => weight(`S${i}`, strength)),
          limits,
        )
        const sizes = targets.map((target) => target.notionalUsd)
        const slack = 1e-6
        expect(Math.max(0, ...sizes.map(Math.abs))).toBeLessThanOrEqual(limits.symbolLimitUsd)
        expect(grossUsd).toBeLessThanOrEqual(limits.grossLimitUsd + slack)
        expect(Math.abs(netUsd)).toBeLessThanOrEqual(limits.netLimitUsd + slack)
        expect(sizes.reduce((sum, size) => sum + Math.abs(size), 0)).toBeCloseTo(grossUsd, 6)
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBeCloseTo(netUsd, 6)
      }),
    )
  })
})
