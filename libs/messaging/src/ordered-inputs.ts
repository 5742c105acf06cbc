import { effectUsOf, field, rankOf, stateSchema, type Event, type Rank, type SchemaOf } from '@triplane/contracts'
import { InputQueue } from './input-queue.ts'

/** The inputs that wait, by producer, each in input order. */
export type OrderedInputsSnapshot<E extends Event = Event> = readonly {
  readonly producer: string
  readonly events: readonly E[]
}[]

/** How the inputs that wait are saved, of the events that `input` is the schema of. */
export function orderedInputsSchema<E extends Event>(input: SchemaOf<E>): SchemaOf<OrderedInputsSnapshot<E>> {
  return field.as(field.list(stateSchema({ producer: field.text, events: field.list(input) })))
}

/**
 * Merges the events of several producers into a core's input order (effect time, rank, producer, sequence: architecture
 * section 7) and holds back what is not due.
 *
 * Invariants
 * 1. `release` hands over in input order, whatever the order of the pushes between two producers or within one.
 * 2. Nothing is dropped, changed or recognised as a duplicate here: that is the core's.
 */
export class OrderedInputs<E extends Event = Event> {
  /** By producer name, so that the first of two equal heads wins. */
  readonly #queues: InputQueue<E>[] = []

  constructor(snapshot: OrderedInputsSnapshot<E> = []) {
    for (const { producer, events } of snapshot) for (const event of events) this.push(producer, event)
  }

  /** The number of inputs that wait. */
  get size(): number {
    let size = 0
    for (const queue of this.#queues) size += queue.size
    return size
  }

  /** Effect time of the first input that waits; Infinity when none does. */
  nextUs(): number {
    return this.#first()?.headUs ?? Number.POSITIVE_INFINITY
  }

  push(producer: string, event: E): void {
    const queues = this.#queues
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[i] as InputQueue<E>
      if (queue.producer === producer) return queue.push(event, effectUsOf(event), rankOf[event.type])
    }
    const queue = new InputQueue<E>(producer)
    queue.push(event, effectUsOf(event), rankOf[event.type])
    queues.push(queue)
    queues.sort((a, b) => (a.producer < b.producer ? -1 : 1))
  }

  /**
   * Hands over every input whose (effect time, rank) is at or before (`throughUs`, `throughRank`), and keeps the rest.
   * `handle` may push: what it pushes within the bound is handed over in this call.
   */
  release(throughUs: number, throughRank: Rank, handle: (event: E, producer: string) => void): void {
    for (;;) {
      const first = this.#first()
      if (first === undefined || first.headUs > throughUs) return
      if (first.headUs === throughUs && first.headRank > throughRank) return
      handle(first.shift(), first.producer)
    }
  }

  snapshot(): OrderedInputsSnapshot<E> {
    return this.#queues.map((queue) => ({ producer: queue.producer, events: queue.toArray() }))
  }

  /** The queue whose head comes first; undefined when all are empty. */
  #first(): InputQueue<E> | undefined {
    const queues = this.#queues
    let first: InputQueue<E> | undefined
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[i] as InputQueue<E>
      if (queue.size === 0) continue
      if (
        first === undefined ||
        queue.headUs < first.headUs ||
        (queue.headUs === first.headUs && queue.headRank < first.headRank)
      ) {
        first = queue
      }
    }
    return first
  }
}
