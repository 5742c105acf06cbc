import type { Topic } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import type { ConsumerOptions } from '../bus.ts'
import type { MemoryConsumer } from './memory-consumer.ts'
import type { PartitionLog, PartitionReader } from './partition-log.ts'

/** The logs of a topic, one per partition. */
export type LogsOf = (topic: Topic) => readonly PartitionLog[]

/**
 * A group: in one process it has one member at a time, which reads every partition of its topics. It outlives its members: its
 * committed offsets decide where the next one continues.
 */
export class ConsumerGroup {
  readonly #name: string
  readonly #logsOf: LogsOf
  readonly #readers = new Map<PartitionLog, PartitionReader>()
  #member: MemoryConsumer | undefined

  constructor(name: string, logsOf: LogsOf) {
    this.#name = name
    this.#logsOf = logsOf
  }

  join(member: MemoryConsumer, from: ConsumerOptions['from']): void {
    invariant(this.#member === undefined, 'a group of the memory bus has one member at a time', this.#name)
    this.#member = member
    const readers = member.topics.flatMap((topic) =>
      this.#logsOf(topic).map((log) => this.#readerOf(log, from, member)),
    )
    member.open(readers)
  }

  leave(): void {
    this.#member = undefined
    for (const reader of this.#readers.values()) reader.owner = undefined
  }

  /** The group's place in a partition, from which its member continues. */
  #readerOf(log: PartitionLog, from: ConsumerOptions['from'], member: MemoryConsumer): PartitionReader {
    const known = this.#readers.get(log)
    const start = known && typeof from === 'string' ? known.committed : startOf(log, from)
    const offset = Math.max(start, log.startOffset)
    const tally = member.tallyOf(log.topic)
    tally.skipped += offset - start
    const reader: PartitionReader = Object.assign(known ?? { log }, {
      committed: offset,
      position: offset,
      owner: member,
      tally,
    })
    if (known === undefined) {
      this.#readers.set(log, reader)
      log.readers.push(reader)
    }
    return reader
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
