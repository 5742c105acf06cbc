import type { Event, Heartbeat, PlaneCore, Topic } from '@triplane/contracts'
import type { Producer } from './bus.ts'
import { keyOf, topicOf } from '@triplane/contracts'

/** A plane as its host sees it: the core, what it listens to, and who is told of its life. */
export interface Plane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out> = PlaneCore<In, Out>> {
  /** Name of its producer and of its group of consumers. */
  readonly name: string
  readonly core: Core
  /** They hold nothing but `In`, heartbeats and what the plane has no use for. */
  readonly topics: readonly Topic[]
  /** The types of `In`; what else is on its topics is passed over. */
  readonly inputTypes: ReadonlySet<Event['type']>
  /** Sees every output once, in emission order, when its host has time: metrics. */
  readonly observe: (event: Out) => void
  /** The stage whose heartbeats are forwarded, the name they are forwarded under, and who notes them. */
  readonly heartbeat: { readonly from: string; readonly as: string; readonly seen: (heartbeat: Heartbeat) => void }
}

/** Sends each event to its topic under its key. */
export function publish(producer: Producer, events: readonly Event[], account: string): void {
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as Event
    producer.send(topicOf[event.type], keyOf(event, account), [event])
  }
}
