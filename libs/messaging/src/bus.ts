import type { Event, Topic } from '@triplane/contracts'

/**
 * The bus port. Services talk to each other through it only; the implementation (an in-memory log, Kafka) is chosen in
 * `compose.ts`. Every implementation passes the suite in `test/bus-contract.ts`.
 *
 * Invariants
 * 1. Records of one producer arrive in send order within a partition; a key always has the same partition.
 * 2. Every group gets every record; the members of a group share the partitions. In memory a group has one member at a time.
 * 3. Delivery is at least once: records not committed when a member leaves are delivered again. A repeated batch has the
 *    same (producer, seq).
 * 4. Records are shared, not copied: never write to a record or to an event in it.
 * 5. In every partition, a watermark follows everything that its producer sent before it.
 */

/** A producer's promise, in one partition, that all its events with an effect time at or before `throughUs` came before it. */
export interface Watermark {
  readonly throughUs: number
  /** Nothing follows it in this run. */
  readonly final: boolean
}

/** A place in a partition: the offset of the next record. */
export interface Position {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A record of a topic: a batch of events of one key and one flush, or one event. `Payload` is raw before decoding. */
export interface BusRecord<Payload = readonly Event[]> {
  readonly topic: Topic
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly runId: string
  /** Name of the producer, whose sequence `seq` counts. */
  readonly producer: string
  /** Sequence of the first event; 0 for a watermark. */
  readonly seq: number
  /** When it was sent, microseconds of the bus's clock. */
  readonly tsSentUs: number
  /** Trace of the record, W3C trace context. */
  readonly traceparent?: string
  /** Present on a watermark, which has no events. */
  readonly watermark?: Watermark
  /** Why it cannot be read, "Expected X, was Y": present on what stands for a batch, up to `offset`, whose payload is that batch. */
  readonly problem?: string
  readonly events: Payload
}

/** A producer's counts for one topic, since it was created. */
export interface ProducedStats {
  readonly topic: string
  /** Records in the log. In memory, where the events of a frame are one record, each event counts as one. */
  readonly produced: number
  /** Records accepted but not yet in the log. */
  readonly buffered: number
  /** Sends that failed. */
  readonly errors: number
}

/** A consumer's counts for one topic, since it was created. */
export interface ConsumedStats {
  readonly topic: string
  /** Records returned by `take`; in memory each event counts as one. */
  readonly consumed: number
  /** Records that its group missed, because the log dropped them while the group had no member. */
  readonly skipped: number
  /** Reads that failed. */
  readonly errors: number
  /** Records that arrived and are not taken yet. */
  readonly lagRecords: number
  /** Age of the oldest of them, seconds; 0 when there is none. */
  readonly lagSeconds: number
}

export interface Producer {
  readonly name: string
  /**
   * Accepts `events` (at least one) as one record. Ordered, never blocks. Throws `buffer_full`, `too_large` and `closed`.
   */
  send(topic: Topic, key: string, events: readonly Event[], traceparent?: string): void
  /** Puts a watermark into every partition of `topics`, behind what was sent before. Ordered, never blocks. */
  mark(topics: readonly Topic[], watermark: Watermark): void
  /** Resolves when the buffer is empty. */
  flush(): Promise<void>
  /** Records accepted but not yet in the log. While it is above 0 a well-behaved sender awaits `flush`. */
  readonly buffered: number
  /** Half of what it may buffer is: a sender that goes on without awaiting `flush` comes to `buffer_full`. */
  readonly isHalfFull: boolean
  stats(): readonly ProducedStats[]
  /** Flushes, then refuses any use. */
  close(): Promise<void>
}

export interface Consumer<Payload = readonly Event[]> {
  /** Takes at most `max` arrived records, in arrival order, which is send order in memory. */
  take(max?: number): readonly BusRecord<Payload>[]
  /** Resolves when `take` has something to return, or the consumer is closed. */
  arrived(): Promise<void>
  /** Commits everything taken: after a restart the group continues behind it. */
  commit(): Promise<void>
  readonly closed: boolean
  /** Whether a partition is known to have more records behind those taken; true while its end is unknown. */
  hasMore(topic: Topic, partition: number): boolean
  /**
   * Offset up to which everything of a partition was taken: behind the last record, and behind what the broker keeps there that
   * is no record. Undefined before the start.
   */
  reached(topic: Topic, partition: number): number | undefined
  /** `nowUs` is the time against which lag is measured, on the clock that stamps `tsSentUs`. */
  stats(nowUs: number): readonly ConsumedStats[]
  /** Leaves the group without a commit, then refuses any use. */
  close(): Promise<void>
}

export interface ProducerOptions {
  readonly name: string
  readonly runId: string
}

export interface ConsumerOptions {
  /** Consumers of one group share the work; each group gets everything. */
  readonly group: string
  readonly topics: readonly Topic[]
  /**
   * Where a group starts that has never committed: at the oldest record kept, or at the next one sent. With positions the
   * consumer starts there whatever was committed; a partition without a position starts at its oldest record.
   */
  readonly from: 'earliest' | 'latest' | readonly Position[]
  /**
   * How long the broker may hold a read that finds nothing new; default 250 ms. An arrival ends the wait, so it adds no delay;
   * it sets how often an idle consumer polls, and how long leaving the group may have to wait.
   */
  readonly maxWaitMs?: number
}

export interface Bus<Payload = readonly Event[]> {
  producer(options: ProducerOptions): Producer
  consumer(options: ConsumerOptions): Consumer<Payload>
  /** The number of a topic's partitions. */
  partitionsOf(topic: Topic): number
  /** The current positions behind the newest record of every partition of `topics`. */
  endOf(topics: readonly Topic[]): Promise<readonly Position[]>
  /** The position of the oldest record kept in every partition of `topics`, or the end of an empty one. */
  oldestOf(topics: readonly Topic[]): Promise<readonly Position[]>
  /** Closes every consumer, then every producer. */
  close(): Promise<void>
}
