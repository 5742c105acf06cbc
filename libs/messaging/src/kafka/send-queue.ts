import type { Event, Topic } from '@triplane/contracts'
import { partitionOf } from '@triplane/kernel'
import type { Message, TopicMessages } from 'kafkajs'
import { BusError } from '../bus-error.ts'
import type { Watermark } from '../bus.ts'
import { openBody, type RecordBody } from './record-body.ts'
import { encodeHeaders } from './record-headers.ts'

/** Maximum events in a record (architecture.md section 8). */
const MAX_EVENTS = 500
/** Maximum bytes in a record: well below the broker's limit for a whole batch. */
const MAX_RECORD_BYTES = 900_000
/** Maximum records in a request: the work of kafkajs grows with their square. */
const MAX_SEND_RECORDS = 500
const MAX_SEND_BYTES = 1_000_000
/** Size of a record without its events, bytes. */
const RECORD_OVERHEAD = 128

/** A producer's view of a topic that it sends to. */
export interface Destination {
  readonly topic: Topic
  /** The topic's name on the broker. */
  readonly name: string
  readonly partitions: number
  /** By key, the waiting record that further events of the key may join. Batched topics only. */
  readonly open: Map<string, WaitingRecord>
  produced: number
  buffered: number
  errors: number
}

/** A waiting record. */
export interface WaitingRecord {
  /** Counts the records of the queue in the order in which they were opened, from 1. */
  readonly number: number
  readonly destination: Destination
  readonly partition: number
  readonly key: string
  readonly seq: number
  readonly tsSentUs: number
  readonly traceparent: string | undefined
  readonly watermark: Watermark | undefined
  /** Absent for a mark. */
  readonly body: RecordBody | undefined
  events: number
}

const nothing = Buffer.alloc(0)

/** The contents of one request. A repeat uses the same objects, hence the same bytes. */
export interface Sending {
  readonly records: readonly WaitingRecord[]
  readonly topicMessages: TopicMessages[]
  readonly bytes: number
}

/**
 * Records that a producer has accepted but not sent, in order.
 *
 * Invariants
 * 1. Records of a topic leave in the order of opening.
 * 2. Urgent records leave before all others, in a request of their own. If it passed others over, those come first in the next one.
 * 3. Events join a record only of the same topic, key and trace, and only while no mark of that topic came after it.
 */
export class SendQueue {
  readonly #producer: string
  readonly #runId: string
  #urgent: WaitingRecord[] = []
  #others: WaitingRecord[] = []
  /** Whether those that are not urgent were passed over. */
  #isPassed = false
  #opened = 0
  #events = 0
  #bytes = 0

  constructor(producer: string, runId: string) {
    this.#producer = producer
    this.#runId = runId
  }

  get records(): number {
    return this.#urgent.length + this.#others.length
  }

  /** Whether urgent records wait. */
  get hasUrgent(): boolean {
    return this.#urgent.length > 0
  }

  /** The number of the record that was opened last; 0 before the first. */
  get newest(): number {
    return this.#opened
  }

