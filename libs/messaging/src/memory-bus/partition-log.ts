import type { Topic } from '@triplane/contracts'
import type { BusRecord } from '../bus.ts'

/** A record in memory: `ordinal` is its place in the send order of the whole bus. */
export interface LoggedRecord extends BusRecord {
  readonly ordinal: number
}

/** What a record with these events counts as: its events, or one without any. */
export function countOf(events: readonly unknown[]): number {
  return events.length || 1
}

/** A consumer's counts for one topic. */
export interface TopicTally {
  consumed: number
  skipped: number
}

/** Receives the records of partitions as they arrive. */
export interface RecordReceiver {
  deliver(record: LoggedRecord, reader: PartitionReader): void
}

/** A group's place in one partition. Offsets are those of the next record. */
export interface PartitionReader {
  readonly log: PartitionLog
  committed: number
  /** Offset behind the records its owner has taken; `committed` for a new owner. */
  position: number
  /** The member that receives its records; absent while the group has none. */
  owner: RecordReceiver | undefined
  /** The newest member's counts for the topic. */
  tally: TopicTally
}

/** Limits on the records in a partition. */
export interface Retention {
  /** Records kept for groups that join late, even when all groups have committed them. */
  readonly retainRecords: number
  /** Records that the slowest group may leave uncommitted before senders must wait. */
  readonly maxUncommittedRecords: number
}

/**
 * One partition of a topic.
 *
 * Invariants
 * 1. Offsets rise by one per record; compaction leaves holes and never changes an offset.
 * 2. A record that a group with members has not committed is never dropped.
 * 3. The newest record of each key of a compacted topic is never dropped.
 */
export class PartitionLog {
  readonly topic: Topic
  readonly partition: number
  /** Every group's place in this partition. */
  readonly readers: PartitionReader[] = []
  readonly #retention: Retention
  #records: LoggedRecord[] = []
  #head = 0
  #endOffset = 0
  #startOffset = 0
  /** The number of kept records at which to check again for droppable ones. */
  #trimAt: number

  constructor(topic: Topic, partition: number, retention: Retention) {
    this.topic = topic
    this.partition = partition
    this.#retention = retention
    this.#trimAt = Math.min(retention.retainRecords + 1, retention.maxUncommittedRecords)
  }

  /** Offset of the next record. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** Offset behind the newest dropped record; 0 when none was. */
  get startOffset(): number {
    return this.#startOffset
  }

  /** Whether one more record may be appended; drops unneeded records to make room. */
  hasRoom(): boolean {
    return this.#records.length - this.#head < this.#trimAt || this.#trim()
  }

  /** Appends `record`, whose offset is `endOffset`, and delivers it to the owner in each group. */
  append(record: LoggedRecord): void {
    this.#records.push(record)
    this.#endOffset++
    const readers = this.readers
    for (let i = 0; i < readers.length; i++) {
      const reader = readers[i] as PartitionReader
      if (reader.owner !== undefined) reader.owner.deliver(record, reader)
    }
  }

  /** The kept records from `offset` on. */
  since(offset: number): LoggedRecord[] {
    let low = this.#head
    let high = this.#records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#records[middle] as LoggedRecord).offset < offset) low = middle + 1
      else high = middle
    }
    return this.#records.slice(low)
  }

  #trim(): boolean {
    const { retainRecords, maxUncommittedRecords } = this.#retention
    let needed = this.#endOffset
    for (const reader of this.readers) if (reader.owner !== undefined) needed = Math.min(needed, reader.committed)

    if (this.topic.compacted) this.#compact(needed)
    else this.#dropOldest(needed, retainRecords)

    const kept = this.#records.length - this.#head
    const room = maxUncommittedRecords - (this.#endOffset - needed)
    this.#trimAt = kept + Math.min(Math.max(retainRecords, 1), room)
    return room > 0
  }

  #dropOldest(needed: number, retainRecords: number): void {
    const surplus = this.#records.length - this.#head - retainRecords
    const drop = Math.min(surplus, needed - this.#startOffset)
    if (drop <= 0) return
    this.#startOffset += drop
    this.#head += drop
    if (this.#head * 2 < this.#records.length) this.#records.fill(undefined as never, this.#head - drop, this.#head)
    else {
      this.#records = this.#records.slice(this.#head)
      this.#head = 0
    }
  }

  /** Keeps the newest record of each key, and all from `needed` on. */
  #compact(needed: number): void {
    const newest = new Map<string, LoggedRecord>()
    for (const record of this.#records) newest.set(record.key, record)
    this.#records = this.#records.filter((record) => record.offset >= needed || newest.get(record.key) === record)
  }
}
