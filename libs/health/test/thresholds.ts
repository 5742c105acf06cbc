import type { Check } from '../src/health.ts'

/** A check that passes while the measured value is at most `limit`. Fails for a missing value (NaN, undefined). */
export function atMost(limit: number, measure: () => number | undefined): Check {
  return () => {
    const value = measure()
    return { healthy: value !== undefined && value <= limit, details: { value, atMost: limit } }
  }
}

/** A check that passes while the measured value is at least `limit`. Fails for a missing value (NaN, undefined). */
export function atLeast(limit: number, measure: () => number | undefined): Check {
  return () => {
    const value = measure()
    return { healthy: value !== undefined && value >= limit, details: { value, atLeast: limit } }
  }
}
