import { effectUsOf, field, rankOf, stateSchema, type Event, type Rank, type SchemaOf } from '@triplane/contracts'
import { PriorityQueue } from '@triplane/kernel'
import { InputQueue, type WaitingInput } from './input-queue.ts'

/** The waiting inputs, by producer, each in input order. */
export type OrderedInputsSnapshot<E extends Event = Event> = readonly {
  readonly producer: string
  readonly events: readonly E[]
}[]

/** The schema of the saved waiting inputs; `input` is the schema of their events. */
export function orderedInputsSchema<E extends Event>(input: SchemaOf<E>): SchemaOf<OrderedInputsSnapshot<E>> {
  return field.as(field.list(stateSchema({ producer: field.text, events: field.list(input) })))
}

/**
 * Merges the events of several producers into a core's input order (effect time, rank, producer, sequence: architecture section
 * 7) and holds back those that are not due.
 *
 * What a producer says on one topic under one key is in input order: all of a data plane's events are. Its other topics, and
 * batches of other keys, may have the same times. So each input is appended to a queue in which nothing comes after it. There are
 * as few queues as possible: one for each of the batches that overlap. A release takes the first of their heads. Nothing is
 * inserted between others, so the cost of an input does not grow with the size of the batches.
 *
 * Invariants
 * 1. `release` hands over in input order, whatever the order of the pushes between two producers or within one; inputs that
 *    are equal in it come in push order.
 * 2. Nothing is dropped, changed or deduplicated here: the core does that.
 */
export class OrderedInputs<E extends Event = Event> {
  readonly #queues = new Map<string, InputQueue<E>[]>()
  /** The non-empty queues; the one whose head comes first is at the front. */
  readonly #waiting = new PriorityQueue<InputQueue<E>>((a, b) => a.compareHeads(b))
  /** The queue of the last input: nearly always the next one fits there too. */
  #last: InputQueue<E> | undefined
  #arrivals = 0

  constructor(snapshot: OrderedInputsSnapshot<E> = []) {
    for (const { producer, events } of snapshot) for (const event of events) this.push(producer, event)
  }

  /** The number of waiting inputs. */
  get size(): number {
    return this.#waiting.toArray().reduce((size, queue) => size + queue.size, 0)
  }

  /** Effect time of the first waiting input; Infinity when there is none. */
  nextUs(): number {
    return this.#waiting.peek()?.headUs ?? Number.POSITIVE_INFINITY
  }

  push(producer: string, event: E): void {
    const effectUs = effectUsOf(event)
    const rank = rankOf[event.type]
    const last = this.#last
    const isFitting = last !== undefined && last.producer === producer && last.fits(event, effectUs, rank)
    const queue = isFitting ? last : this.#queueFor(producer, event, effectUs, rank)
    this.#last = queue
    queue.push(event, effectUs, rank, ++this.#arrivals)
    if (queue.size === 1) this.#waiting.push(queue)
  }

  /**
   * Hands over every input whose (effect time, rank) is at or before (`throughUs`, `throughRank`), and keeps the rest. `handle`
   * may push: inputs within the bound are handed over in the same call.
   */
  release(throughUs: number, throughRank: Rank, handle: (event: E, producer: string) => void): void {
    for (;;) {
      const first = this.#waiting.peek()
      if (first === undefined || first.headUs > throughUs) return
      if (first.headUs === throughUs && first.headRank > throughRank) return
      const event = first.shift()
      if (first.size > 0) this.#waiting.settleFirst()
      else this.#waiting.pop()
      handle(event, first.producer)
    }
  }

  snapshot(): OrderedInputsSnapshot<E> {
    const waiting = [...this.#queues].map(([producer, queues]) => ({
      producer,
      events: queues.flatMap((queue) => queue.toArray()).sort(compareInputs),
    }))
    return waiting
      .filter(({ events }) => events.length > 0)
      .sort((a, b) => (a.producer < b.producer ? -1 : 1))
      .map(({ producer, events }) => ({ producer, events: events.map(({ event }) => event) }))
  }

  /** A queue of the producer in which nothing comes after the input. */
  #queueFor(producer: string, event: E, effectUs: number, rank: Rank): InputQueue<E> {
    let queues = this.#queues.get(producer)
    if (!queues) this.#queues.set(producer, (queues = []))
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[i] as InputQueue<E>
      if (queue.fits(event, effectUs, rank)) return queue
    }
    const queue = new InputQueue<E>(producer)
    queues.push(queue)
    return queue
  }
}

/** The order of inputs of one producer. */
function compareInputs(a: WaitingInput<Event>, b: WaitingInput<Event>): number {
  return a.effectUs - b.effectUs || a.rank - b.rank || a.event.seq - b.event.seq || a.arrival - b.arrival
}
