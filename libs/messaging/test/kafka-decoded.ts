import type { Event } from '@triplane/contracts'
import { decodeRecord, type Bus, type BusRecord, type Consumer, type KafkaBus } from '../src/index.ts'
import { mappedConsumer } from './mapped-consumer.ts'

/** The Kafka bus with decoded records, as the contract suite reads them. */
export function decoded(bus: KafkaBus): Bus {
  return {
    producer: (options) => bus.producer(options),
    consumer: (options) => decodedConsumer(bus.consumer(options)),
    partitionsOf: (topic) => bus.partitionsOf(topic),
    endOf: (topics) => bus.endOf(topics),
    oldestOf: (topics) => bus.oldestOf(topics),
    close: () => bus.close(),
  }
}

export function decodedConsumer(consumer: Consumer<Buffer>): Consumer {
  return mappedConsumer(consumer, eventsOf)
}

/** The events of a record that must decode. */
export function eventsOf(record: BusRecord<Buffer>): readonly Event[] {
  const decoded = decodeRecord(record)
  if (!decoded.ok) throw new Error(`Expected a record that decodes, was ${decoded.error.code}: ${decoded.error.detail}`)
  return decoded.value
}
