import { effectUsOf, rank, rankOf, type Event, type Topic } from '@triplane/contracts'
import { US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { BusRecord, Consumer, Position } from '@triplane/messaging'
import { placeOf } from './reading.ts'

/** A partition of market data. */
export interface MarketPartition {
  readonly topic: Topic
  readonly partition: number
}

/** A partition being read, its name, and the effect time of its newest event read so far. */
interface ReadPartition extends MarketPartition {
  readonly place: string
  seenUs: number
}

/** Asks for the ends of the partitions of market data. */
export type AskEnds = () => Promise<readonly Position[]>

/** How long to wait for known records until they count as lost: the broker has dropped them, or is down. */
const PATIENCE_US = 30 * US_PER_SECOND
/** How long to wait until a bus that did not tell its ends is asked again. */
const ASK_AGAIN_MS = 500

/**
 * How far market time may advance while a live plane reads what it missed, before its start or in a pause: it reads its partitions one after the other, and one
 * that has reached the present shows nothing about the others. Without this the first heartbeat would move time past all the
 * data that still waits, which would look like silence of the market.
 *
 * Invariants
 * 1. Time never passes the last record read of a partition that has more.
 * 2. After a pause what the consumer knows of the ends is old: time stands still until they are known anew, and passes no partition
 *    that has not been read to its end.
 * 3. Once everything was read to its end, or nothing more arrives, nothing is withheld until the next pause.
 */
export class CatchUp {
  readonly #consumer: Pick<Consumer<unknown>, 'hasMore'>
  readonly #runId: string
  readonly #clock: Pick<Clock, 'monotonicUs'>
  readonly #all: readonly ReadPartition[]
  readonly #askEnds: AskEnds
  readonly #nextOffsetOf: (place: string) => number
  /** The ends asked for after a pause, by topic and partition; undefined while they are not known. */
  #ends: ReadonlyMap<string, number> | undefined = new Map()
  /** Counts the pauses: an answer from before one is old. */
  #asked = 0
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
      askEnds = () => Promise.resolve([]),
      nextOffsetOf,
    }: {
      readonly runId: string
      readonly startUs: number
      readonly clock: Pick<Clock, 'monotonicUs'>
      readonly askEnds?: AskEnds | undefined
      /** The offset behind the newest record handled of a partition. */
      readonly nextOffsetOf: (place: string) => number
    },
  ) {
    this.#all = partitions.map(({ topic, partition }) => ({
      ...{ topic, partition, place: placeOf({ topic: topic.name, partition }), seenUs: startUs },
    }))
    this.#behind = [...this.#all]
    this.#askEnds = askEnds
    this.#nextOffsetOf = nextOffsetOf
    this.#consumer = consumer
    this.#runId = runId
    this.#clock = clock
  }

  /** The plane was paused at market time `marketUs`: catches up to the ends that the bus has now. */
  restart(marketUs: number): void {
    this.#behind = [...this.#all]
    for (const one of this.#all) one.seenUs = marketUs
    this.#movedUs = undefined
    this.#ask()
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
    if (this.#ends !== undefined) {
      this.#movedUs ??= nowUs
      if (nowUs - this.#movedUs > PATIENCE_US) this.#behind = []
      else this.#behind = this.#behind.filter((one) => this.#hasMore(one))
    }
    return this.#behind.reduce((least, { seenUs }) => Math.min(least, seenUs), Infinity)
  }

  #hasMore({ topic, partition, place }: ReadPartition): boolean {
    return this.#consumer.hasMore(topic, partition) || this.#nextOffsetOf(place) < (this.#ends?.get(place) ?? 0)
  }

  #ask(): void {
    const asked = ++this.#asked
    this.#ends = undefined
    const answer = (ends: readonly Position[]) => {
      if (asked !== this.#asked) return
      this.#ends = new Map(ends.map((end) => [placeOf(end), end.offset]))
    }
    const again = () => void (asked === this.#asked && setTimeout(() => this.#ask(), ASK_AGAIN_MS).unref())
    this.#askEnds().then(answer, again)
  }
}
