import { coreWritersOf, type Run, type Topic } from '@triplane/contracts'
import type { Position } from '@triplane/messaging'

/** Where a plane goes on reading its topics. */
export interface Reading {
  /** In each partition: behind what the plane took, else where the run began. */
  readonly positions: readonly Position[]
  /** Topics of market data that the plane did not read when it was saved: a strategy that was chosen since asks for them. */
  readonly joined: readonly Topic[]
}

/** Where a plane begins to read `topics` in a run, or goes on from the positions that it saved. Drops those of topics that it reads no more. */
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

/** The same, from `ends` on in their partitions. */
export function skipTo(ends: readonly Position[], { positions, joined }: Reading): Reading {
  const places = new Set(ends.map(placeOf))
  return { positions: [...positions.filter((position) => !places.has(placeOf(position))), ...ends], joined }
}

/** The name of a partition. */
export const placeOf = ({ topic, partition }: Pick<Position, 'topic' | 'partition'>) => `${topic}/${partition}`
