import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { CliError, messageOf } from '../cli-error.ts'
import type { Environment } from '../environment.ts'
import { kafkaOptions } from './settings.ts'

/** A record as stored on the bus. */
export interface RawRecord {
  readonly topic: string
  readonly partition: number
  readonly key: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** Sends raw bytes; the bus only sends events. */
export interface RawProducer {
  /** Resolves when all records are in the log, in this order. Rejects with CliError; some may be in the log then. */
  send(records: readonly RawRecord[]): Promise<void>
  close(): Promise<void>
}

/** Connects to the services' Kafka. Rejects with CliError. */
export async function openRawProducer(environment: Environment): Promise<RawProducer> {
  const { brokers, clientId, tls, sasl } = await kafkaOptions(environment)
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    ...(tls && { ssl: { ...tls } }),
    ...(sasl && { sasl: { ...sasl } as never }),
    connectionTimeout: 1000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 8 },
    logLevel: logLevel.NOTHING,
  })
  // kafka.md: idempotent, one send in flight, no undeclared topics.
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await connected(brokers, () => producer.connect())
  return {
    async send(records) {
      for (const { topic, ...message } of records) {
        const taken = await connected(brokers, () => producer.send({ topic, acks: -1, messages: [{ ...message }] }))
        // kafkajs silently drops records for a missing partition.
        if (!taken.some(({ partition }) => partition === message.partition))
          throw new CliError(`Expected ${topic} to have a partition ${message.partition}, was not so: nothing was sent`)
      }
    },
    close: () => producer.disconnect(),
  }
}

async function connected<Result>(brokers: readonly string[], act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    throw new CliError(`Expected Kafka at ${brokers.join(', ')} to take records, was: ${messageOf(error)}`)
  }
}
