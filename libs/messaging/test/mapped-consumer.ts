import type { BusRecord, Consumer } from '../src/index.ts'

/** A consumer whose records have other events: those that `eventsOf` returns. */
export function mappedConsumer<From, To>(
  consumer: Consumer<From>,
  eventsOf: (record: BusRecord<From>) => To,
): Consumer<To> {
  return {
    take: (max) => consumer.take(max).map((record) => ({ ...record, events: eventsOf(record) })),
    arrived: () => consumer.arrived(),
    commit: () => consumer.commit(),
    get closed() {
      return consumer.closed
    },
    hasMore: (topic, partition) => consumer.hasMore(topic, partition),
    reached: (topic, partition) => consumer.reached(topic, partition),
    stats: (nowUs) => consumer.stats(nowUs),
    close: () => consumer.close(),
  }
}
