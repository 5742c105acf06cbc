import {
  eventTypes,
  field,
  keyOf,
  stateSchema,
  topicOf,
  zeroCounts,
  type Event,
  type EventType,
  type StateOf,
  type Topic,
} from '@triplane/contracts'
import { OutputHash, outputHashSchema, Unobserved, type Producer } from '@triplane/messaging'

/** Keeps a plane's outputs, besides the bus. */
export interface HistorySink {
  /** Adds the events that are history; never waits. */
  write(producer: string, events: readonly Event[]): void
  /** Resolves when everything written so far is durable, in the database or on disk. */
  settled(): Promise<void>
}

export interface PlaneOutputOptions<Out extends Event> {
  /** Name of the producer. */
  readonly name: string
  readonly producer: Producer
  readonly account: string
  /** The topics that get watermarks in lockstep; empty in live runs. */
  readonly marked: readonly Topic[]
  readonly history?: HistorySink | undefined
  /** The trace header of an event's record. */
  readonly traceparentOf?: ((event: Out) => string | undefined) | undefined
  /** Called once per output, in emission order, by `observe`. */
  readonly observe: (event: Out) => void
}

/** The state of a plane's output, as it is saved. */
export const planeOutputSchema = stateSchema({
  hash: outputHashSchema,
  counts: field.countsOf(eventTypes),
  /** Time up to which the outputs were promised complete; null before the first promise. */
  markedUs: field.orNull(field.timeUs),
})
export type PlaneOutputState = StateOf<typeof planeOutputSchema>

/** The number of records waiting for the bus at which the host has to pause. */
const MAX_BUFFERED_RECORDS = 5000

/** The destinations of a plane's outputs: the bus, history, the hash, the counts. */
export class PlaneOutput<Out extends Event> {
  readonly #options: PlaneOutputOptions<Out>
  readonly #hash: OutputHash
  readonly #counts: Record<EventType, number>
  readonly #unobserved: Unobserved<Out>
  #markedUs: number

  constructor(options: PlaneOutputOptions<Out>, state?: PlaneOutputState) {
    this.#options = options
    this.#hash = new OutputHash(state?.hash)
    this.#counts = state ? { ...state.counts } : zeroCounts(eventTypes)
    this.#markedUs = state?.markedUs ?? Number.NEGATIVE_INFINITY
    this.#unobserved = new Unobserved((event) => {
      this.#counts[event.type]++
      options.observe(event)
    })
  }

  publish(events: readonly Out[]): void {
    const { producer, account, history, name, traceparentOf } = this.#options
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as Out
      producer.send(topicOf[event.type], keyOf(event, account, name), [event], traceparentOf?.(event))
      this.#hash.add(event)
    }
    history?.write(name, events)
    this.#unobserved.add(events)
  }

  /** Promises, in lockstep, that every output with an effect time up to `throughUs` is published. */
  mark(throughUs: number, final: boolean): void {
    const { producer, marked } = this.#options
    if (marked.length === 0 || (throughUs <= this.#markedUs && !final)) return
    this.#markedUs = Math.max(throughUs, this.#markedUs)
    producer.mark(marked, { throughUs, final })
  }

  /** Passes what was published since the last call to counts and metrics. */
  observe(): void {
    this.#unobserved.observe()
  }

  /** True when the host should await `drained` before going on. */
  get isFull(): boolean {
    const { producer } = this.#options
    return producer.buffered > MAX_BUFFERED_RECORDS || producer.isHalfFull
  }

  /** Resolves when the bus has everything published so far. */
  drained(): Promise<void> {
    return this.#options.producer.flush()
  }

  /** Resolves when everything published so far is durable: on the bus and in history. */
  async durable(): Promise<void> {
    await Promise.all([this.#options.producer.flush(), this.#options.history?.settled()])
  }

  digest(): string {
    return this.#hash.digest()
  }

  /** The number of published events by type, without zeros. */
  counts(): Readonly<Partial<Record<EventType, number>>> {
    this.observe()
    return Object.fromEntries(Object.entries(this.#counts).filter(([, count]) => count > 0))
  }

  state(): PlaneOutputState {
    this.observe()
    return {
      hash: this.#hash.state(),
      counts: { ...this.#counts },
      markedUs: Number.isFinite(this.#markedUs) ? this.#markedUs : null,
    }
  }
}
