import { effectUsOf, rank, rankOf, type Event, type Topic } from '@triplane/contracts'
import { US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { BusRecord, Consumer } from '@triplane/messaging'

/** A partition of market data. */
export interface MarketPartition {
  readonly topic: Topic
  readonly partition: number
}

/** A partition being read, and the effect time of its newest event read so far. */
interface ReadPartition extends MarketPartition {
  seenUs: number
}

/** How long to wait for known records until they count as lost: the broker has dropped them, or is down. */
const PATIENCE_US = 30 * US_PER_SECOND

/**
 * How far market time may advance while a live plane reads what it missed: it reads its partitions one after the other, and one
 * that has reached the present shows nothing about the others. Without this the first heartbeat would move time past all the
 * data that still waits, which would look like silence of the market.
 *
 * Invariants
 * 1. Time never passes the last record read of a partition that has more.
 * 2. Once everything was read to its end, or nothing more arrives, nothing is withheld again.
 */
export class CatchUp {
  readonly #consumer: Pick<Consumer<unknown>, 'hasMore'>
  readonly #runId: string
  readonly #clock: Pick<Clock, 'monotonicUs'>
  #behind: ReadPartition[]
  /** Monotonic time of the newest record, or when the wait for it began. */
  #movedUs: number | undefined

  /** `startUs` is the market time at which the plane resumes. */
  constructor(
    partitions: readonly MarketPartition[],
    consumer: Pick<Consumer<unknown>, 'hasMore'>,
    {
      runId,
      startUs,
      clock,
    }: { readonly runId: string; readonly startUs: number; readonly clock: Pick<Clock, 'monotonicUs'> },
  ) {
    this.#behind = partitions.map(({ topic, partition }) => ({ topic, partition, seenUs: startUs }))
    this.#consumer = consumer
    this.#runId = runId
    this.#clock = clock
  }

  /** Notes a handled record. */
  note({ topic, partition, runId }: BusRecord<unknown>, events: readonly Event[]): void {
    if (this.#behind.length === 0) return
    const read = this.#behind.find((one) => one.topic === topic && one.partition === partition)
    if (read === undefined) return
    this.#movedUs = undefined
    const last = events[events.length - 1]
    if (last && runId === this.#runId && rankOf[last.type] === rank.data)
      read.seenUs = Math.max(read.seenUs, effectUsOf(last))
  }

  /** Market time that must not be passed yet; Infinity when everything was read. */
  holdUs(): number {
    if (this.#behind.length === 0) return Infinity
    const nowUs = this.#clock.monotonicUs()
    this.#movedUs ??= nowUs
    if (nowUs - this.#movedUs > PATIENCE_US) this.#behind = []
    else this.#behind = this.#behind.filter(({ topic, partition }) => this.#consumer.hasMore(topic, partition))
    return this.#behind.reduce((least, { seenUs }) => Math.min(least, seenUs), Infinity)
  }
}
