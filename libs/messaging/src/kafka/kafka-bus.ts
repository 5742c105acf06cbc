import type { Topic } from '@triplane/contracts'
import { closedError } from '../bus-error.ts'
import type { Bus } from '../bus.ts'
import { throttleLog } from './throttle-log.ts'
import { createKafkaClient } from './kafka-client.ts'
import { KafkaConsumer } from './kafka-consumer.ts'
import type { KafkaBusOptions } from './kafka-options.ts'
import { KafkaProducer } from './kafka-producer.ts'
import { ensureTopics } from './kafka-topics.ts'
import { refusedLogin } from './not-authenticated.ts'
import { refusedRight } from './not-authorized.ts'
import { persistently, within } from './time-limit.ts'

/** How long a broker may take to answer a request for metadata or ends. */
const ANSWER_MS = 5000
/**
 * How long a sign of life from a broker counts as an answer: health is checked every second, and need not query a busy broker.
 */
const HEARD_MS = 1000

/** A bus on Kafka. Its records carry raw bytes, which `decodeRecord` decodes to events. */
export interface KafkaBus extends Bus<Buffer> {
  /**
   * Resolves when a broker sent anything within the last second and no connection has ended since, or when one answers a
   * request for metadata; otherwise rejects with `unreachable`. For health.
   */
  ping(): Promise<void>
  /** Connections dropped for lack of an answer, since the start. */
  readonly reconnects: number
}

/**
 * Connects, creates the missing topics of `contracts`, and reads their partitions. Rejects with `unreachable` when no broker
 * answers in time, at once with `not_authenticated`, `not_authorized` (a topic is missing and may not be made), and with
 * `wrong_topic_settings`.
 */
export async function createKafkaBus({ onLog, ...given }: KafkaBusOptions): Promise<KafkaBus> {
  const options = onLog === undefined ? given : { ...given, onLog: throttleLog(onLog) }
  const { connectTimeoutMs = 30_000 } = options
  let reconnects = 0
  let heardMs = -Infinity
  const observer = {
    onHeard: () => void (heardMs = performance.now()),
    onClosed: () => void (heardMs = -Infinity),
    onReset: () => void reconnects++,
  }
  const connectClient = (role: string) => createKafkaClient(options, role, observer)

  const { kafka, sockets, onRequestTimeout } = connectClient('admin')
  const admin = kafka.admin()
  admin.on(admin.events.REQUEST_TIMEOUT, onRequestTimeout)
  const whyLate = () => sockets.failure
  async function begin() {
    try {
      await admin.connect()
      return await ensureTopics(admin, options)
    } catch (error) {
      throw refusedLogin(error, options) ?? refusedRight(error, options) ?? error
    }
  }
  const topics = await persistently(
    connectTimeoutMs,
    'connect and create topics',
    () => sockets.unlessRefused(begin()),
    whyLate,
  ).catch((error: unknown) => {
    sockets.close()
    throw error
  })

  const producers = new Set<KafkaProducer>()
  const consumers = new Set<KafkaConsumer>()
  let pinging: Promise<unknown> | undefined
  let closing: Promise<void> | undefined

  async function endsNow(wanted: readonly Topic[]) {
    const ends = await Promise.all(wanted.map((topic) => admin.fetchTopicOffsets(topics.nameOf(topic))))
    return ends.flatMap((partitions, i) =>
      partitions
        .map(({ partition, low, high }) => ({
          topic: wanted[i] as Topic,
          partition,
          low: Number(low),
          high: Number(high),
        }))
        .sort((a, b) => a.partition - b.partition),
    )
  }
  const endsOf = (wanted: readonly Topic[]) =>
    persistently(connectTimeoutMs, 'ends of topics', () => endsNow(wanted), whyLate)
  const host = { options, topics, connect: connectClient, endsOf }

  async function close(): Promise<void> {
    await Promise.all([...consumers].map((consumer) => consumer.close()))
    await Promise.all([...producers].map((producer) => producer.close()))
    await within(1000, 'disconnect', admin.disconnect()).catch(() => undefined)
    sockets.close()
  }

  function mustBeOpen(): void {
    if (closing) throw closedError('bus')
  }

  return {
    producer(producerOptions) {
      mustBeOpen()
      const producer = new KafkaProducer(producerOptions, { ...host, left: (left) => void producers.delete(left) })
      producers.add(producer)
      return producer
    },

    consumer(consumerOptions) {
      mustBeOpen()
      const consumer = new KafkaConsumer(consumerOptions, { ...host, left: (left) => void consumers.delete(left) })
      consumers.add(consumer)
      return consumer
    },

    partitionsOf: (topic) => topics.partitionsOf(topic),

    async endOf(wanted) {
      mustBeOpen()
      const ends = await endsOf(wanted)
      return ends.map(({ topic, partition, high }) => ({ topic: topic.name, partition, offset: high }))
    },

    async oldestOf(wanted) {
      mustBeOpen()
      const ends = await endsOf(wanted)
      return ends.map(({ topic, partition, low }) => ({ topic: topic.name, partition, offset: low }))
    },

    async ping() {
      mustBeOpen()
      if (performance.now() - heardMs < HEARD_MS) return
      // One at a time: kafkajs keeps retrying a broker that is down.
      pinging ??= admin.describeCluster().finally(() => (pinging = undefined))
      await within(ANSWER_MS, 'metadata', pinging, { whyLate })
    },

    get reconnects() {
      return reconnects
    },

    close() {
      closing ??= close()
      return closing
    },
  }
}
