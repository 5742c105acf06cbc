import { coreWritersOf, type Run, type Topic } from '@triplane/contracts'
import type { Position } from '@triplane/messaging'

/** The positions from which a plane reads its topics. */
export interface Reading {
  /** For each partition: after the last record read, else the start of the run. */
  readonly positions: readonly Position[]
  /**
   * Topics of market data that the plane did not read when it was saved: a strategy chosen since then asks for them.
   */
  readonly joined: readonly Topic[]
}

/**
 * Where a plane starts to read `topics` in a run, or resumes from its saved positions. Drops the positions of topics it
 * no longer reads.
 */
export function readingFrom(
  topics: readonly Topic[],
  run: Pick<Run, 'positions'>,
  saved: readonly Position[] | undefined,
): Reading {
  const names = new Set(topics.map(({ name }) => name))
  const latest = new Map([...run.positions, ...(saved ?? [])].map((position) => [placeOf(position), position]))
  const known = new Set(saved?.map(({ topic }) => topic))
  const isNew = (topic: Topic) => coreWritersOf(topic).includes('data-plane') && !known.has(topic.name)
  return {
    positions: [...latest.values()].filter(({ topic }) => names.has(topic)),
    joined: saved ? topics.filter(isNew) : [],
  }
}

/** The same, but from `ends` on in their partitions. */
export function skipTo(ends: readonly Position[], { positions, joined }: Reading): Reading {
  const places = new Set(ends.map(placeOf))
  return { positions: [...positions.filter((position) => !places.has(placeOf(position))), ...ends], joined }
}

/** The name of a partition. */
export const placeOf = ({ topic, partition }: Pick<Position, 'topic' | 'partition'>) => `${topic}/${partition}`
