import {
  effectUsOf,
  keyOf,
  rank,
  rankOf,
  topicOf,
  type Event,
  type Heartbeat,
  type PlaneCore,
  type Rank,
} from '@triplane/contracts'
import type { Consumer, Producer } from './bus.ts'
import { OrderedInputs, type OrderedInputsSnapshot } from './ordered-inputs.ts'
import { Unobserved } from './unobserved.ts'

export interface PlaneRunnerOptions<In extends Event, Out extends Event> {
  readonly core: PlaneCore<In, Out>
  /** Subscribed to topics that hold nothing but `In` and heartbeats. */
  readonly consumer: Consumer
  readonly producer: Producer
  /** Account of the run; keys of account topics are made of it. */
  readonly account: string
  /** Sees every output once, in emission order, when `observe` is called: metrics and hashes. */
  readonly observe: (event: Out) => void
  /** The stage whose heartbeats are passed on, the name they are passed on under, and who notes them. */
  readonly heartbeat: { readonly from: string; readonly as: string; readonly seen: (heartbeat: Heartbeat) => void }
}

/** Sends each event to its topic under its key. */
export function publish(producer: Producer, events: readonly Event[], account: string): void {
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as Event
    producer.send(topicOf[event.type], keyOf(event, account), [event])
  }
}

/**
 * Joins a core to the bus: what arrives goes in, in input order; what comes out is published at once and observed when its
 * host has time. Heartbeats go past the core, so they are in no snapshot and no hash.
 */
export class PlaneRunner<In extends Event, Out extends Event> {
  readonly #options: PlaneRunnerOptions<In, Out>
  readonly #inputs: OrderedInputs<In>
  readonly #process: (event: In) => void
  readonly #unobserved: Unobserved<Out>

  constructor(options: PlaneRunnerOptions<In, Out>, inputs?: OrderedInputsSnapshot<In>) {
    this.#options = options
    this.#inputs = new OrderedInputs(inputs)
    this.#process = (event) => options.core.process(event)
    this.#unobserved = new Unobserved(options.observe)
  }

  /**
   * Handles, in input order, what has arrived up to and including (`throughUs`, `throughRank`). With the last rank the
   * instant is closed: timers and replies that are due are handled too.
   */
  step(throughUs: number, throughRank: Rank): void {
    const { core } = this.#options
    this.#takeIn(throughUs, throughRank)
    this.#inputs.release(throughUs, throughRank, this.#process)
    if (throughRank === rank.strategy) core.advance(throughUs)
    if (core.outbox.size > 0) this.#publish(core.outbox.drain())
  }

  /** Shows what was published since the last call to who observes it. */
  observe(): void {
    this.#unobserved.observe()
  }

  /** Effect time of the next timer, reply or held input; Infinity when there is none. */
  nextDueUs(): number {
    this.#takeIn(0, rank.command)
    return Math.min(this.#options.core.nextDueUs(), this.#inputs.nextUs())
  }

  /** The inputs that wait. The core's own state is the core's. */
  snapshot(): OrderedInputsSnapshot<In> {
    this.#takeIn(0, rank.command)
    return this.#inputs.snapshot()
  }

  /**
   * Takes in what has arrived. What is due and comes before everything that waits, which is nearly all market data, goes
   * straight to the core.
   */
  #takeIn(throughUs: number, throughRank: Rank): void {
    const records = this.#options.consumer.take()
    for (let i = 0; i < records.length; i++) {
      const { producer, events } = records[i] as (typeof records)[number]
      for (let j = 0; j < events.length; j++) {
        const event = events[j] as In | Heartbeat
        if (event.type === 'heartbeat') this.#passOn(event)
        else if (this.#isNext(event, throughUs, throughRank)) this.#process(event)
        else this.#inputs.push(producer, event)
      }
    }
  }

  #isNext(event: In, throughUs: number, throughRank: Rank): boolean {
    const effectUs = effectUsOf(event)
    if (effectUs > throughUs || (effectUs === throughUs && rankOf[event.type] > throughRank)) return false
    return effectUs < this.#inputs.nextUs()
  }

  #passOn(heartbeat: Heartbeat): void {
    const { producer, account, heartbeat: route } = this.#options
    if (heartbeat.stage !== route.from) return
    route.seen(heartbeat)
    publish(producer, [{ ...heartbeat, stage: route.as }], account)
  }

  #publish(events: readonly Out[]): void {
    const { producer, account } = this.#options
    publish(producer, events, account)
    this.#unobserved.add(events)
  }
}
