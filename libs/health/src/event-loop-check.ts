import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { Check } from './health.ts'

/** Each measurement wakes the process. */
const RESOLUTION_MS = 50
const NS_PER_SECOND = 1e9

export interface EventLoopCheckOptions {
  /** The limit on the 99th percentile of the lag, seconds. */
  readonly maxLagSeconds: number
  /** The length of a window of measurements. Default 10. */
  readonly windowSeconds?: number
  readonly clock?: Clock
}

export interface EventLoopCheck {
  readonly check: Check
  /** Stops measuring. */
  close(): void
}

/**
 * Measures how late timers come, from now on. The check holds while 99 of 100 are at most `maxLagSeconds` late since the
 * window began; a window that is old enough ends with the call that judges it.
 */
export function eventLoopCheck({
  maxLagSeconds,
  windowSeconds = 10,
  clock = systemClock,
}: EventLoopCheckOptions): EventLoopCheck {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let windowStartUs = clock.monotonicUs()
  let lag = { lagSeconds: 0, worstSeconds: 0 }

  /** The histogram holds whole intervals: the resolution is in them. */
  const late = (intervalNs: number) => Math.max(0, intervalNs / NS_PER_SECOND - RESOLUTION_MS / 1000)

  return {
    check: () => {
      // Right after a reset there is no measurement yet: the last result stands.
      if (delay.count > 0) lag = { lagSeconds: late(delay.percentile(99)), worstSeconds: late(delay.max) }
      if (clock.monotonicUs() - windowStartUs >= windowSeconds * US_PER_SECOND) {
        delay.reset()
        windowStartUs = clock.monotonicUs()
      }
      return { healthy: lag.lagSeconds <= maxLagSeconds, details: { ...lag, maxLagSeconds } }
    },
    close: () => void delay.disable(),
  }
}
