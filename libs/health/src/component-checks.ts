import { systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { Check } from './health.ts'

/** A check that passes when `ping` resolves: `select 1`, the PING of Redis. `name` is used in the failure's message. */
export function probeCheck(name: string, ping: () => Promise<unknown>, clock: Clock = systemClock): Check {
  return async () => {
    const startUs = clock.monotonicUs()
    try {
      await ping()
    } catch (cause) {
      throw new Error(`Expected ${name} to answer, was ${messageOf(cause)}`, { cause })
    }
    return { healthy: true, details: { answerSeconds: (clock.monotonicUs() - startUs) / US_PER_SECOND } }
  }
}

/**
 * A check that passes while the newest of something is at most `maxAgeSeconds` old, by the wall clock; fails before the
 * first.
 */
export function ageCheck(
  maxAgeSeconds: number,
  newestUs: () => number | undefined,
  clock: Pick<Clock, 'nowUs'> = systemClock,
): Check {
  return () => {
    const at = newestUs()
    const ageSeconds = at === undefined ? undefined : (clock.nowUs() - at) / US_PER_SECOND
    return { healthy: ageSeconds !== undefined && ageSeconds <= maxAgeSeconds, details: { ageSeconds, maxAgeSeconds } }
  }
}

/** A part's report on itself; its numbers are shown. */
export interface HealthReport {
  readonly isHealthy: boolean
  /** Why it is unhealthy. */
  readonly fault?: Error
}

/** A check of a part that judges itself: the history store, the latest state, a bus. */
export function reportCheck(report: () => HealthReport): Check {
  return () => {
    const { isHealthy, fault, ...details } = report()
    return { healthy: isHealthy, details: { ...details, ...(fault && { fault: fault.message }) } }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
