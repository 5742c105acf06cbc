import { getHeapStatistics } from 'node:v8'
import type { Check } from './health.ts'

export interface MemoryLimits {
  /** Memory of the process that is in RAM, bytes. */
  readonly maxRssBytes?: number
  /** Used heap as a share of the most that Node will let it grow to, 0-1. Default 0.9: above it collection eats the time. */
  readonly maxHeapRatio?: number
}

/** A check that holds while the memory of this process is within both limits. */
export function memoryCheck({ maxRssBytes = Infinity, maxHeapRatio = 0.9 }: MemoryLimits = {}): Check {
  return () => {
    const rssBytes = process.memoryUsage.rss()
    const { used_heap_size, heap_size_limit } = getHeapStatistics()
    const heapRatio = used_heap_size / heap_size_limit
    return {
      healthy: rssBytes <= maxRssBytes && heapRatio <= maxHeapRatio,
      details: { rssBytes, heapRatio, maxHeapRatio, ...(maxRssBytes !== Infinity && { maxRssBytes }) },
    }
  }
}
