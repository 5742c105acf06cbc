import { coreWritersOf, topics, type Event, type Topic } from '@triplane/contracts'
import type { StoredOrder } from '@triplane/storage'
import type { ReadRecord, TopicReader } from '../servers/topic-reader.ts'
import type { FoundFill, FoundIntent, Kept, TopicsSide } from './sources.ts'

/** Records of the topics that no ledger and no database should have. */
export interface LeftOut {
  /** Repetitions of a record: legal on Kafka, dropped by its readers. */
  readonly repeated: number
  /** Records of others than the topic's owner, and those that cannot be read. */
  readonly foreign: number
  /** Records that the planes refused, by the dead letters of the run. */
  readonly refused: number
  /** Fills of orders that never were, by their id. */
  readonly strangers: readonly string[]
}

interface Found {
  /** `topic/partition/offset`, as dead letters name it. */
  readonly place: string
  readonly producer: string
  readonly event: Event
}

const read = [topics.intents, topics.orders, topics.fills] as const
type ReadTopic = (typeof read)[number]

/** What the topics of intents, orders and fills hold of one run, read a little further each time. */
export class TopicCopy {
  readonly #reader: TopicReader
  readonly #runId: string
  readonly #found = new Map<ReadTopic, Found[]>(read.map((topic) => [topic, []]))
  readonly #nextOffset = new Map<ReadTopic, number>()
  readonly #isWhole = new Map<ReadTopic, boolean>()
  #foreign = 0

  constructor(reader: TopicReader, runId: string) {
    this.#reader = reader
    this.#runId = runId
  }

  /** Reads to the ends. Rejects with the reader's faults. */
  async catchUp(): Promise<void> {
    for (const topic of read) {
      const next = this.#nextOffset.get(topic)
      // Topics of accounts have one partition.
      const from = next === undefined ? [] : [{ topic: topic.name, partition: 0, offset: next }]
      await this.#reader.read(topic, (record) => this.#take(topic, record), from)
    }
  }

  /** The rows that the topics tell, without those that the planes `refused`; and what was left out. */
  rows(refused: ReadonlySet<string>): { readonly side: TopicsSide; readonly leftOut: LeftOut } {
    let [repeated, refusals] = [0, 0]
    const told = (topic: ReadTopic): Event[] => {
      const seen = new Set<string>()
      const events: Event[] = []
      for (const { place, producer, event } of this.#found.get(topic) ?? []) {
        const id = `${producer} ${event.seq}`
        if (refused.has(place)) refusals++
        else if (seen.has(id)) repeated++
        else {
          seen.add(id)
          events.push(event)
        }
      }
      return events
    }
    const kept = <Row>(topic: ReadTopic, rows: readonly Row[]): Kept<Row> => {
      return { rows, isWhole: this.#isWhole.get(topic) ?? true }
    }
    const intents = told(topics.intents).flatMap((event): FoundIntent[] =>
      event.type === 'orderIntent' ? [event] : [],
    )
    const orders = told(topics.orders).flatMap((event): StoredOrder[] => (event.type === 'orderEvent' ? [event] : []))
    const executed = told(topics.fills)
    const opening = executed.find((event) => event.type === 'accountOpened')?.account
    const all = executed.flatMap((event): FoundFill[] => (event.type === 'fill' ? [event] : []))
    const known = new Set([...orders, ...intents].map(({ intentId }) => intentId))
    const isStranger = ({ intentId }: FoundFill) => (this.#isWhole.get(topics.orders) ?? true) && !known.has(intentId)
    return {
      side: {
        intents: kept(topics.intents, intents),
        orders: kept(topics.orders, orders),
        fills: kept(
          topics.fills,
          all.filter((fill) => !isStranger(fill)),
        ),
        opening,
      },
      leftOut: {
        repeated,
        foreign: this.#foreign,
        refused: refusals,
        strangers: all.filter(isStranger).map(({ fillId }) => fillId),
      },
    }
  }

  #take(topic: ReadTopic, { partition, offset, runId, producer, events }: ReadRecord): void {
    if (!this.#isWhole.has(topic)) this.#isWhole.set(topic, offset === 0)
    this.#nextOffset.set(topic, offset + 1)
    if (runId !== this.#runId) return
    if (!events.ok || !isOwner(topic, producer)) {
      this.#foreign++
      return
    }
    const place = `${topic.name}/${partition}/${offset}`
    for (const event of events.value) this.#found.get(topic)?.push({ place, producer, event })
  }
}

/** Whether a producer is the core that writes the topic, or one instance of it. */
function isOwner(topic: Topic, producer: string): boolean {
  return coreWritersOf(topic).some(
    (plane) => producer === plane || (producer.startsWith(`${plane}.`) && producer !== `${plane}.edge`),
  )
}
