import { delay, Signal } from '@triplane/async'
import type { Topic } from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import type { Consumer as Client, ConsumerCommitOffsetsEvent } from 'kafkajs'
import { BusError, closedError } from '../bus-error.ts'
import type { BusRecord, ConsumedStats, Consumer, ConsumerOptions, Position } from '../bus.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import { Assignment, type PartitionEnds } from './assignment.ts'
import { Inbox } from './inbox.ts'
import { retry, type KafkaClient } from './kafka-client.ts'
import type { KafkaBusOptions } from './kafka-options.ts'
import type { KnownTopics } from './kafka-topics.ts'
import { readInto } from './own-fetch.ts'
import type { FetchSink } from './take-answer.ts'
import { within } from './time-limit.ts'

/** The services of the bus to its consumers. */
export interface KafkaConsumerHost {
  readonly options: KafkaBusOptions
  readonly topics: KnownTopics
  connect(role: string): KafkaClient
  endsOf(topics: readonly Topic[]): Promise<readonly PartitionEnds[]>
  left(consumer: KafkaConsumer): void
}

/** How long the broker holds a read that finds nothing: each read costs the broker more than us. */
const MAX_WAIT_MS = 250
/** How long a commit may take. */
const COMMIT_MS = 3000
/** How long leaving the group may take. */
const LEAVE_MS = 2000
/** Pause before a consumer that could not start, or crashed, starts again. */
const RESTART_MS = 500

/** What kafkajs does not say: a broker names no coordinator to a user without a right to the group. */
function hintOn({ name }: { readonly name?: string }): { readonly hint?: string } {
  if (name !== 'KafkaJSGroupCoordinatorNotFound') return {}
  return { hint: 'the broker has just started, or this user may not join groups of this name' }
}

const nothing: readonly BusRecord<Buffer>[] = []

/**
 * A member of a group. Arrived records wait in an inbox for `take`; while it is full, nothing more is read.
 *
 * Invariants
 * 1. Records of a partition arrive in offset order, each once, as long as this consumer lives (`AssignedPartition`).
 * 2. Waiting records of a partition lost to another member are dropped; taken ones stay taken.
 * 3. With positions, committed offsets decide nothing: whenever a partition is assigned it continues at its local position.
 */
export class KafkaConsumer implements Consumer<Buffer> {
  readonly #host: KafkaConsumerHost
  readonly #options: ConsumerOptions
  readonly #client: Client
  readonly #sockets: KafkaClient['sockets']
  readonly #assignment: Assignment
  readonly #inbox: Inbox
  readonly #arrival = new Signal()
  readonly #room = new Signal()
  /** Aborts on close. */
  readonly #over = new AbortController()
  /** The number of assignments so far. */
  #generation = 0
  #isDirty = false
  #failure: BusError | undefined
  #starting: Promise<void>
  #request: Promise<void> | undefined
  #committing: Promise<void> | undefined
  #commitNext: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: ConsumerOptions, host: KafkaConsumerHost) {
    const { maxInboxRecords = 20_000, maxInboxBytes = 64 * 1024 * 1024, sessionTimeoutMs = 10_000 } = host.options
    this.#host = host
    this.#options = options
    this.#inbox = new Inbox(maxInboxRecords, maxInboxBytes)
    this.#assignment = new Assignment(options.topics, host.topics, typeof options.from !== 'string')

