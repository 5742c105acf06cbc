import type { Topic } from '@triplane/contracts'

/** A consumer's counts for one topic. */
export interface TopicTally {
  consumed: number
  skipped: number
  errors: number
}

/** What to do with an arrived record. `again`: ask once more for the records before it. */
export type Arrival = 'take' | 'known' | 'again'

/**
 * One partition from the view of one consumer, for as long as the consumer lives, even while another member owns it.
 *
 * Invariants
 * 1. Offsets rise; an offset that arrived is never taken again, whatever the broker sends.
 * 2. A hole is accepted only when the broker shows it twice, the second time after a seek to its beginning. The end of a
 *    transaction is none.
 */
export class AssignedPartition {
  readonly topic: Topic
  /** The topic's name on the broker. */
  readonly name: string
  readonly partition: number
  readonly tally: TopicTally
  isOwned = false
  /** Offset behind the newest record of the log, as far as known. */
  endOffset = 0
  /** Offset behind the records taken out of the inbox; undefined before the first. */
  position: number | undefined
  /** Offset behind the records that the broker has confirmed as committed by this consumer. */
  committed: number | undefined
  /** Offset behind the records to commit: excludes those taken after the commit was requested. */
  toCommit: number | undefined
  /** The next offset that must arrive; undefined while any will do that is not below `position`. */
  expected: number | undefined
  /** Where the next read begins; undefined while that is the group's to say. */
  askFrom: number | undefined
  #holeEnd: number | undefined
  /** Offset behind the newest record that arrived; undefined when none waits that did. */
  #arrived: number | undefined

  constructor(topic: Topic, name: string, partition: number, tally: TopicTally) {
    this.topic = topic
    this.name = name
    this.partition = partition
    this.tally = tally
  }

  /** The number of records still on the broker. */
  get behind(): number {
    return this.expected === undefined ? 0 : Math.max(0, this.endOffset - this.expected)
  }

  /** Whether a requested commit is still open. */
  get isUncommitted(): boolean {
    return this.isOwned && this.toCommit !== undefined && this.toCommit !== this.committed
  }

  /** Offset behind everything that was taken, and what there is nobody's to take behind that; undefined before the start. */
  get reached(): number | undefined {
    const { position, expected } = this
    if (position === undefined) return this.#arrived === undefined ? expected : undefined
    return position >= (this.#arrived ?? 0) ? Math.max(position, expected ?? 0) : position
  }

  /** Judges the record at `offset`, or the one that stands for all up to `through`. */
  arrives(offset: number, through = offset): Arrival {
    const { expected, position, topic } = this
    if (offset < (expected ?? position ?? 0)) return 'known'
    if (expected !== undefined && offset > expected && !topic.compacted) {
      if (this.#holeEnd !== offset) {
        this.#holeEnd = offset
        return 'again'
      }
      // The log was trimmed before we reached it.
      this.tally.skipped += offset - expected
    }
    this.#holeEnd = undefined
    this.expected = this.#arrived = through + 1
    return 'take'
  }

  /** What lies from `offset` through `through` is no record for anybody: it is no hole, and the end is behind it. */
  passes(offset: number, through: number): void {
    const next = this.expected ?? this.position ?? offset
    const isNext = this.topic.compacted ? next <= through : next >= offset && next <= through
    if (isNext) this.expected = through + 1
  }

  /** Forgets its waiting records: it continues behind those taken. */
  forget(): void {
    this.expected = undefined
    this.#arrived = undefined
  }
}
