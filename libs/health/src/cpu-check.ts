import { systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { Check } from './health.ts'

export interface CpuCheckOptions {
  /** CPU time per second of wall time; 1 is one core. */
  readonly maxRatio: number
  /** The least time that is judged, however often the check is called. Default 10. */
  readonly windowSeconds?: number
  readonly clock?: Clock
  /** CPU time used by the process, microseconds. */
  readonly usedUs?: () => number
}

interface Mark {
  readonly atUs: number
  readonly usedUs: number
}

/**
 * A check that passes while this process uses at most `maxRatio` of a core, over the last one or two windows, or longer
 * if it is called less often. It passes, without a figure, until the first window is over: every start is busy.
 */
export function cpuCheck({
  maxRatio,
  windowSeconds = 10,
  clock = systemClock,
  usedUs = cpuTimeUs,
}: CpuCheckOptions): Check {
  const mark = (): Mark => ({ atUs: clock.monotonicUs(), usedUs: usedUs() })
  let from = mark()
  let next = from

  return () => {
    const now = mark()
    if (now.atUs - next.atUs >= windowSeconds * US_PER_SECOND) {
      from = next
      next = now
    }
    const elapsedUs = now.atUs - from.atUs
    if (next === from) return { healthy: true, details: { maxRatio } }
    const ratio = (now.usedUs - from.usedUs) / elapsedUs
    return { healthy: ratio <= maxRatio, details: { ratio, maxRatio } }
  }
}

function cpuTimeUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
