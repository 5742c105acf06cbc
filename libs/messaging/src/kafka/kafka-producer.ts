import { Backoff, Deferred, delay, Signal } from '@triplane/async'
import type { Event, Topic } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import { CompressionTypes, Partitioners, type Producer as Client } from 'kafkajs'
import { BusError, closedError } from '../bus-error.ts'
import type { ProducedStats, Producer, ProducerOptions, Watermark } from '../bus.ts'
import { retry, type KafkaClient } from './kafka-client.ts'
import type { KafkaBusOptions } from './kafka-options.ts'
import type { KnownTopics } from './kafka-topics.ts'
import { isSequenceLost } from './sequence-lost.ts'
import { SendQueue, type Destination, type Sending } from './send-queue.ts'
import { kafkaBackoff, within } from './time-limit.ts'

/** The services of the bus to its producers. */
export interface KafkaProducerHost {
  readonly options: KafkaBusOptions
  readonly topics: KnownTopics
  connect(role: string): KafkaClient
  left(producer: KafkaProducer): void
}

const DISCONNECT_MS = 1000
/** Pause before a producer that could not connect tries again. */
const RECONNECT_MS = 500
/**
 * A request costs the broker and its readers much the same, whatever is in it. When so many events have come while one was under way,
 * the next one waits for `GATHERED_EVENTS`, at most `GATHER_MS`.
 */
const BUSY_EVENTS = 100
const GATHERED_EVENTS = 4000
const GATHER_MS = 5

interface Flush {
  /** The number of the last record that must be in the log. */
  readonly through: number
  readonly outcome: Deferred
}

/**
 * Sends to Kafka.
 *
 * Invariants (design/kafka.md)
 * 1. At most one request is under way: later events wait for the next one.
 * 2. A rejected request is repeated, the same bytes on the same producer, before anything else.
 * 3. When the broker reports a hole before what we sent, nothing more is sent, ever.
 */
export class KafkaProducer implements Producer {
  readonly #host: KafkaProducerHost
  readonly name: string
  readonly #sockets: KafkaClient['sockets']
  readonly #client: Client
  readonly #queue: SendQueue
  readonly #destinations = new Map<string, Destination>()
  #isConnected = false
  #underWay: Sending | undefined
  #isRunning = false
  #flushes: Flush[] = []
  /** Raised when what waits must not wait for more. */
  readonly #leaveNow = new Signal()
  #broken: BusError | undefined
  #closing: Promise<void> | undefined
  /** Aborts on close: records not in the log by then are abandoned. */
  readonly #abandoned = new AbortController()

