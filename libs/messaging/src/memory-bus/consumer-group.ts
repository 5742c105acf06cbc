import type { Topic } from '@triplane/contracts'
import type { MemoryConsumer } from './memory-consumer.ts'
import type { PartitionLog } from './partition-log.ts'
import type { PartitionReader } from './partition-reader.ts'

/** The logs of a topic, one a partition. */
export type LogsOf = (topic: Topic) => readonly PartitionLog[]

/**
 * A group: its members share the partitions of what they subscribe to, in turn by the order in which they joined. It
 * outlives its members: its committed offsets decide where the next one goes on.
 */
export class ConsumerGroup {
  readonly #logsOf: LogsOf
  readonly #members: MemoryConsumer[] = []
  readonly #readers = new Map<PartitionLog, PartitionReader>()

  constructor(logsOf: LogsOf) {
    this.#logsOf = logsOf
  }

  join(member: MemoryConsumer, from: 'earliest' | 'latest'): void {
    this.#members.push(member)
    for (const topic of member.topics) {
      for (const log of this.#logsOf(topic)) {
        if (this.#readers.has(log)) continue
        const start = from === 'latest' ? log.endOffset : log.startOffset
        const reader: PartitionReader = { log, committed: start, position: start, owner: undefined, tally: undefined }
        this.#readers.set(log, reader)
        log.readers.push(reader)
      }
    }
    this.#rebalance()
  }

  leave(member: MemoryConsumer): void {
    this.#members.splice(this.#members.indexOf(member), 1)
    this.#rebalance()
  }

  #rebalance(): void {
    for (const reader of this.#readers.values()) {
      const subscribers = this.#members.filter((member) => member.subscribes(reader.log.topic))
      const owner = subscribers[reader.log.partition % subscribers.length]
      if (owner !== reader.owner) assign(reader, owner)
    }
    for (const member of this.#members) {
      member.refill([...this.#readers.values()].filter((reader) => reader.owner === member))
    }
  }
}

function assign(reader: PartitionReader, owner: MemoryConsumer | undefined): void {
  reader.owner = owner
  reader.tally = owner?.tallyOf(reader.log.topic)
  const lost = reader.log.startOffset - reader.committed
  if (reader.tally && lost > 0) {
    reader.tally.skipped += lost
    reader.committed = reader.log.startOffset
  }
  reader.position = reader.committed
}
