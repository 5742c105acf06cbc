import { Deferred, Signal } from '@triplane/async'
import type Broker from 'kafkajs/src/broker/index.js'
import type Runner from 'kafkajs/src/consumer/runner.js'
import type { AssignedPartition } from './assigned-partition.ts'
import { throttleMsOf } from './fetch-answer.ts'
import { fetchApi, writeFetch } from './fetch-request.ts'
import { exchangeFrame } from './frame-exchange.ts'
import { BatchReader } from './record-batch.ts'
import { takeAnswer, type FetchSink } from './take-answer.ts'
import { TextCache } from './text-cache.ts'
import { unreadable } from './unreadable.ts'

/** Longest wait for room before a heartbeat is due. */
const HEARTBEAT_WAIT_MS = 250
/** What an answer may take beyond the time for which the broker holds it. */
const NETWORK_MS = 100
/** Which connection of a broker kafkajs reads by: on the other one groups and commits go. */
const READING = 1

/** The reads of one generation and one state of the metadata, until the first of them ends. */
interface Round {
  readonly metadata: unknown
  failure: Error | undefined
  isOver: boolean
}

/**
 * Reads the partitions of one member, in the place of kafkajs' `fetchManager`: a read is asked of each leader as soon as the
 * last one's records are in the sink, before anybody handles them.
 *
 * Invariants
 * 1. One read of a leader is under way at a time, and each partition is asked of one leader.
 * 2. While the sink has no room nothing is asked for; what was asked for still goes in.
 * 3. The member joins the group again only between rounds, when no read is under way: an answer belongs to the generation in which
 *    it was asked for.
 * 4. What fails ends the round, and kafkajs decides: it refreshes metadata, joins again, tries again or crashes.
 */
export class FetchLoop {
  readonly #runner: Runner
  readonly #sink: FetchSink
  readonly #batches = new BatchReader(new TextCache())
  readonly #stop = new Signal()
  #isStopping = false
  #ended: Promise<void> = Promise.resolve()
  #isBeating = false

  constructor(runner: Runner, sink: FetchSink) {
    this.#runner = runner
    this.#sink = sink
  }

  /** Reads until `stop`; rejects with what kafkajs' runner has to deal with. */
  async start(): Promise<void> {
    const ended = new Deferred()
    this.#ended = ended.promise
    this.#isStopping = false
    try {
      while (!this.#isStopping) await this.#read().catch((error: unknown) => this.#group.recoverFromFetch(error))
    } finally {
      ended.resolve()
    }
  }

  /** Resolves when no read is under way any more. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#stop.raise()
    await this.#ended
  }

  get #group(): Runner['consumerGroup'] {
    return this.#runner.consumerGroup
  }

  /** One round. */
  async #read(): Promise<void> {
    const leaders = await this.#leaders()
    if (leaders.size === 0) {
      await this.#stop.raisedWithin(this.#group.maxWaitTime)
      return this.#runner.heartbeat()
    }
    const round: Round = { metadata: this.#group.cluster.brokerPool.metadata, failure: undefined, isOver: false }
    const reads = Array.from(leaders, ([nodeId, places]) =>
      this.#readFrom(nodeId, places, round).catch((error: unknown) => fail(round, error)),
    )
    await Promise.all(reads)
    if (round.failure) throw round.failure
  }

  /** Our partitions by the broker that leads them, each with the offset to begin at. */
  async #leaders(): Promise<ReadonlyMap<string, readonly AssignedPartition[]>> {
    const { cluster, offsetManager } = this.#group
    await cluster.refreshMetadataIfNecessary()
    this.#group.checkForStaleAssignment()
    const places = this.#sink.owned()
    const unplaced = places.filter(({ askFrom }) => askFrom === undefined)
    if (unplaced.length > 0) await offsetManager.resolveOffsets()
    for (const place of unplaced) place.askFrom = Number(offsetManager.nextOffset(place.name, place.partition))

    const leaders = new Map<string, AssignedPartition[]>()
    for (const place of places) {
      for (const nodeId of Object.keys(cluster.findLeaderForPartitions(place.name, [place.partition]))) {
        const led = leaders.get(nodeId)
        if (led) led.push(place)
        else leaders.set(nodeId, [place])
      }
    }
    return leaders
  }

  async #readFrom(nodeId: string, places: readonly AssignedPartition[], round: Round): Promise<void> {
    const broker = await this.#group.cluster.findBroker({ nodeId })
    mustSpeak(broker)
    for (let first = 0; this.#goesOn(round); first = (first + 1) % places.length) {
      if (!this.#sink.hasRoom) await this.#sink.roomWithin(HEARTBEAT_WAIT_MS)
      else takeAnswer(await this.#ask(broker, places, first), this.#sink, this.#batches)
      this.#beat(round)
    }
  }

  #goesOn(round: Round): boolean {
    const { metadata, metadataExpireAt } = this.#group.cluster.brokerPool
    const isCurrent = metadata === round.metadata && metadataExpireAt !== null && Date.now() <= metadataExpireAt
    if (!isCurrent || this.#isStopping) round.isOver = true
    return !round.isOver
  }

  /** Asks for all partitions, another one first each time: an answer has only so much room. */
  async #ask(broker: Broker, places: readonly AssignedPartition[], first: number): Promise<Buffer> {
    const { maxWaitTime, minBytes, maxBytes, maxBytesPerPartition, isolationLevel } = this.#group
    const partitions = places.map((_, i) => {
      const { name, partition, askFrom = 0 } = places[(first + i) % places.length] as AssignedPartition
      return { topic: name, partition, offset: askFrom }
    })
    const request = { maxWaitTime, minBytes, maxBytes, maxBytesPerPartition, isolationLevel, partitions }
    try {
      const [, open] = broker.connectionPool.pool
      const connection = open.isConnected() ? open : await broker.connectionPool.getConnection(READING)
      const { clientId } = connection
      const payload = await exchangeFrame(connection, fetchApi, maxWaitTime + NETWORK_MS, (writer, correlationId) =>
        writeFetch(writer, { correlationId, clientId }, request),
      )
      connection.requestQueue.maybeThrottle(throttleMsOf(payload))
      return payload
    } catch (error) {
      if ((error as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect()
      throw error
    }
  }

  /** Sends a heartbeat when one is due, beside the reads. */
  #beat(round: Round): void {
    if (this.#isBeating || Date.now() < this.#group.lastRequest + this.#runner.heartbeatInterval) return
    this.#isBeating = true
    void this.#runner
      .heartbeat()
      .catch((error: unknown) => fail(round, error))
      .finally(() => (this.#isBeating = false))
  }
}

function fail(round: Round, error: unknown): void {
  round.failure ??= error as Error
  round.isOver = true
}

function mustSpeak({ versions, brokerAddress }: Broker): void {
  const { minVersion = 0, maxVersion = 0 } = versions[fetchApi.apiKey] ?? {}
  if (minVersion <= fetchApi.apiVersion && fetchApi.apiVersion <= maxVersion) return
  const was = `${minVersion} to ${maxVersion}`
  throw unreadable(`Expected ${brokerAddress} to speak Fetch ${fetchApi.apiVersion} (Kafka 2.3 or later), was ${was}`)
}
