import type { Event, Heartbeat, PlaneCore, Topic } from '@triplane/contracts'
import type { Producer } from './bus.ts'
import { keyOf, topicOf } from '@triplane/contracts'

/** A plane from its host's view: the core, its input topics, and the observers of its output and heartbeats. */
export interface Plane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out> = PlaneCore<In, Out>> {
  /** Name of its producer and of its group of consumers. */
  readonly name: string
  readonly core: Core
  /** They carry only `In`, heartbeats and events that the plane ignores. */
  readonly topics: readonly Topic[]
  /** The types of event that the core hears as it is configured; others on its topics are passed over. */
  readonly inputTypes: ReadonlySet<Event['type']>
  /** The types that it would hear under some settings, all those of `In`. */
  readonly knownTypes: ReadonlySet<Event['type']>
  /** Called with every output once, in emission order, when its host has time: metrics. */
  readonly observe: (event: Out) => void
  /** The stage whose heartbeats are forwarded, the name they are forwarded under, and the callback that records them. */
  readonly heartbeat: { readonly from: string; readonly as: string; readonly seen: (heartbeat: Heartbeat) => void }
}

/** Sends events in one record for each run of them that has one topic and one key, as nearly all market data of a frame has. */
export function publish(producer: Producer, events: readonly Event[], account: string): void {
  const { name } = producer
  const size = events.length
  for (let from = 0, to = 1; from < size; from = to++) {
    const first = events[from] as Event
    const topic = topicOf[first.type]
    const key = keyOf(first, account, name)
    while (to < size && isOf(topic, key, events[to] as Event, account, name)) to++
    producer.send(topic, key, from === 0 && to === size ? events : events.slice(from, to))
  }
}

function isOf(topic: Topic, key: string, event: Event, account: string, name: string): boolean {
  return topicOf[event.type] === topic && keyOf(event, account, name) === key
}