  /** The number of the oldest record that waits; infinite where none does. */
  get oldest(): number {
    return Math.min(this.#urgent[0]?.number ?? Infinity, this.#others[0]?.number ?? Infinity)
  }

  /** Marks count as events. */
  get events(): number {
    return this.#events
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `traceparent` is the record's trace. Throws `too_large`, and then has accepted nothing. */
  add(destination: Destination, key: string, events: readonly Event[], tsSentUs: number, traceparent?: string): void {
    const { topic, open } = destination
    const joined = topic.batched ? open.get(key) : undefined
    const before = joined?.body?.bytes ?? 0
    if (joined && joins(joined, events, traceparent)) {
      joined.events += events.length
      this.#bytes += (joined.body?.bytes ?? 0) - before
    } else {
      const body = openBody(topic)
      if (!body.add(events, MAX_RECORD_BYTES)) throw tooLarge(destination)
      const partition = partitionOf(key, destination.partitions)
      const { seq } = events[0] as Event
      const base = { number: ++this.#opened, destination, partition, key, seq, tsSentUs, traceparent }
      const record: WaitingRecord = { ...base, watermark: undefined, body, events: events.length }
      this.#push(record)
      if (topic.batched) open.set(key, record)
    }
    this.#events += events.length
  }

  /** Puts a mark into every partition, and closes the topic's open records. */
  mark(destination: Destination, tsSentUs: number, watermark: Watermark): void {
    destination.open.clear()
    for (let partition = 0; partition < destination.partitions; partition++) {
      const base = { number: ++this.#opened, destination, partition, key: '', seq: 0, tsSentUs }
      this.#push({ ...base, traceparent: undefined, watermark, body: undefined, events: 1 })
      this.#events++
    }
  }

  /** Removes and returns the contents of the next request. Compressed sizes are unknown here: sizes are uncompressed. */
  next(): Sending {
    const isUrgentOnly = this.#urgent.length > 0 && !this.#isPassed
    const others = isUrgentOnly ? [] : this.#others
    this.#isPassed = isUrgentOnly && this.#others.length > 0
    const records = [...others, ...this.#urgent]
    const { count, bytes } = roomFor(records)
    const leaving = records.slice(0, count)
    const leavingOthers = Math.min(count, others.length)
    this.#others = this.#others.slice(leavingOthers)
    this.#urgent = this.#urgent.slice(count - leavingOthers)

    const byName = new Map<string, Message[]>()
    for (const record of leaving) {
      this.#leave(record)
      const { name } = record.destination
      let messages = byName.get(name)
      if (!messages) byName.set(name, (messages = []))
      messages.push(this.#message(record))
    }
    const topicMessages = Array.from(byName, ([topic, messages]) => ({ topic, messages }))
    return { records: leaving, topicMessages, bytes }
  }

  #push(record: WaitingRecord): void {
    record.destination.buffered++
    const lane = record.destination.topic.isUrgent ? this.#urgent : this.#others
    lane.push(record)
    this.#bytes += weightOf(record)
  }

  #leave(record: WaitingRecord): void {
    const { open } = record.destination
    if (open.get(record.key) === record) open.delete(record.key)
    this.#events -= record.events
    this.#bytes -= weightOf(record)
  }

  #message(record: WaitingRecord): Message {
    const { partition, key, seq, tsSentUs, traceparent, watermark, body } = record
    return {
      key,
      value: body?.finish() ?? nothing,
      partition,
      // Set explicitly, so that a repeated batch has the same bytes.
      timestamp: String(Math.floor(tsSentUs / 1000)),
      headers: encodeHeaders({
        runId: this.#runId,
        producer: this.#producer,
        seq,
        tsSentUs,
        traceparent,
        watermark,
      }),
    }
  }
}

/** How many of the records go into one request, at least one, and their size. */
function roomFor(records: readonly WaitingRecord[]): { readonly count: number; readonly bytes: number } {
  let bytes = 0
  let count = 0
  for (; count < records.length && count < MAX_SEND_RECORDS; count++) {
    const more = weightOf(records[count] as WaitingRecord)
    if (count > 0 && bytes + more > MAX_SEND_BYTES) break
    bytes += more
  }
  return { count, bytes }
}

/** Size of a record, bytes. Joining changes it. */
function weightOf({ body }: WaitingRecord): number {
  return (body?.bytes ?? 0) + RECORD_OVERHEAD
}

/** Adds events to a waiting record, if they may join it. */
function joins(record: WaitingRecord, events: readonly Event[], traceparent: string | undefined): boolean {
  if (record.traceparent !== traceparent || record.events + events.length > MAX_EVENTS) return false
  return record.body?.add(events, MAX_RECORD_BYTES) ?? false
}

function tooLarge(destination: Destination): BusError {
  destination.errors++
  const text = `Expected at most ${MAX_RECORD_BYTES} bytes in a record of ${destination.topic.name}, was more`
  return new BusError('too_large', text, { retryable: false })
}
