import { Signal } from '@triplane/async'
import type { Topic } from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import { closedError } from '../bus-error.ts'
import type { BusRecord, ConsumedStats, Consumer } from '../bus.ts'
import {
  countOf,
  type LoggedRecord,
  type PartitionReader,
  type RecordReceiver,
  type TopicTally,
} from './partition-log.ts'

/** The services of the bus to its consumers. */
export interface ConsumerHost {
  /** Called after a commit: waiting senders may have room now. */
  committed(): void
  left(consumer: MemoryConsumer): void
}

const nothing: readonly BusRecord[] = []
const done = Promise.resolve()
const COMPACT_AT = 1024

/** A member of a group. Its inbox has the delivered records not taken yet, in send order. */
export class MemoryConsumer implements Consumer, RecordReceiver {
  readonly topics: readonly Topic[]
  readonly #host: ConsumerHost
  readonly #tallies = new Map<string, TopicTally>()
  #readers: readonly PartitionReader[] = []
  /** Two columns, a record and its reader: the slots from `#head` to `#end` are in use. Slots are reused. */
  #inbox: (LoggedRecord | undefined)[] = []
  #inboxReaders: PartitionReader[] = []
  #head = 0
  #end = 0
  #closed = false
  readonly #arrival = new Signal()

  constructor(topics: readonly Topic[], host: ConsumerHost) {
    this.topics = topics
    this.#host = host
    for (const topic of topics) this.#tallies.set(topic.name, { consumed: 0, skipped: 0 })
  }

  get closed(): boolean {
    return this.#closed
  }

  tallyOf(topic: Topic): TopicTally {
    return this.#tallies.get(topic.name) as TopicTally
  }

  deliver(record: LoggedRecord, reader: PartitionReader): void {
    const at = this.#end++
    this.#inbox[at] = record
    this.#inboxReaders[at] = reader
    if (this.#arrival.isAwaited) this.#wake()
  }

  /** Begins to read: fills the inbox with the logged records from the readers' positions on. */
  open(readers: readonly PartitionReader[]): void {
    this.#readers = readers
    const entries = readers.flatMap((reader) => reader.log.since(reader.position).map((record) => ({ record, reader })))
    entries.sort((a, b) => a.record.ordinal - b.record.ordinal)
    this.#inbox = entries.map((entry) => entry.record)
    this.#inboxReaders = entries.map((entry) => entry.reader)
    this.#end = entries.length
  }

  take(max = Infinity): readonly BusRecord[] {
    if (this.#closed) throw closedError('consumer')
    const size = Math.min(this.#end - this.#head, max)
    if (size === 0) return nothing
    const taken = new Array<BusRecord>(size)
    for (let i = 0; i < size; i++) taken[i] = this.#shift()
    if (this.#head === this.#end) this.#head = this.#end = 0
    else if (this.#head >= COMPACT_AT && this.#head * 2 > this.#end) this.#compact()
    return taken
  }

  arrived(): Promise<void> {
    if (this.#closed) return Promise.reject(closedError('consumer'))
    if (this.#ready()) return done
    return this.#arrival.raised()
  }

  commit(): Promise<void> {
    if (this.#closed) return Promise.reject(closedError('consumer'))
    const readers = this.#readers
    for (let i = 0; i < readers.length; i++) {
      const reader = readers[i] as PartitionReader
      reader.committed = reader.position
    }
    this.#host.committed()
    return done
  }

  hasMore(topic: Topic, partition: number): boolean {
    return this.#readers.some(
      ({ log, position }) => log.topic === topic && log.partition === partition && position < log.endOffset,
    )
  }

  reached(topic: Topic, partition: number): number | undefined {
    return this.#readers.find(({ log }) => log.topic === topic && log.partition === partition)?.position
  }

  stats(nowUs: number): readonly ConsumedStats[] {
    const untaken = new Map<string, { records: number; readonly oldestUs: number }>()
    for (let i = this.#head; i < this.#end; i++) {
      const record = this.#inbox[i] as LoggedRecord
      const seen = untaken.get(record.topic.name)
      if (seen) seen.records++
      else untaken.set(record.topic.name, { records: 1, oldestUs: record.tsSentUs })
    }
    return Array.from(this.#tallies, ([topic, { consumed, skipped }]) => {
      const lag = untaken.get(topic)
      const lagSeconds = lag ? Math.max(0, nowUs - lag.oldestUs) / US_PER_SECOND : 0
      return { topic, consumed, skipped, errors: 0, lagRecords: lag?.records ?? 0, lagSeconds }
    })
  }

  close(): Promise<void> {
    if (this.#closed) return done
    this.#closed = true
    this.#inbox = []
    this.#head = this.#end = 0
    this.#host.left(this)
    this.#wake()
    return done
  }

  #shift(): LoggedRecord {
    const at = this.#head++
    const record = this.#inbox[at] as LoggedRecord
    const reader = this.#inboxReaders[at] as PartitionReader
    this.#inbox[at] = undefined
    reader.position = record.offset + 1
    reader.tally.consumed += countOf(record.events)
    return record
  }

  /** Moves the waiting records to the front. */
  #compact(): void {
    this.#inbox = this.#inbox.slice(this.#head, this.#end)
    this.#inboxReaders = this.#inboxReaders.slice(this.#head, this.#end)
    this.#end -= this.#head
    this.#head = 0
  }

  #ready(): boolean {
    return this.#head < this.#end
  }

  #wake(): void {
    if (this.#closed || this.#ready()) this.#arrival.raise()
  }
}
