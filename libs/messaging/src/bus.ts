import type { Event, Topic } from '@triplane/contracts'

/**
 * The bus port. Services talk to each other through it only; what is behind it (an in-memory log, Kafka) is chosen in
 * `compose.ts`. Every implementation passes the suite in `test/bus-contract.ts`.
 *
 * Invariants
 * 1. Records of one producer arrive in send order within a partition; a key always has the same partition.
 * 2. Every group gets every record; the members of a group share the partitions. In memory a group has one member at a time.
 * 3. Delivery is at least once: what is not committed when a member leaves is delivered again. The same batch twice has
 *    the same (producer, seq).
 * 4. Records are shared, not copied: nobody writes to a record or to an event in it.
 * 5. A watermark is behind everything that its producer sent before it, in every partition.
 */

/** A producer's word, in one partition, that all its events with an effect time at or before `throughUs` came before. */
export interface Watermark {
  readonly throughUs: number
  /** Nothing comes after it in this run. */
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
  /** Sequence of the first event; 0 of a watermark. */
  readonly seq: number
  /** When it was sent, microseconds of the bus's clock. */
  readonly tsSentUs: number
  /** Trace that the record belongs to, W3C trace context. */
  readonly traceparent?: string
  /** Present on a watermark, which holds no event. */
  readonly watermark?: Watermark
  readonly events: Payload
}

/** What a producer did with one topic, counted since it was made. */
export interface ProducedStats {
  readonly topic: string
  /** Records that are in the log. */
  readonly produced: number
  /** Records accepted, not yet in the log. */
  readonly buffered: number
  /** Sends that failed. */
  readonly errors: number
}

/** What a consumer did with one topic, counted since it was made. */
export interface ConsumedStats {
  readonly topic: string
  /** Records handed over by `take`. */
  readonly consumed: number
  /** Records that its group never got, because the log had dropped them while the group had no member. */
  readonly skipped: number
  /** Reads that failed. */
  readonly errors: number
  /** Records that arrived and were not taken yet. */
  readonly lagRecords: number
  /** Age of the oldest of them, seconds; 0 when there is none. */
  readonly lagSeconds: number
}

export interface Producer {
  /**
   * Accepts `events` (at least one) as one record. Ordered, never blocks. Throws `buffer_full`, `too_large` and `closed`.
   */
  send(topic: Topic, key: string, events: readonly Event[], traceparent?: string): void
  /** Puts a watermark into every partition of `topics`, behind what was sent before. Ordered, never blocks. */
  mark(topics: readonly Topic[], watermark: Watermark): void
  /** Resolves when nothing is buffered. */
  flush(): Promise<void>
  /** Records accepted and not yet in the log. While it is above 0 a well-behaved sender awaits `flush`. */
  readonly buffered: number
  stats(): readonly ProducedStats[]
  /** Flushes, then refuses any use. */
  close(): Promise<void>
}

export interface Consumer<Payload = readonly Event[]> {
  /** What has arrived, at most `max` records: in arrival order, which is send order in memory. */
  take(max?: number): readonly BusRecord<Payload>[]
  /** Resolves when `take` would give something, or the consumer is closed. */
  arrived(): Promise<void>
  /** Commits everything taken: after a restart the group goes on behind it. */
  commit(): Promise<void>
  readonly closed: boolean
  /** Whether more of a partition is known to lie behind what was taken; true as long as its end is not known. */
  hasMore(topic: Topic, partition: number): boolean
  /** `nowUs` is the time that lag is measured against, of the clock that stamps `tsSentUs`. */
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
   * Where a group starts that has never committed: with the oldest record kept, or with what comes from now on. Positions
   * are where the consumer starts whatever was committed; a partition that they do not name starts with its oldest record.
   */
  readonly from: 'earliest' | 'latest' | readonly Position[]
  /**
   * How long the broker may hold a read that finds nothing new, 250 ms. What comes ends the wait, so this is no delay; it is
   * how often an idle consumer asks, and for how long leaving the group may have to wait.
   */
  readonly maxWaitMs?: number
}

export interface Bus<Payload = readonly Event[]> {
  producer(options: ProducerOptions): Producer
  consumer(options: ConsumerOptions): Consumer<Payload>
  /** The number of a topic's partitions. */
  partitionsOf(topic: Topic): number
  /** Behind the newest record of every partition of `topics`, as it is now. */
  endOf(topics: readonly Topic[]): Promise<readonly Position[]>
  /** The oldest record that every partition of `topics` has kept, or its end where it has none. */
  oldestOf(topics: readonly Topic[]): Promise<readonly Position[]>
  /** Closes every consumer, then every producer. */
  close(): Promise<void>
}
