/** Microseconds in a second, minute, hour and day. Time is integer microseconds since the epoch in a `number`. */
export const US_PER_SECOND = 1_000_000
export const US_PER_MINUTE = 60 * US_PER_SECOND
export const US_PER_HOUR = 60 * US_PER_MINUTE
export const US_PER_DAY = 24 * US_PER_HOUR

/** The start of the interval of `intervalUs` microseconds that contains `timeUs`. Intervals are aligned to the epoch (UTC). */
export function floorTime(timeUs: number, intervalUs: number): number {
  return Math.floor(timeUs / intervalUs) * intervalUs
}

/** Reads the time. Cores take no clock; edges do, so that tests can freeze it. */
export interface Clock {
  /** Wall time in integer microseconds since the epoch; it never falls. */
  nowUs(): number
  /** Monotonic time in microseconds from an arbitrary origin, with fractions; for durations only. */
  monotonicUs(): number
}

/** How often the wall clock is read: it has a resolution of milliseconds, and reading two clocks costs twice as much. */
const LOOK_EVERY_US = 1000

/**
 * A clock made from a wall clock that may be set and a monotonic one; `startUs` is the wall time now. Its time is monotonic
 * time plus the largest lead seen of the wall clock: it follows a step forward, and after a step back runs on until the wall
 * clock has caught up.
 */
export function createClock(wallUs: () => number, monotonicUs: () => number, startUs = wallUs()): Clock {
  let lookUs = monotonicUs()
  let leadUs = startUs - lookUs
  return {
    nowUs() {
      const us = monotonicUs()
      if (us >= lookUs) {
        lookUs = us + LOOK_EVERY_US
        leadUs = Math.max(leadUs, wallUs() - us)
      }
      return Math.round(us + leadUs)
    },
    monotonicUs,
  }
}

/** The machine's clock. */
export const systemClock: Clock = createClock(
  () => Date.now() * 1000,
  () => performance.now() * 1000,
  (performance.timeOrigin + performance.now()) * 1000,
)
