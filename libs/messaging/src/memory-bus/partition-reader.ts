import type { MemoryConsumer, TopicTally } from './memory-consumer.ts'
import type { PartitionLog } from './partition-log.ts'

/** A group's place in one partition. Offsets are those of the next record. */
export interface PartitionReader {
  readonly log: PartitionLog
  committed: number
  /** Behind what its owner has taken; `committed` when the owner changes. */
  position: number
  /** The member that gets its records, and that member's tally of the topic. Both absent while nobody subscribes. */
  owner: MemoryConsumer | undefined
  tally: TopicTally | undefined
}
