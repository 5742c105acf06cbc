import { rank, type Event, type Heartbeat, type Rank } from '@triplane/contracts'
import type { Bus, Consumer, Producer } from './bus.ts'
import type { OrderedInputsSnapshot } from './ordered-inputs.ts'
import { publish, type Plane } from './plane.ts'
import { Stepper, type SteppedState } from './stepper.ts'
import { Unobserved } from './unobserved.ts'

export interface PlaneRunnerOptions<In extends Event, Out extends Event> {
  readonly plane: Plane<In, Out>
  readonly bus: Bus
  readonly runId: string
  /** Account of the run, in the keys of account topics. */
  readonly account: string
  /** Called with every output once, in emission order, by `observe`. */
  readonly observe: (event: Out) => void
}

/**
 * Connects a plane to the bus of its process: forwards arrivals to the core in input order, publishes outputs at once, and
 * observes them when the host has time. Heartbeats bypass the core, so they are in no snapshot and no hash.
 */
export class PlaneRunner<In extends Event, Out extends Event> {
  readonly consumer: Consumer
  readonly producer: Producer
  readonly #plane: Plane<In, Out>
  readonly #account: string
  readonly #stepper: Stepper<In, Out>
  readonly #unobserved: Unobserved<Out>

  /** `waiting` are the inputs that a saved core had not handled. */
  constructor(
    { plane, bus, runId, account, observe }: PlaneRunnerOptions<In, Out>,
    waiting?: OrderedInputsSnapshot<In>,
  ) {
    this.consumer = bus.consumer({ group: plane.name, topics: plane.topics, from: 'earliest' })
    this.producer = bus.producer({ name: plane.name, runId })
    this.#plane = plane
    this.#account = account
    this.#stepper = new Stepper(plane.core, waiting)
    this.#unobserved = new Unobserved((event) => {
      plane.observe(event)
      observe(event)
    })
  }

  /**
   * Handles, in input order, what has arrived up to and including (`throughUs`, `throughRank`), and publishes the output. The
   * last rank closes the instant: timers and replies that are due are handled too.
   */
  step(throughUs: number, throughRank: Rank): void {
    this.#ingest(throughUs, throughRank)
    const outputs = this.#stepper.step(throughUs, throughRank)
    if (outputs.length > 0) this.#publish(outputs)
  }

  /** Passes everything published since the last call to the plane's `observe`. */
  observe(): void {
    this.#unobserved.observe()
  }

  /** Effect time of the next timer, reply or waiting input; Infinity when there is none. */
  nextDueUs(): number {
    this.#ingest(0, rank.command)
    return this.#stepper.nextDueUs()
  }

  /** The core's state and the waiting inputs. */
  snapshot(): SteppedState<In> {
    this.#ingest(0, rank.command)
    return this.#stepper.snapshot()
  }

  /** Ingests what has arrived, for a step up to and including (`throughUs`, `throughRank`). */
  #ingest(throughUs: number, throughRank: Rank): void {
    const records = this.consumer.take()
    for (let i = 0; i < records.length; i++) {
      const { producer, events } = records[i] as (typeof records)[number]
      for (let j = 0; j < events.length; j++) {
        const event = events[j] as In | Heartbeat
        if (event.type === 'heartbeat') this.#forward(event)
        else if (this.#plane.inputTypes.has(event.type)) this.#stepper.accept(producer, event, throughUs, throughRank)
      }
    }
  }

  #forward(heartbeat: Heartbeat): void {
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