    const { kafka, sockets, onRequestTimeout } = host.connect(`consumer-${options.group}`)
    this.#sockets = sockets
    this.#client = kafka.consumer({
      groupId: (host.options.topicPrefix ?? '') + options.group,
      maxWaitTimeInMs: options.maxWaitMs ?? MAX_WAIT_MS,
      minBytes: 1,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(1000, sessionTimeoutMs / 3),
      allowAutoTopicCreation: false,
      // Nobody's open transaction may hold back what is behind it (ADR 9).
      readUncommitted: true,
      retry: { ...retry },
    })
    const { events } = this.#client
    this.#client.on(events.REQUEST_TIMEOUT, (event) => {
      this.#assignment.countError()
      onRequestTimeout(event)
    })
    this.#client.on(events.GROUP_JOIN, ({ payload }) => this.#joined(payload.memberId, payload.memberAssignment))
    this.#client.on(events.COMMIT_OFFSETS, (event) => this.#committed(event))
    this.#client.on(events.CRASH, ({ payload }) => this.#crashed(payload.error, payload.restart))
    this.#starting = this.#start()
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  take(max = Infinity): readonly BusRecord<Buffer>[] {
    this.#mustBeUsable()
    const size = Math.min(this.#inbox.size, max)
    if (size === 0) return nothing
    const taken: BusRecord<Buffer>[] = []
    for (let i = 0; i < size; i++) taken.push(this.#inbox.shift())
    this.#isDirty = true
    this.#room.raise()
    return taken
  }

  arrived(): Promise<void> {
    if (this.#closing) return Promise.reject(closedError('consumer'))
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#isReady()) return Promise.resolve()
    return this.#arrival.raised().then(() => {
      if (this.#failure) throw this.#failure
    })
  }

  /**
   * Commits what was taken so far. Cheap when there is nothing new; at most one request is under way. Rejects with
   * `unreachable` when the broker does not confirm in time; the next commit makes up for it.
   */
  commit(): Promise<void> {
    if (this.#closing) return Promise.reject(closedError('consumer'))
    if (this.#failure) return Promise.reject(this.#failure)
    const underWay = this.#commitNext ?? this.#committing
    if (!this.#isDirty) return underWay ?? Promise.resolve()
    this.#isDirty = false
    this.#assignment.askForCommit()
    if (this.#commitNext !== undefined) return this.#commitNext
    if (this.#committing === undefined) return this.#startCommit()
    const next = () => {
      this.#commitNext = undefined
      return this.#startCommit()
    }
    this.#commitNext = this.#committing.then(next, next)
    return this.#commitNext
  }

  hasMore(topic: Topic, partition: number): boolean {
    return this.#assignment.hasMore(topic, partition)
  }

  reached(topic: Topic, partition: number): number | undefined {
    return this.#assignment.reached(topic, partition)
  }

  stats(nowUs: number): readonly ConsumedStats[] {
    const waiting = new Map<Topic, { records: number; oldestUs: number }>()
    this.#inbox.forEach(({ topic, tsSentUs }) => {
      const seen = waiting.get(topic)
      if (!seen) waiting.set(topic, { records: 1, oldestUs: tsSentUs })
      else {
        seen.records++
        seen.oldestUs = Math.min(seen.oldestUs, tsSentUs)
      }
    })
    return this.#options.topics.map((topic) => {
      const { consumed, skipped, errors, behind } = this.#assignment.countsOf(topic)
      const here = waiting.get(topic)
      const lagSeconds = here ? Math.max(0, nowUs - here.oldestUs) / US_PER_SECOND : 0
      return { topic: topic.name, consumed, skipped, errors, lagRecords: behind + (here?.records ?? 0), lagSeconds }
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { onLog } = this.#host.options
    this.#over.abort(closedError('consumer'))
    this.#inbox.clear()
    this.#arrival.raise()
    this.#room.raise()
    const leave = async () => {
      await this.#starting
      await this.#client.disconnect()
    }
    try {
      await within(LEAVE_MS, `a consumer leaves ${this.#options.group}`, leave())
    } catch (error) {
      onLog?.('warn', 'a consumer was closed without leaving its group', {
        group: this.#options.group,
        error: String(error),
      })
    }
    this.#sockets.close()
    this.#host.left(this)
  }

  /** Joins the group; retries until it succeeds or is closed. */
  async #start(): Promise<void> {
    const { from } = this.#options
    while (!this.#closing && !this.#failure) {
      try {
        if (typeof from !== 'string' && this.#generation === 0)
          this.#place(from, await this.#host.endsOf(this.#options.topics))
        await this.#client.connect()
        await this.#client.subscribe({ topics: this.#assignment.names, fromBeginning: from !== 'latest' })
        await this.#client.run(readInto(this.#sink()))
        return
      } catch (error) {
        if (error instanceof BusError && !error.retryable) return this.#fail(error)
        this.#assignment.countError()
        this.#log('warn', 'a consumer could not start', { error: String(error), ...hintOn(error as Error) })
      }
      await delay(RESTART_MS, this.#over.signal)
    }
  }

  #place(from: readonly Position[], ends: readonly PartitionEnds[]): void {
    for (const [topic, records] of this.#assignment.placeAt(from, ends))
      this.#log('warn', 'records that were not read are gone: the topic keeps no older ones', { topic, records })
  }

  /** Runs before the first read of a generation. */
  #joined(memberId: string, owned: Readonly<Record<string, readonly number[]>>): void {
    this.#generation++
    const { lost, hasChanged } = this.#assignment.reassign(memberId, owned)
    if (lost.size > 0) this.#inbox.drop((place) => lost.has(place))
    this.#room.raise()
    if (hasChanged) this.#log('info', 'partitions assigned', { member: memberId, lost: lost.size })
  }

  /** Puts fetched records into the inbox; while it is full, nothing more is asked for. */
  #sink(): FetchSink {
    const inbox = this.#inbox
    return {
      get hasRoom() {
        return inbox.hasRoom
      },
      roomWithin: (ms) => this.#room.raisedWithin(ms),
      owned: () => this.#assignment.owned(),
      at: (name, partition) => this.#assignment.at(name, partition),
      push: (record, place) => {
        inbox.push(record, place)
        if (this.#arrival.isAwaited) this.#arrival.raise()
      },
      onMissing: ({ name, partition, expected }) =>
        this.#log('warn', 'offsets are missing: asked for again', { topic: name, partition, expected }),
    }
  }

  #startCommit(): Promise<void> {
    this.#committing = this.#commitWanted().finally(() => (this.#committing = undefined))
    return this.#committing
  }

  async #commitWanted(): Promise<void> {
    try {
      // An earlier request may still wait for a broker that was down: kafkajs retries forever.
      await this.#answered()
      const places = this.#assignment.uncommitted()
      if (places.length === 0) return
      const offsets = places.map(({ name, partition, toCommit }) => {
        return { topic: name, partition, offset: String(toCommit) }
      })
      this.#request = this.#client.commitOffsets(offsets).finally(() => (this.#request = undefined))
      await this.#answered()
      // kafkajs reports nothing when it was not running; the event has what the broker confirmed.
      const isMissing = offsets.some(({ offset }, i) => {
        const { isOwned, committed } = places[i] as AssignedPartition
        return isOwned && (committed === undefined || committed < Number(offset))
      })
      if (isMissing) throw new Error('not confirmed')
    } catch (error) {
      if (this.#closing) throw closedError('consumer')
      this.#isDirty = true
      this.#assignment.countError()
      const text = `Expected ${this.#options.group} to commit, was refused: ${String(error)}`
      throw new BusError('unreachable', text, { retryable: true, cause: error })
    }
  }

  /** Waits for the answer to the commit under way, or until the consumer is closed. */
  async #answered(): Promise<void> {
    const request = this.#request
    if (request === undefined) return
    await within(COMMIT_MS, `commit of ${this.#options.group}`, request, { signal: this.#over.signal })
  }

  #committed({ payload }: ConsumerCommitOffsetsEvent): void {
    for (const { topic, partitions } of payload.topics) {
      for (const { partition, offset } of partitions) {
        const place = this.#assignment.at(topic, partition)
        if (place) place.committed = Number(offset)
      }
    }
  }

  #crashed(error: Error, isRestarted: boolean): void {
    if (this.#closing) return
    this.#assignment.countError()
    this.#log(isRestarted ? 'warn' : 'error', 'a consumer crashed', { error: String(error), ...hintOn(error) })
    if (!isRestarted && !this.#closing)
      this.#starting = this.#starting.then(() => delay(RESTART_MS, this.#over.signal)).then(() => this.#start())
  }

  #fail(failure: BusError): void {
    this.#failure = failure
    this.#log('error', 'a consumer cannot go on', { error: failure.message })
    this.#arrival.raise()
  }

  #isReady(): boolean {
    return this.#inbox.size > 0
  }

  #mustBeUsable(): void {
    if (this.#closing) throw closedError('consumer')
    if (this.#failure) throw this.#failure
  }

  #log(level: 'info' | 'warn' | 'error', message: string, context: Readonly<Record<string, unknown>>): void {
    this.#host.options.onLog?.(level, message, { group: this.#options.group, ...context })
  }
}
