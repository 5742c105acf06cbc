import { US_PER_MINUTE } from '@triplane/kernel'
import fc from 'fast-check'
import { WeightBudget } from './weight-budget.ts'

/** A budget of 600 a minute, which saves up to 150, and its clocks; the wall clock begins a minute with it. */
function aBudget() {
  let nowUs = 0
  const clock = { nowUs: () => 1_800_000_000 * 1_000_000 + nowUs, monotonicUs: () => nowUs }
  return { budget: new WeightBudget(600, clock), pass: (ms: number) => void (nowUs += ms * 1_000) }
}

describe('WeightBudget', () => {
  it('grants its savings, then its income', () => {
    const { budget, pass } = aBudget()
    expect([budget.take(50), budget.take(50), budget.take(50)]).toEqual([0, 0, 0])
    expect(budget.take(50)).toBe(20_000)
    pass(15_000)
    expect(budget.take(50)).toBe(5_000)
    pass(5_000)
    expect(budget.take(50)).toBe(0)
    expect(budget.take(50)).toBe(20_000)
  })

  it('grants nothing during a hold, whatever its savings', () => {
    const { budget, pass } = aBudget()
    budget.hold(5_000)
    budget.hold(1_000)
    expect(budget.take(50)).toBe(5_000)
    pass(4_999)
    expect(budget.take(50)).toBe(1)
    pass(1)
    expect(budget.take(50)).toBe(0)
  })

  it('waits for the next minute when the venue has counted most of the limit, whoever used it', () => {
    const { budget, pass } = aBudget()
    pass(45_000)
    budget.learn(479)
    expect(budget.take(50)).toBe(0)
    budget.learn(480)
    expect(budget.take(50)).toBe(15_000)
  })

  it('uses at most half of the limit in any minute', () => {
    const calls = fc.array(fc.record({ afterMs: fc.nat(20_000), weight: fc.integer({ min: 1, max: 150 }) }))
    fc.assert(
      fc.property(calls, (all) => {
        const { budget, pass } = aBudget()
        const used: { readonly atUs: number; readonly weight: number }[] = []
        let nowUs = 0
        for (const { afterMs, weight } of all) {
          pass(afterMs)
          nowUs += afterMs * 1_000
          if (budget.take(weight) === 0) used.push({ atUs: nowUs, weight })
          const lastMinute = used.filter(({ atUs }) => atUs > nowUs - US_PER_MINUTE)
          expect(lastMinute.reduce((sum, use) => sum + use.weight, 0)).toBeLessThanOrEqual(300)
        }
      }),
    )
  })
})
