import type { Run, Topic } from '@triplane/contracts'
import type { Position } from '@triplane/messaging'

/**
 * Where a plane starts to read `topics` in a run, or resumes from its saved positions: for each partition behind the last record
 * read, else at the start of the run. Drops the positions of other topics.
 */
export function readingFrom(
  topics: readonly Topic[],
  run: Pick<Run, 'positions'>,
  saved: readonly Position[] = [],
): readonly Position[] {
  const names = new Set(topics.map(({ name }) => name))
  const latest = new Map([...run.positions, ...saved].map((position) => [placeOf(position), position]))
  return [...latest.values()].filter(({ topic }) => names.has(topic))
}

/** The name of a partition. */
export const placeOf = ({ topic, partition }: Pick<Position, 'topic' | 'partition'>) => `${topic}/${partition}`
