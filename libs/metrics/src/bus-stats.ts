import type { Topic, TopicName } from '@triplane/contracts'
import type { CounterHandle } from './handles.ts'
import type { Metrics } from './metrics.ts'

/** Counts of one topic since the producer or consumer was created; messaging calls them `ProducedStats` and `ConsumedStats`. */
export interface TopicCounts {
  readonly topic: string
  readonly produced?: number
  readonly consumed?: number
  readonly errors: number
  readonly lagRecords?: number
  readonly lagSeconds?: number
}

/** The topics that a plane produces and consumes, without the bus's heartbeats and dead letters: shown from the start. */
export interface BusTopics {
  readonly produced: readonly KnownTopic[]
  readonly consumed: readonly KnownTopic[]
}
type KnownTopic = Topic & { readonly name: TopicName }

type BusMetrics = Pick<
  Metrics<string>,
  'busProduced' | 'busConsumed' | 'busErrors' | 'busLag' | 'busBuffered' | 'beforeScrape'
>

/** Exports the counts of a plane's producers and consumers as `triplane_bus_*`, read before each scrape. */
export function exportBusStats(
  metrics: BusMetrics,
  { produced, consumed }: BusTopics,
  read: () => readonly TopicCounts[],
): void {
  for (const { name: topic } of produced) metrics.busProduced.of({ topic })
  for (const { name: topic } of consumed) {
    metrics.busConsumed.of({ topic })
    metrics.busLag.of({ topic })
    metrics.busBuffered.of({ topic })
  }
  for (const { name: topic } of [...produced, ...consumed]) metrics.busErrors.of({ topic })
  const before = new Map<string, number>()
  // A total that fell belongs to a new producer or consumer, which began at 0.
  const grow = (handle: CounterHandle, key: string, total: number) => {
    const prior = before.get(key) ?? 0
    handle.inc(total < prior ? total : total - prior)
    before.set(key, total)
  }
  metrics.beforeScrape(() => {
    for (const counts of read()) {
      const labels = { topic: counts.topic } as Parameters<typeof metrics.busProduced.of>[0]
      if (counts.produced !== undefined)
        grow(metrics.busProduced.of(labels), `produced ${counts.topic}`, counts.produced)
      if (counts.consumed !== undefined)
        grow(metrics.busConsumed.of(labels), `consumed ${counts.topic}`, counts.consumed)
      if (counts.lagSeconds !== undefined) metrics.busLag.of(labels).set(counts.lagSeconds)
      if (counts.lagRecords !== undefined) metrics.busBuffered.of(labels).set(counts.lagRecords)
      grow(
        metrics.busErrors.of(labels),
        `${counts.produced === undefined ? 'consumer' : 'producer'} errors ${counts.topic}`,
        counts.errors,
      )
    }
  })
}
