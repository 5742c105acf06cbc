/** Microseconds in a second, minute, hour and day. Time is integer microseconds since the epoch in a `number`. */
export const US_PER_SECOND = 1_000_000
export const US_PER_MINUTE = 60 * US_PER_SECOND
export const US_PER_HOUR = 60 * US_PER_MINUTE
export const US_PER_DAY = 24 * US_PER_HOUR

/** The start of the interval of `intervalUs` microseconds that holds `timeUs`. Intervals are aligned to the epoch (UTC). */
export function floorTime(timeUs: number, intervalUs: number): number {
  return Math.floor(timeUs / intervalUs) * intervalUs
}

/** Where the wall clock is read. Cores take no clock; edges do, so that tests can hold it still. */
export interface Clock {
  /** Wall time in integer microseconds since the epoch. */
  nowUs(): number
  /** Monotonic time in microseconds from an arbitrary origin, with fractions; for durations only. */
  monotonicUs(): number
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
  monotonicUs: () => performance.now() * 1000,
}
