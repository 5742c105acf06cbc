import type { Topic } from '@triplane/contracts'
import { BusError } from '../bus-error.ts'
import type { Position } from '../bus.ts'
import { AssignedPartition, type TopicTally } from './assigned-partition.ts'
import type { KnownTopics } from './kafka-topics.ts'

/** Both ends of a partition: the offset of its oldest record and the one behind its newest. */
export interface PartitionEnds {
  readonly topic: Topic
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** The changes that a new generation of the group brings for one member. */
interface Reassigned {
  /** Their waiting records must be forgotten. */
  readonly lost: ReadonlySet<AssignedPartition>
  /** Whether the member has other partitions than before. */
  readonly hasChanged: boolean
}

/** The partitions of a consumer's topics: which of them it owns, and how far each has been read. */
export class Assignment {
  readonly #topics: KnownTopics
  readonly #byName = new Map<string, readonly AssignedPartition[]>()
  /** With positions, committed offsets decide nothing: a partition always continues at its local position. */
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

  /** Broker names of all topics. */
  get names(): string[] {
    return [...this.#byName.keys()]
  }

  /** The partition of a topic by its broker name. */
  at(name: string, partition: number): AssignedPartition | undefined {
    return this.#byName.get(name)?.[partition]
  }

  /**
   * Places every partition at its position, or at its oldest record when it has none or that is gone. Returns how many records
   * are gone of each topic that were not read. Throws `position_lost` when a position lies behind the end.
   */
  placeAt(positions: readonly Position[], ends: readonly PartitionEnds[]): ReadonlyMap<string, number> {
    const gone = new Map<string, number>()
    for (const { topic, partition, low, high } of ends) {
      const place = this.at(this.#topics.nameOf(topic), partition)
      if (!place) continue
      const named = positions.find((position) => position.topic === topic.name && position.partition === partition)
      if (named && named.offset > high) {
        const text = `Expected ${topic.name}/${partition} to reach to offset ${named.offset}, was ${high}: another log`
        throw new BusError('position_lost', text, { retryable: false })
      }
      if (named && named.offset < low && !topic.compacted) {
        place.tally.skipped += low - named.offset
        gone.set(topic.name, (gone.get(topic.name) ?? 0) + low - named.offset)
      }
      place.position = Math.max(low, named?.offset ?? low)
      place.expected = place.position
      place.endOffset = high
    }
    return gone
  }

  /**
   * Applies the group's assignment to this member. A partition with a local position is read on from there, another one from the
   * group's committed offset. A member with a new id was away: others may have continued meanwhile.
   */
  reassign(memberId: string, owned: Readonly<Record<string, readonly number[]>>): Reassigned {
    const isSameMember = memberId === this.#memberId
    this.#memberId = memberId
    const lost = new Set<AssignedPartition>()
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
      place.askFrom = place.expected
    }
    return { lost, hasChanged }
  }

  /** The partitions of this member. */
  owned(): AssignedPartition[] {
    return [...this.#all()].filter((place) => place.isOwned)
  }

  /** Requests a commit of what was taken so far. */
  askForCommit(): void {
    for (const place of this.#all()) place.toCommit = place.position
  }

  /** The partitions with an open commit. */
  uncommitted(): AssignedPartition[] {
    return [...this.#all()].filter((place) => place.isUncommitted)
  }

  /** Counts a failed read for every topic: a read asks for all of them. */
  countError(): void {
    for (const [first] of this.#byName.values()) if (first) first.tally.errors++
  }

  /** Whether a partition is known to have more records behind those taken; true while its end is unknown. */
  hasMore(topic: Topic, partition: number): boolean {
    const place = this.at(this.#topics.nameOf(topic), partition)
    return place !== undefined && (place.reached === undefined || place.reached < place.endOffset)
  }

  /** Offset behind everything of a partition that was taken; undefined before the start. */
  reached(topic: Topic, partition: number): number | undefined {
    return this.at(this.#topics.nameOf(topic), partition)?.reached
  }

  /** The counts of a topic, and its records still on the broker. */
  countsOf(topic: Topic): TopicTally & { readonly behind: number } {
    const places = this.#byName.get(this.#topics.nameOf(topic)) ?? []
    const behind = places.reduce((sum, place) => sum + (place.isOwned ? place.behind : 0), 0)
    return { consumed: 0, skipped: 0, errors: 0, ...places[0]?.tally, behind }
  }

  *#all(): Generator<AssignedPartition> {
    for (const places of this.#byName.values()) yield* places
  }
}
