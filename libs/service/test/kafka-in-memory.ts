import { createMemoryBus, decodeRecord, type BusRecord } from '@triplane/messaging'
import { testStartUs } from '@triplane/testing'
import { mappedConsumer } from '../../messaging/test/mapped-consumer.ts'
import type { BusSource, ReachableBus } from '../src/platform/bus-source.ts'

type MemoryBusOptions = Parameters<typeof createMemoryBus>[0]

/** A stand-in for Kafka, whose consumers get bytes. */
export function kafkaInMemory(options: Partial<MemoryBusOptions> = {}): ReachableBus<Buffer> {
  const bus = createMemoryBus({ nowUs: () => testStartUs, ...options })
  return { ...bus, consumer: (options) => mappedConsumer(bus.consumer(options), encoded), ping: async () => undefined }
}

/** The bus for several services of one process: a service that ends does not close it. */
export function sharedSource(bus: ReachableBus<Buffer>): BusSource<Buffer> {
  return { connect: async () => ({ ...bus, close: async () => undefined }), decode: decodeRecord }
}

const encoded = ({ events }: BusRecord) => Buffer.from(JSON.stringify(events))
