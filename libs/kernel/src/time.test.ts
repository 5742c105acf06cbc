import * as fc from 'fast-check'
import { createClock } from './time.ts'

const START_US = 1_723_127_400_000_000

/** A clock with its two sources: `pass` advances real time, `set` shifts the wall clock. */
function aMachine() {
  let monotonicUs = 5_000
  let aheadUs = START_US
  const clock = createClock(
    () => Math.floor((monotonicUs + aheadUs) / 1000) * 1000,
    () => monotonicUs,
    monotonicUs + aheadUs,
  )
  return {
    clock,
    wallUs: () => monotonicUs + aheadUs,
    pass: (us: number) => void (monotonicUs += us),
    set: (byUs: number) => void (aheadUs += byUs),
  }
}

describe('the clock', () => {
  it('is the wall clock, to the microsecond', () => {
    const { clock, wallUs, pass } = aMachine()
    expect(clock.nowUs()).toBe(wallUs())
    for (const us of [1, 7, 999, 1001, 123_456, 3_600_000_000]) {
      pass(us)
      expect(clock.nowUs()).toBe(wallUs())
    }
  })

  it('runs on after a step back until the wall clock has caught up, and follows a step forward', () => {
    const { clock, wallUs, pass, set } = aMachine()
    const beforeUs = clock.nowUs()
    pass(10_000)
    set(-60_000_000)
    expect(clock.nowUs()).toBe(beforeUs + 10_000)
    pass(30_000_000)
    expect(clock.nowUs()).toBe(beforeUs + 30_010_000)
    // Still behind, then ahead: what counts is whether the wall clock has caught up.
    set(20_000_000)
    pass(1_000)
    expect(clock.nowUs()).toBe(beforeUs + 30_011_000)
    set(45_000_000)
    pass(1_000)
    expect(clock.nowUs()).toBe(beforeUs + 30_012_000 + 5_000_000)
    expect(clock.nowUs()).toBe(wallUs())
  })

  it('never falls, lags the wall clock by less than its resolution, and runs as fast as the monotonic one', () => {
    const step = fc.record({
      passUs: fc.oneof(fc.integer({ min: 1000, max: 2_000 }), fc.integer({ min: 1000, max: 5_000_000 })),
      setUs: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -1e9, max: 1e9 }) },
      ),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { clock, wallUs, pass, set } = aMachine()
        let lastUs = clock.nowUs()
        let highestUs = wallUs()
        for (const { passUs, setUs } of steps) {
          set(setUs)
          pass(passUs)
          const nowUs = clock.nowUs()
          highestUs = Math.max(highestUs + passUs, wallUs())
          expect(nowUs).toBeGreaterThanOrEqual(lastUs + passUs)
          // It reads the wall clock, which has a resolution of a millisecond, once a millisecond.
          expect(highestUs - nowUs).toBeLessThan(1000)
          expect(nowUs).toBeLessThanOrEqual(highestUs)
          lastUs = nowUs
        }
      }),
    )
  })
})
