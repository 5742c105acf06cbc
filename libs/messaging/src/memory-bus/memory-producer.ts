import { Signal } from '@triplane/async'
import type { Event, Topic } from '@triplane/contracts'
import { invariant, partitionOf } from '@triplane/kernel'
import { BusError, closedError } from '../bus-error.ts'
import type { ProducedStats, Producer, ProducerOptions, Watermark } from '../bus.ts'
import { countOf, type LoggedRecord, type PartitionLog } from './partition-log.ts'

/** The services of the bus to its producers. */
export interface ProducerHost {
  readonly maxBufferedRecords: number
  nowUs(): number
  nextOrdinal(): number
  logsOf(topic: Topic): readonly PartitionLog[]
  left(producer: MemoryProducer): void
}

/** A producer's view of a topic that it sends to. */
interface Destination {
  readonly logs: readonly PartitionLog[]
  produced: number
  buffered: number
  errors: number
}

interface Waiting {
  readonly destination: Destination
  readonly log: PartitionLog
  readonly key: string
  readonly events: readonly Event[]
  readonly tsSentUs: number
  readonly traceparent: string | undefined
  readonly watermark: Watermark | undefined
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] }

const noEvents: readonly Event[] = []

/** Appends to the logs. When a log has no room, the record and all later ones wait in the producer's own queue. */
export class MemoryProducer implements Producer {
  readonly name: string
  readonly #runId: string
  readonly #host: ProducerHost
  readonly #destinations = new Map<string, Destination>()
  #waiting: Waiting[] = []
  readonly #flushed = new Signal()
  #closed = false

  constructor({ name, runId }: ProducerOptions, host: ProducerHost) {
    this.name = name
    this.#runId = runId
    this.#host = host
  }

  get buffered(): number {
    return this.#waiting.length
  }

  get isHalfFull(): boolean {
    return this.#waiting.length * 2 >= this.#host.maxBufferedRecords
  }

  send(topic: Topic, key: string, events: readonly Event[], traceparent?: string): void {
    if (this.#closed) throw closedError('producer')
    invariant(events.length > 0, 'a record holds at least one event')
    const destination = this.#destinations.get(topic.name) ?? this.#open(topic)
    const { logs } = destination
    const log = logs[partitionOf(key, logs.length)] as PartitionLog
    const tsSentUs = this.#host.nowUs()
    if (this.#waiting.length === 0 && log.hasRoom())
      this.#append(destination, log, key, events, tsSentUs, traceparent, undefined)
    else {
      this.#mustHaveRoom(destination, topic)
      this.#buffer({ destination, log, key, events, tsSentUs, traceparent, watermark: undefined })
    }
  }

  mark(topics: readonly Topic[], watermark: Watermark): void {
    if (this.#closed) throw closedError('producer')
    const tsSentUs = this.#host.nowUs()
    for (const topic of topics) {
      const destination = this.#destinations.get(topic.name) ?? this.#open(topic)
      this.#mustHaveRoom(destination, topic)
      for (const log of destination.logs) {
        if (this.#waiting.length === 0 && log.hasRoom())
          this.#append(destination, log, '', noEvents, tsSentUs, undefined, watermark)
        else this.#buffer({ destination, log, key: '', events: noEvents, tsSentUs, traceparent: undefined, watermark })
      }
    }
  }

  /** Appends waiting records while there is room. */
  drain(): void {
    let done = 0
    for (const { destination, log, key, events, tsSentUs, traceparent, watermark } of this.#waiting) {
      if (!log.hasRoom()) break
      destination.buffered--
      this.#append(destination, log, key, events, tsSentUs, traceparent, watermark)
      done++
    }
    if (done === 0) return
    this.#waiting = this.#waiting.slice(done)
    if (this.#waiting.length === 0) this.#flushed.raise()
  }

  flush(): Promise<void> {
    if (this.#closed) return Promise.reject(closedError('producer'))
    if (this.#waiting.length === 0) return Promise.resolve()
    return this.#flushed.raised()
  }

  stats(): readonly ProducedStats[] {
    return Array.from(this.#destinations, ([topic, { produced, buffered, errors }]) => {
      return { topic, produced, buffered, errors }
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const flushed = this.flush()
    this.#closed = true
    await flushed
    this.#host.left(this)
  }

  #append(
    destination: Destination,
    log: PartitionLog,
    key: string,
    events: readonly Event[],
    tsSentUs: number,
    traceparent: string | undefined,
    watermark: Watermark | undefined,
  ): void {
    destination.produced += countOf(events)
    const record: Mutable<LoggedRecord> = {
      topic: log.topic,
      partition: log.partition,
      offset: log.endOffset,
      key,
      runId: this.#runId,
      producer: this.name,
      seq: watermark === undefined ? (events[0] as Event).seq : 0,
      tsSentUs,
      events,
      ordinal: this.#host.nextOrdinal(),
    }
    // Few records have a trace: nearly all keep one shape.
    if (traceparent !== undefined) record.traceparent = traceparent
    if (watermark !== undefined) record.watermark = watermark
    log.append(record)
  }

  #mustHaveRoom(destination: Destination, topic: Topic): void {
    if (this.#waiting.length < this.#host.maxBufferedRecords) return
    destination.errors++
    throw new BusError(
      'buffer_full',
      `Expected the sender to await flush, was ${this.#waiting.length} records behind on ${topic.name}`,
      { retryable: true },
    )
  }

  #buffer(waiting: Waiting): void {
    waiting.destination.buffered++
    this.#waiting.push(waiting)
  }

  #open(topic: Topic): Destination {
    const destination: Destination = { logs: this.#host.logsOf(topic), produced: 0, buffered: 0, errors: 0 }
    this.#destinations.set(topic.name, destination)
    return destination
  }
}
