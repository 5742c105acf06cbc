import type { Topic } from '@triplane/contracts'
import { BusError } from '../bus-error.ts'
import type { Position } from '../bus.ts'
import { AssignedPartition, type TopicTally } from './assigned-partition.ts'
import type { KnownTopics } from './kafka-topics.ts'

/** First and last place in a partition: those of its oldest record and behind its newest. */
export interface PartitionEnds {
  readonly topic: Topic
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** What a new generation of the group changes for one member. */
interface Reassigned {
  /** What waits of these is to be forgotten. */
  readonly lost: ReadonlySet<AssignedPartition>
  /** These go on where they stand here, not where the group has committed. */
  readonly seeks: readonly AssignedPartition[]
  /** Whether the member has other partitions than before. */
  readonly hasChanged: boolean
}

/** The partitions of what a consumer subscribes to: which of them are its own, and how far each has come. */
export class Assignment {
  readonly #topics: KnownTopics
  readonly #byName = new Map<string, readonly AssignedPartition[]>()
  /** With positions, committed offsets decide nothing: a partition always goes on where it stands here. */
  readonly #hasPositions: boolean
  #memberId: string | undefined

  constructor(topics: readonly Topic[], known: KnownTopics, hasPositions: boolean) {
    this.#topics = known
    this.#hasPositions = hasPositions
    for (const topic of topics) {
      const name = known.nameOf(topic)
      const tally = { consumed: 0, skipped: 0, errors: 0 }
      const numbers = Array.from({ length: known.partitionsOf(topic) }, (_, number) => number)
      this.#byName.set(
        name,
        numbers.map((number) => new AssignedPartition(topic, name, number, tally)),
      )
    }
  }

  /** Names on the broker of all topics. */
  get names(): string[] {
    return [...this.#byName.keys()]
  }

  /** The partition of a topic by its name on the broker. */
  at(name: string, partition: number): AssignedPartition | undefined {
    return this.#byName.get(name)?.[partition]
  }

  /**
   * Places every partition at its position, or at its oldest record where it has none or that is gone. Throws
   * `position_lost` where a position lies behind the end.
   */
  placeAt(positions: readonly Position[], ends: readonly PartitionEnds[]): void {
    for (const { topic, partition, low, high } of ends) {
      const place = this.at(this.#topics.nameOf(topic), partition)
      if (!place) continue
      const named = positions.find((position) => position.topic === topic.name && position.partition === partition)
      if (named && named.offset > high) {
        const text = `Expected ${topic.name}/${partition} to reach to offset ${named.offset}, was ${high}: another log`
        throw new BusError('position_lost', text, { retryable: false })
      }
      if (named && named.offset < low && !topic.compacted) place.tally.skipped += low - named.offset
      place.position = Math.max(low, named?.offset ?? low)
      place.expected = place.position
      place.endOffset = high
    }
  }

  /** Takes over what the group gave this member. A member with a new id was away: others may have gone on meanwhile. */
  reassign(memberId: string, owned: Readonly<Record<string, readonly number[]>>): Reassigned {
    const isSameMember = memberId === this.#memberId
    this.#memberId = memberId
    const lost = new Set<AssignedPartition>()
    const seeks: AssignedPartition[] = []
    let hasChanged = false
    for (const place of this.#all()) {
      const wasOwned = place.isOwned
      place.isOwned = owned[place.name]?.includes(place.partition) ?? false
      hasChanged ||= place.isOwned !== wasOwned
      if (wasOwned && !(place.isOwned && (isSameMember || this.#hasPositions))) {
        lost.add(place)
        place.forget()
      }
      if (this.#hasPositions) place.expected ??= place.position
      if (place.isOwned && place.expected !== undefined) seeks.push(place)
    }
    return { lost, seeks, hasChanged }
  }

  /** Wants committed what was taken until now. */
  askForCommit(): void {
    for (const place of this.#all()) place.toCommit = place.position
  }

  /** What is to be committed and is not. */
  uncommitted(): AssignedPartition[] {
    return [...this.#all()].filter((place) => place.isUncommitted)
  }

  /** Counts a failed read: it was one of all topics. */
  countError(): void {
    for (const [first] of this.#byName.values()) if (first) first.tally.errors++
  }

  /** Whether more of a partition is known to lie behind what was taken, or its end is not known. */
  hasMore(topic: Topic, partition: number): boolean {
    const place = this.at(this.#topics.nameOf(topic), partition)
    return place !== undefined && (place.position === undefined || place.position < place.endOffset)
  }

  /** What was counted of a topic, and its records that are still on the broker. */
  countsOf(topic: Topic): TopicTally & { readonly behind: number } {
    const places = this.#byName.get(this.#topics.nameOf(topic)) ?? []
    const behind = places.reduce((sum, place) => sum + (place.isOwned ? place.behind : 0), 0)
    return { consumed: 0, skipped: 0, errors: 0, ...places[0]?.tally, behind }
  }

  *#all(): Generator<AssignedPartition> {
    for (const places of this.#byName.values()) yield* places
  }
}
