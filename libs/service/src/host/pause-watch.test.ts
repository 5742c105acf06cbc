import { PauseWatch } from './pause-watch.ts'

const SECOND = 1_000_000

describe('a pause', () => {
  it.each([
    { of: 'both clocks', wallS: 5, monotonicS: 5, pausedUs: 5 * SECOND },
    { of: 'the wall clock: the machine slept', wallS: 5, monotonicS: 0, pausedUs: 5 * SECOND },
    { of: 'the monotonic clock: the wall clock was set back', wallS: -50, monotonicS: 3, pausedUs: 3 * SECOND },
    { of: 'neither', wallS: 2, monotonicS: 2, pausedUs: undefined },
  ])('is more than two seconds between two looks, by $of', ({ wallS, monotonicS, pausedUs }) => {
    const now = { wallUs: 1e15, monotonicUs: 0 }
    const watch = new PauseWatch({ nowUs: () => now.wallUs, monotonicUs: () => now.monotonicUs })
    expect(watch.isFound()).toBe(false)
    now.wallUs += wallS * SECOND
    now.monotonicUs += monotonicS * SECOND
    expect([watch.isFound(), watch.isFound()]).toEqual([pausedUs !== undefined, false])
    expect([watch.isCatchingUp, watch.isUnsaid]).toEqual([pausedUs !== undefined, pausedUs !== undefined])
    expect([watch.say(), watch.say()]).toEqual([pausedUs === undefined ? {} : { pausedUs }, {}])
  })

  it('is none before the watch starts', () => {
    let us = 0
    const watch = new PauseWatch({ nowUs: () => us, monotonicUs: () => us })
    us += 60 * SECOND
    watch.start()
    expect(watch.isFound()).toBe(false)
    watch.stop()
  })
})
