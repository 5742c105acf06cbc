import { getHeapStatistics } from 'node:v8'
import type { Check } from './health.ts'

export interface MemoryLimits {
  /** Limit on the resident memory of the process, bytes. */
  readonly maxRssBytes?: number
  /** Limit on used heap over Node's heap limit, 0-1. Default 0.9: above it garbage collection is too costly. */
  readonly maxHeapRatio?: number
}

/** A check that passes while the memory of this process is within both limits. */
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