  constructor({ name, runId }: ProducerOptions, host: KafkaProducerHost) {
    this.#host = host
    this.name = name
    this.#queue = new SendQueue(name, runId)
    const { kafka, sockets, onRequestTimeout } = host.connect(`producer-${name}`)
    this.#sockets = sockets
    this.#client = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { ...retry },
    })
    this.#client.on(this.#client.events.REQUEST_TIMEOUT, onRequestTimeout)
    this.#run()
  }

  get buffered(): number {
    return this.#queue.records + (this.#underWay?.records.length ?? 0)
  }

  get isHalfFull(): boolean {
    return this.#isFilledTo(0.5)
  }

  send(topic: Topic, key: string, events: readonly Event[], traceparent?: string): void {
    this.#mustBeUsable()
    invariant(events.length > 0, 'a record holds at least one event')
    const destination = this.#destinations.get(topic.name) ?? this.#open(topic)
    this.#mustHaveRoom(destination)
    this.#queue.add(destination, key, events, this.#host.options.nowUs(), traceparent)
    if (topic.isUrgent || this.#queue.events >= GATHERED_EVENTS) this.#leaveNow.raise()
    this.#run()
  }

  mark(topics: readonly Topic[], watermark: Watermark): void {
    this.#mustBeUsable()
    const tsSentUs = this.#host.options.nowUs()
    for (const topic of topics) {
      const destination = this.#destinations.get(topic.name) ?? this.#open(topic)
      this.#mustHaveRoom(destination)
      this.#queue.mark(destination, tsSentUs, watermark)
    }
    this.#run()
  }

  /** Resolves when everything accepted before is in the log. Rejects when that has become impossible. */
  flush(): Promise<void> {
    if (this.#closing) return Promise.reject(closedError('producer'))
    return this.#flush()
  }

  stats(): readonly ProducedStats[] {
    return Array.from(this.#destinations, ([topic, { produced, buffered, errors }]) => {
      return { topic, produced, buffered, errors }
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #flush(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.buffered === 0) return Promise.resolve()
    const outcome = new Deferred()
    this.#flushes.push({ through: this.#queue.newest, outcome })
    this.#leaveNow.raise()
    return outcome.promise
  }

  async #close(): Promise<void> {
    const { closeTimeoutMs = 5000, onLog } = this.#host.options
    try {
      await within(closeTimeoutMs, `producer ${this.name} sends the rest`, this.#flush())
      await within(DISCONNECT_MS, `producer ${this.name} disconnects`, this.#client.disconnect())
    } catch (error) {
      const context = { producer: this.name, records: this.buffered, error: String(error) }
      onLog?.(this.buffered > 0 ? 'error' : 'warn', 'a producer was closed in disorder', context)
    }
    this.#abandoned.abort()
    this.#rejectFlushes(closedError('producer'))
    this.#sockets.close()
    this.#host.left(this)
  }

  /** Sends what waits, unless a send is under way: what comes meanwhile goes into the next one. */
  #run(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    // In its own microtask: everything that one step of a plane sends goes out together.
    queueMicrotask(() => void this.#sendAll())
  }

  async #sendAll(): Promise<void> {
    while (!this.#isConnected && !this.#abandoned.signal.aborted) await this.#connect()
    while (this.#queue.records > 0 && !this.#broken && !this.#abandoned.signal.aborted) {
      this.#underWay = this.#queue.next()
      if (!(await this.#deliver(this.#underWay))) return
      for (const { destination } of this.#underWay.records) {
        destination.produced++
        destination.buffered--
      }
      this.#underWay = undefined
      this.#settleFlushes()
      await this.#gather()
    }
    this.#isRunning = false
  }

  /** Under load waits for more to send, unless something must leave now. */
  async #gather(): Promise<void> {
    const { events, hasUrgent } = this.#queue
    const isBusy = events >= BUSY_EVENTS && events < GATHERED_EVENTS
    if (isBusy && !hasUrgent && this.#flushes.length === 0) await this.#leaveNow.raisedWithin(GATHER_MS)
  }

  async #connect(): Promise<void> {
    try {
      await this.#client.connect()
      this.#isConnected = true
    } catch (error) {
      this.#host.options.onLog?.('warn', 'a producer could not connect', { producer: this.name, error: String(error) })
      await delay(RECONNECT_MS, this.#abandoned.signal)
    }
  }

  /** Whether `sending` is in the log: retries until it is, or until sending is no longer allowed. */
  async #deliver(sending: Sending): Promise<boolean> {
    const { compression, compressFromBytes = 16_384, requestTimeoutMs = 10_000 } = this.#host.options
    const codec = compression === 'gzip' && sending.bytes >= compressFromBytes ? CompressionTypes.GZIP : undefined
    const request = { acks: -1, timeout: requestTimeoutMs, topicMessages: sending.topicMessages }
    const { signal } = this.#abandoned
    const backoff = new Backoff(kafkaBackoff)
    for (;;) {
      try {
        await this.#client.sendBatch(codec === undefined ? request : { ...request, compression: codec })
        return true
      } catch (error) {
        if (signal.aborted) return false
        this.#failed(sending, error)
        if (this.#broken) return false
      }
      await delay(backoff.next(), signal)
      if (signal.aborted) return false
    }
  }

  #failed(sending: Sending, error: unknown): void {
    const { onLog, onFatal } = this.#host.options
    const destinations = new Set(sending.records.map((record) => record.destination))
    for (const destination of destinations) destination.errors++
    const context = { producer: this.name, records: sending.records.length, error: String(error) }
    if (!isSequenceLost(error)) {
      onLog?.('warn', 'a send was rejected; the same is sent again', context)
      return
    }
    const text = `Expected producer ${this.name} to follow what the broker has of it, was refused: ${String(error)}`
    this.#broken = new BusError('out_of_order', text, { retryable: false, cause: error })
    onLog?.('error', 'the broker misses records before what was sent: nothing more is sent', context)
    this.#rejectFlushes(this.#broken)
    onFatal?.(this.#broken)
  }

  /** Resolves those that wait for nothing any more. No request is under way. */
  #settleFlushes(): void {
    if (this.#flushes.length === 0) return
    const { oldest } = this.#queue
    const waiting = this.#flushes
    this.#flushes = waiting.filter(({ through }) => through >= oldest)
    for (const { through, outcome } of waiting) if (through < oldest) outcome.resolve()
  }

  #rejectFlushes(error: BusError): void {
    for (const { outcome } of this.#flushes.splice(0)) outcome.reject(error)
  }

  #mustBeUsable(): void {
    if (this.#closing) throw closedError('producer')
    if (this.#broken) throw this.#broken
  }

  /** True if this share of the events or of the bytes that may wait does. */
  #isFilledTo(share: number): boolean {
    const { maxBufferedEvents = 65_536, maxBufferedBytes = 64 * 1024 * 1024 } = this.#host.options
    const { events, bytes } = this.#queue
    return events >= share * maxBufferedEvents || bytes >= share * maxBufferedBytes
  }

  #mustHaveRoom(destination: Destination): void {
    if (!this.#isFilledTo(1)) return
    const { events, bytes } = this.#queue
    destination.errors++
    const text = `Expected the sender to await flush, was ${events} events, ${bytes} bytes behind`
    throw new BusError('buffer_full', text, { retryable: true })
  }

  #open(topic: Topic): Destination {
    const { topics } = this.#host
    const partitions = topics.partitionsOf(topic)
    const counts = { produced: 0, buffered: 0, errors: 0 }
    const destination = { topic, name: topics.nameOf(topic), partitions, open: new Map(), ...counts }
    this.#destinations.set(topic.name, destination)
    return destination
  }
}
