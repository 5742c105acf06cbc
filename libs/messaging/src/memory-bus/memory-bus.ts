import type { Topic } from '@triplane/contracts'
import { closedError } from '../bus-error.ts'
import type { Bus, ConsumerOptions, ProducerOptions } from '../bus.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { MemoryConsumer } from './memory-consumer.ts'
import { MemoryProducer } from './memory-producer.ts'
import { PartitionLog, type Retention } from './partition-log.ts'

export interface MemoryBusOptions extends Partial<Retention> {
  /** Stamps `tsSentUs`. Called once per send, so it should be cheap: the run's own time, or a clock read once a turn. */
  readonly nowUs: () => number
  /** Partitions of a topic; default 1. */
  readonly partitions?: (topic: Topic) => number
  /** Records that one producer may buffer before `send` throws `buffer_full`. */
  readonly maxBufferedRecords?: number
}

/**
 * A bus in memory: a partitioned log with offsets and groups for the services of one process, where a group has one member at a
 * time.
 *
 * Retention: a partition keeps its newest `retainRecords` (1,024), and all that a group with members has not committed. When
 * the slowest such group leaves `maxUncommittedRecords` (65,536) uncommitted, sends wait in the producer (at most
 * `maxBufferedRecords`, 65,536): no group misses a record. A group without members blocks nothing; the records it missed are
 * counted in its next member's `skipped`. Compacted topics keep the newest record of each key forever.
 */
export function createMemoryBus(options: MemoryBusOptions): Bus {
  const { nowUs, partitions = () => 1, retainRecords = 1024 } = options
  const { maxUncommittedRecords = 65_536, maxBufferedRecords = 65_536 } = options
  const logs = new Map<string, readonly PartitionLog[]>()
  const groups = new Map<string, ConsumerGroup>()
  const producers = new Set<MemoryProducer>()
  const consumers = new Map<MemoryConsumer, ConsumerGroup>()
  let ordinal = 0
  let closed = false

  function logsOf(topic: Topic): readonly PartitionLog[] {
    let found = logs.get(topic.name)
    if (!found) {
      const retention = { retainRecords, maxUncommittedRecords }
      found = Array.from({ length: partitions(topic) }, (_, index) => new PartitionLog(topic, index, retention))
      logs.set(topic.name, found)
    }
    return found
  }

  function drainProducers(): void {
    for (const producer of producers) if (producer.buffered > 0) producer.drain()
  }

  const producerHost = {
    maxBufferedRecords,
    nowUs,
    nextOrdinal: () => ordinal++,
    logsOf,
    left: (producer: MemoryProducer) => void producers.delete(producer),
  }
  const consumerHost = {
    committed: drainProducers,
    left(consumer: MemoryConsumer): void {
      consumers.get(consumer)?.leave()
      consumers.delete(consumer)
      drainProducers()
    },
  }

  function mustBeOpen(): void {
    if (closed) throw closedError('bus')
  }

  return {
    producer(producerOptions: ProducerOptions) {
      mustBeOpen()
      const producer = new MemoryProducer(producerOptions, producerHost)
      producers.add(producer)
      return producer
    },

    consumer({ group: name, topics, from }: ConsumerOptions) {
      mustBeOpen()
      let group = groups.get(name)
      if (!group) {
        group = new ConsumerGroup(name, logsOf)
        groups.set(name, group)
      }
      const consumer = new MemoryConsumer(topics, consumerHost)
      group.join(consumer, from)
      consumers.set(consumer, group)
      return consumer
    },

    partitionsOf: (topic: Topic) => logsOf(topic).length,

    async endOf(topics: readonly Topic[]) {
      mustBeOpen()
      return topics.flatMap((topic) =>
        logsOf(topic).map((log) => ({ topic: topic.name, partition: log.partition, offset: log.endOffset })),
      )
    },

    async oldestOf(topics: readonly Topic[]) {
      mustBeOpen()
      return topics.flatMap((topic) =>
        logsOf(topic).map((log) => ({ topic: topic.name, partition: log.partition, offset: log.startOffset })),
      )
    },

    async close() {
      closed = true
      await Promise.all([...consumers.keys()].map((consumer) => consumer.close()))
      await Promise.all([...producers].map((producer) => producer.close()))
    },
  }
}
