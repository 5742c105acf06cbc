import type { Topic } from '@triplane/contracts'

/** What a consumer counts of one topic. */
export interface TopicTally {
  consumed: number
  skipped: number
  errors: number
}

/** What is to be done with the record that arrived. `again`: what lies before it is asked for once more. */
export type Arrival = 'take' | 'known' | 'again'

/**
 * One partition as one consumer knows it, for as long as the consumer lives: also while it belongs to another member.
 *
 * Invariants
 * 1. Offsets arrive rising; none that arrived before arrives again, whatever the broker sends.
 * 2. A hole is believed only when the broker shows it twice, the second time after a seek to where it begins.
 */
export class AssignedPartition {
  readonly topic: Topic
  /** The topic's name on the broker. */
  readonly name: string
  readonly partition: number
  readonly tally: TopicTally
  isOwned = false
  /** Offset behind the newest record of the log, as far as we have seen. */
  endOffset = 0
  /** Behind what was taken out of the inbox; undefined before the first. */
  position: number | undefined
  /** Behind what the broker has confirmed as committed by this consumer. */
  committed: number | undefined
  /** Behind what is to be committed. What was taken after the commit was asked for is not yet. */
  toCommit: number | undefined
  /** Offset that has to arrive next; undefined while any will do that is not below `position`. */
  expected: number | undefined
  #holeEnd: number | undefined

  constructor(topic: Topic, name: string, partition: number, tally: TopicTally) {
    this.topic = topic
    this.name = name
    this.partition = partition
    this.tally = tally
  }

  /** Records that are still on the broker. */
  get behind(): number {
    return this.expected === undefined ? 0 : Math.max(0, this.endOffset - this.expected)
  }

  /** Whether something is to be committed that is not. */
  get isUncommitted(): boolean {
    return this.isOwned && this.toCommit !== undefined && this.toCommit !== this.committed
  }

  /** Judges the record at `offset`. */
  arrives(offset: number): Arrival {
    const { expected, position, topic } = this
    if (offset < (expected ?? position ?? 0)) return 'known'
    if (expected !== undefined && offset > expected && !topic.compacted) {
      if (this.#holeEnd !== offset) {
        this.#holeEnd = offset
        return 'again'
      }
      // The log was trimmed before we came to it.
      this.tally.skipped += offset - expected
    }
    this.#holeEnd = undefined
    this.expected = offset + 1
    return 'take'
  }

  /** What waited of it is forgotten: it goes on behind what was taken. */
  forget(): void {
    this.expected = undefined
  }
}
