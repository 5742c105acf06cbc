import type { Topic } from '@triplane/contracts'
import { createMemoryBus, type BusRecord } from '@triplane/messaging'
import { testStartUs } from '@triplane/testing'
import { mappedConsumer } from '../../messaging/test/mapped-consumer.ts'
import type { ReachableBus } from '../src/platform/bus-source.ts'

/** A stand-in for Kafka, whose consumers get bytes. */
export function kafkaInMemory(partitions: (topic: Topic) => number = () => 1): ReachableBus<Buffer> {
  const bus = createMemoryBus({ nowUs: () => testStartUs, partitions })
  return { ...bus, consumer: (options) => mappedConsumer(bus.consumer(options), encoded), ping: async () => undefined }
}

const encoded = ({ events }: BusRecord) => Buffer.from(JSON.stringify(events))
