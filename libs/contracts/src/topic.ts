import type { PlaneName } from './plane-name.ts'

/** What a topic's records are keyed and partitioned by. */
type TopicKey = 'instrument' | 'account' | 'source' | 'stage' | 'switch' | 'run'

/** Who writes or reads a topic: the core of a plane, the edge of its service past the core, the `triplane` command. */
export type TopicParty = PlaneName | `${PlaneName}.edge` | 'command-line'

/** A topic. The version is part of the name; what lies on it, the definitions of the events say. */
export interface Topic {
  readonly name: string
  /** Nobody else may write to it. */
  readonly writers: readonly TopicParty[]
  /** Who acts on it; history and people read besides. */
  readonly readers: readonly TopicParty[]
  readonly keyedBy: TopicKey
  /**
   * A record holds a batch of events of one key, and a deployment may spread the keys over several partitions; else a record
   * holds one event, and there is one partition: all read the topic in one order.
   */
  readonly batched: boolean
  /** Its records are JSON, not binary: what was refused is read by people, and by builds that refuse something else. */
  readonly isJson?: true
  /** Only the newest record of a key is kept. */
  readonly compacted: boolean
  /** How long records are kept; nothing for compacted topics, which keep the newest of each key for good. */
  readonly retentionHours?: number
}
