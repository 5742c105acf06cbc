import { effectUsOf, rank, rankOf, type Event, type Heartbeat, type Rank } from '@triplane/contracts'
import type { Bus, Consumer, Producer } from './bus.ts'
import { OrderedInputs, type OrderedInputsSnapshot } from './ordered-inputs.ts'
import { publish, type Plane } from './plane.ts'
import { Unobserved } from './unobserved.ts'

export interface PlaneRunnerOptions<In extends Event, Out extends Event> {
  readonly plane: Plane<In, Out>
  readonly bus: Bus
  readonly runId: string
  /** Account of the run; keys of account topics are made of it. */
  readonly account: string
  /** Sees every output once, in emission order, when `observe` is called. */
  readonly observe: (event: Out) => void
}

/**
 * Joins a plane to the bus of its process: what arrives goes in, in input order; what comes out is published at once and observed when its
 * host has time. Heartbeats go past the core, so they are in no snapshot and no hash.
 */
export class PlaneRunner<In extends Event, Out extends Event> {
  readonly consumer: Consumer
  readonly producer: Producer
  readonly #plane: Plane<In, Out>
  readonly #account: string
  readonly #inputs: OrderedInputs<In>
  readonly #process: (event: In) => void
  readonly #unobserved: Unobserved<Out>

  constructor(
    { plane, bus, runId, account, observe }: PlaneRunnerOptions<In, Out>,
    inputs?: OrderedInputsSnapshot<In>,
  ) {
    this.consumer = bus.consumer({ group: plane.name, topics: plane.topics, from: 'earliest' })
    this.producer = bus.producer({ name: plane.name, runId })
    this.#plane = plane
    this.#account = account
    this.#inputs = new OrderedInputs(inputs)
    this.#process = (event) => plane.core.process(event)
    this.#unobserved = new Unobserved((event) => {
      plane.observe(event)
      observe(event)
    })
  }

  /**
   * Handles, in input order, what has arrived up to and including (`throughUs`, `throughRank`). With the last rank the
   * instant is closed: timers and replies that are due are handled too.
   */
  step(throughUs: number, throughRank: Rank): void {
    const { core } = this.#plane
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
    return Math.min(this.#plane.core.nextDueUs(), this.#inputs.nextUs())
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
    const records = this.consumer.take()
    for (let i = 0; i < records.length; i++) {
      const { producer, events } = records[i] as (typeof records)[number]
      for (let j = 0; j < events.length; j++) {
        const event = events[j] as In | Heartbeat
        if (event.type === 'heartbeat') this.#passOn(event)
        else if (!this.#plane.inputTypes.has(event.type)) continue
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
    const { from, as, seen } = this.#plane.heartbeat
    if (heartbeat.stage !== from) return
    seen(heartbeat)
    publish(this.producer, [{ ...heartbeat, stage: as }], this.#account)
  }

  #publish(events: readonly Out[]): void {
    publish(this.producer, events, this.#account)
    this.#unobserved.add(events)
  }
}
