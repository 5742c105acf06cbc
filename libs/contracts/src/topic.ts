import type { PlaneName } from './plane-name.ts'

/** What a topic's records are keyed and partitioned by. By producer: one data plane, whatever it speaks of. */
type TopicKey = 'producer' | 'instrument' | 'account' | 'source' | 'stage' | 'switch' | 'run'

/** Who writes or reads a topic: the core of a plane, the edge of its service past the core, the `triplane` command. */
export type TopicParty = PlaneName | `${PlaneName}.edge` | 'command-line'

/** A topic. Its version is part of its name; the events on it are given by their definitions. */
export interface Topic {
  readonly name: string
  /** The only parties that may write to it. */
  readonly writers: readonly TopicParty[]
  /** The parties that act on it, besides history and people. */
  readonly readers: readonly TopicParty[]
  readonly keyedBy: TopicKey
  /**
   * A record carries a batch of events of one key, in emission order, and a deployment may spread the keys over several
   * partitions. Otherwise a record carries one event, and there is one partition: all readers see one order.
   */
  readonly batched: boolean
  /** Orders depend on it: its records leave before anything else that its writer has waiting. */
  readonly isUrgent?: true
  /** Its records are JSON, not binary: dead letters are read by people, and by builds with other schemas. */
  readonly isJson?: true
  /** Only the newest record of a key is kept. */
  readonly compacted: boolean
  /** How long records are kept; absent for compacted topics, which keep the newest record of each key forever. */
  readonly retentionHours?: number
}
