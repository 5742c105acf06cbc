import type { Topic } from '@triplane/contracts'
import { createMemoryBus, type Consumer } from '@triplane/messaging'
import { testStartUs } from '@triplane/testing'
import type { ReachableBus } from '../src/platform/bus-source.ts'

/** What stands for Kafka: who reads it gets bytes. */
export function kafkaInMemory(partitions: (topic: Topic) => number = () => 1): ReachableBus<Buffer> {
  const bus = createMemoryBus({ nowUs: () => testStartUs, partitions })
  return { ...bus, consumer: (options) => encoded(bus.consumer(options)), ping: async () => undefined }
}

function encoded(consumer: Consumer): Consumer<Buffer> {
  return {
    take: (max) =>
      consumer.take(max).map((record) => ({ ...record, events: Buffer.from(JSON.stringify(record.events)) })),
    arrived: () => consumer.arrived(),
    commit: () => consumer.commit(),
    pause: () => consumer.pause(),
    resume: () => consumer.resume(),
    get closed() {
      return consumer.closed
    },
    hasMore: (topic, partition) => consumer.hasMore(topic, partition),
    stats: (nowUs) => consumer.stats(nowUs),
    close: () => consumer.close(),
  }
}
