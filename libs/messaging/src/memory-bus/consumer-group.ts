import type { Topic } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import type { ConsumerOptions } from '../bus.ts'
import type { MemoryConsumer } from './memory-consumer.ts'
import type { PartitionLog, PartitionReader } from './partition-log.ts'

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

  join(member: MemoryConsumer, from: ConsumerOptions['from']): void {
    this.#members.push(member)
    for (const topic of member.topics) {
      for (const log of this.#logsOf(topic)) {
        const known = this.#readers.get(log)
        if (known && typeof from === 'string') continue
        const start = startOf(log, from)
        if (known) place(known, start)
        else this.#add({ log, committed: start, position: start, owner: undefined, tally: undefined })
      }
    }
    this.#rebalance()
  }

  leave(member: MemoryConsumer): void {
    this.#members.splice(this.#members.indexOf(member), 1)
    this.#rebalance()
  }

  #add(reader: PartitionReader): void {
    this.#readers.set(reader.log, reader)
    reader.log.readers.push(reader)
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

function startOf(log: PartitionLog, from: ConsumerOptions['from']): number {
  if (from === 'earliest') return log.startOffset
  if (from === 'latest') return log.endOffset
  const named = from.find(({ topic, partition }) => topic === log.topic.name && partition === log.partition)
  if (named === undefined) return log.startOffset
  invariant(named.offset <= log.endOffset, `a position is at most at the end, ${log.endOffset}`, named.offset)
  return named.offset
}

function assign(reader: PartitionReader, owner: MemoryConsumer | undefined): void {
  reader.owner = owner
  reader.tally = owner?.tallyOf(reader.log.topic)
  place(reader, reader.committed)
}

/** Lets the group go on at `offset`, or at the oldest record where that is gone. */
function place(reader: PartitionReader, offset: number): void {
  const lost = reader.log.startOffset - offset
  if (reader.tally && lost > 0) reader.tally.skipped += lost
  reader.committed = reader.tally ? Math.max(offset, reader.log.startOffset) : offset
  reader.position = reader.committed
}
