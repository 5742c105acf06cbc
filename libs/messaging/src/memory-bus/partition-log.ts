import type { Topic } from '@triplane/contracts'
import type { BusRecord } from '../bus.ts'

/** A record in memory: `ordinal` is its place in the send order of the whole bus. */
export interface LoggedRecord extends BusRecord {
  readonly ordinal: number
}

/** What a consumer counts of one topic. */
export interface TopicTally {
  consumed: number
  skipped: number
}

/** Who is given the records of partitions as they come. */
export interface RecordReceiver {
  deliver(record: LoggedRecord, reader: PartitionReader): void
}

/** A group's place in one partition. Offsets are those of the next record. */
export interface PartitionReader {
  readonly log: PartitionLog
  committed: number
  /** Behind what its owner has taken; `committed` when another comes. */
  position: number
  /** The member that gets its records; absent while the group has none. */
  owner: RecordReceiver | undefined
  /** What the newest member counts of the topic. */
  tally: TopicTally
}

/** How much a partition keeps. */
export interface Retention {
  /** Records kept for groups that join late, though everybody has committed them. */
  readonly retainRecords: number
  /** Records that the slowest group may leave uncommitted before senders have to wait. */
  readonly maxUncommittedRecords: number
}

/**
 * One partition of a topic.
 *
 * Invariants
 * 1. Offsets rise by one a record; compaction leaves holes and never changes an offset.
 * 2. A record that a group with members has not committed is never dropped.
 * 3. Of a compacted topic the newest record of each key is never dropped.
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
  /** The number of kept records at which to look again for what can be dropped. */
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

  /** Offset behind the newest record that was dropped; 0 when none was. */
  get startOffset(): number {
    return this.#startOffset
  }

  /** Whether one more record may be appended; drops what nobody needs to make room. */
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

  /** The kept records at and behind `offset`. */
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
