import { systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { Check } from './health.ts'

export interface CpuCheckOptions {
  /** CPU time a second of wall time; 1 is one core. */
  readonly maxRatio: number
  /** What is judged is at least this long, however often it is asked. Default 10. */
  readonly windowSeconds?: number
  readonly clock?: Clock
  /** CPU time that the process has used, microseconds. */
  readonly usedUs?: () => number
}

interface Mark {
  readonly atUs: number
  readonly usedUs: number
}

/**
 * A check that holds while this process uses at most `maxRatio` of a core, judged over the last one to two windows; over
 * more when it is asked less often. It holds, without a figure, until there has been a window: a start is always busy.
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
