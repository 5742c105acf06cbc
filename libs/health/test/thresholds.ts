import type { Check } from '../src/health.ts'

/** A check that holds while the measured value is at most `limit`. What was never measured (NaN, undefined) fails. */
export function atMost(limit: number, measure: () => number | undefined): Check {
  return () => {
    const value = measure()
    return { healthy: value !== undefined && value <= limit, details: { value, atMost: limit } }
  }
}

/** A check that holds while the measured value is at least `limit`. What was never measured (NaN, undefined) fails. */
export function atLeast(limit: number, measure: () => number | undefined): Check {
  return () => {
    const value = measure()
    return { healthy: value !== undefined && value >= limit, details: { value, atLeast: limit } }
  }
}
