import { endsWithin } from '@triplane/async'
import type { Topic } from '@triplane/contracts'
import type { Bus, BusRecord, Position } from './bus.ts'

export interface ReadToEndOptions {
  /** An unused group. Nothing is committed. */
  readonly group: string
  readonly topics: readonly Topic[]
  /** Where reading starts; a partition without a position is read from its oldest record. */
  readonly from?: readonly Position[]
}

/** Wall time without a record after which to check whether there is still something to wait for. */
const SILENCE_MS = 2000

/**
 * Calls `see` with every record that is on the topics now, each partition in its order; not with records that arrive meanwhile,
 * nor with those that fall out of the retention meanwhile. Resolves at the ends. Rejects with the bus's faults.
 */
export async function readToEnd<Payload>(
  bus: Bus<Payload>,
  { group, topics, from = [] }: ReadToEndOptions,
  see: (record: BusRecord<Payload>) => void,
): Promise<void> {
  const starts = new Map(from.map((position) => [placeOf(position.topic, position.partition), position.offset]))
  const ends = new Map<string, { readonly topic: Topic; readonly partition: number; readonly offset: number }>()
  const topicOf = new Map(topics.map((topic) => [topic.name, topic]))
  for (const { topic, partition, offset } of await bus.endOf(topics)) {
    const place = placeOf(topic, partition)
    if (offset > (starts.get(place) ?? 0)) ends.set(place, { topic: topicOf.get(topic) as Topic, partition, offset })
  }
  /** Stops waiting for records that are no longer kept. */
  async function forgetWhatIsGone(): Promise<void> {
    for (const { topic, partition, offset } of await bus.oldestOf(topics)) {
      const place = placeOf(topic, partition)
      if (offset >= (ends.get(place)?.offset ?? Infinity)) ends.delete(place)
    }
  }
  await forgetWhatIsGone()
  if (ends.size === 0) return
  const consumer = bus.consumer({ group, topics, from })
  try {
    while (ends.size > 0) {
      if (!(await endsWithin(consumer.arrived(), { ms: SILENCE_MS }))) await forgetWhatIsGone()
      for (const record of consumer.take()) {
        const end = ends.get(placeOf(record.topic.name, record.partition))
        if (end !== undefined && record.offset < end.offset) see(record)
      }
      // The end may lie behind what is no record: the end of a transaction.
      for (const [place, { topic, partition, offset }] of ends)
        if ((consumer.reached(topic, partition) ?? 0) >= offset) ends.delete(place)
    }
  } finally {
    await consumer.close()
  }
}

const placeOf = (topic: string, partition: number) => `${topic}/${partition}`
