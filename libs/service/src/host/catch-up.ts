import { effectUsOf, rank, rankOf, type Event, type Topic } from '@triplane/contracts'
import { US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { BusRecord, Consumer } from '@triplane/messaging'

/** A partition of market data. */
export interface MarketPartition {
  readonly topic: Topic
  readonly partition: number
}

/** One that is read, and the effect time of the newest that was read of it. */
interface ReadPartition extends MarketPartition {
  seenUs: number
}

/** How long nothing may come of what is known to be there, until it is taken as lost: the broker has dropped it, or is away. */
const PATIENCE_US = 30 * US_PER_SECOND

/**
 * How far market time may go while a live plane reads what it missed: its partitions come one after the other, and one that
 * has reached the present says nothing of those that have not. Without it the first heartbeat would move time past all the
 * data that still waits, which would look like silence of the market.
 *
 * Invariants
 * 1. Time never passes what was read of a partition that has more.
 * 2. Once everything was read to its end, or nothing comes any more, nothing is held back again.
 */
export class CatchUp {
  readonly #consumer: Pick<Consumer<unknown>, 'hasMore'>
  readonly #runId: string
  readonly #clock: Pick<Clock, 'monotonicUs'>
  #behind: ReadPartition[]
  /** Monotonic time at which something came last, or was first waited for. */
  #movedUs: number | undefined

  /** `startUs` is the market time that the plane goes on from. */
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

  /** Takes notice of a record that is handled. */
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
