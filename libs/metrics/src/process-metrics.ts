import { monitorEventLoopDelay } from 'node:perf_hooks'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { GaugeHandle } from './handles.ts'

/** Lines of the cap reserved for the default metrics: 53 at start, and 11 more for each kind of garbage collection seen. */
export const PROCESS_LINES = 100

/** Each measurement wakes the process. */
const RESOLUTION_MS = 50
const WINDOW_MS = 10_000

/**
 * The default metrics of Node and the process, with the constant label `service`. Those of the event loop's delay include the
 * interval at which it is measured, 50 ms.
 */
export function createProcessMetrics(service: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: RESOLUTION_MS })
  return registry
}

/**
 * Measures how late timers fire. Each call of the returned function sets `lag` to the 99th percentile in seconds since the
 * window began, and ends a window that is 10 s old.
 */
export function createEventLoopLag(lag: GaugeHandle): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let windowStart = performance.now()
  return () => {
    if (delay.count === 0) return
    lag.set(Math.max(0, delay.percentile(99) / 1e9 - RESOLUTION_MS / 1000))
    if (performance.now() - windowStart < WINDOW_MS) return
    delay.reset()
    windowStart = performance.now()
  }
}
