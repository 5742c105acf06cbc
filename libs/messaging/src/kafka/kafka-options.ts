import type { Topic } from '@triplane/contracts'
import type { BusError } from '../bus-error.ts'

/** Levels of what the bus says. What kafkajs tries again by itself is a warning. */
export type KafkaLogLevel = 'debug' | 'info' | 'warn' | 'error'

/** TLS to the brokers. Texts in PEM; without `ca` the machine's own authorities are asked. */
export interface KafkaTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** Name on the brokers' certificate where it is not the host's. */
  readonly servername?: string
  /** False accepts any certificate. */
  readonly rejectUnauthorized?: boolean
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface KafkaBusOptions {
  /** `host:port` of one broker or more. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** TLS where it is given; an empty object is TLS with the defaults. */
  readonly tls?: KafkaTls
  readonly sasl?: KafkaSasl
  /** Stamps `tsSentUs` and is what lag is measured against: wall time, microseconds. */
  readonly nowUs: () => number
  /** Partitions of a topic that has to be created; one unless told otherwise: every read asks for each partition. */
  readonly partitions?: (topic: Topic) => number
  /** Copies of a topic that has to be created, 1. */
  readonly replicationFactor?: number
  /** Told what the bus and kafkajs say; the same of the same client at most every 10 s. */
  readonly onLog?: (level: KafkaLogLevel, message: string, context: Readonly<Record<string, unknown>>) => void
  /** Told once when a producer may send nothing more (`out_of_order`): a reason to stop trading. */
  readonly onFatal?: (error: BusError) => void
  /** Prefix of every name of a topic or group on the broker. For tests, which share a broker; nothing else sets it. */
  readonly topicPrefix?: string
  /** How long events of batched topics wait for others before they are sent, 2 ms. Single records never wait. */
  readonly lingerMs?: number
  /** `gzip` packs what is sent at once when it is at least `compressFromBytes` long; `none` by default (ADR 9). */
  readonly compression?: 'none' | 'gzip'
  /** 16 KiB. */
  readonly compressFromBytes?: number
  /** What one producer may have waiting before `send` throws `buffer_full`: 65,536 events, 64 MiB. */
  readonly maxBufferedEvents?: number
  readonly maxBufferedBytes?: number
  /** What a consumer holds ready before it stops reading: 20,000 records, 64 MiB. */
  readonly maxInboxRecords?: number
  readonly maxInboxBytes?: number
  /** How long the first connection may take, 30 s. */
  readonly connectTimeoutMs?: number
  /** An answer that is not there after this time means that the connection is dead, 10 s. */
  readonly requestTimeoutMs?: number
  /** After this time without a heartbeat a member of a group is given up, 10 s. */
  readonly sessionTimeoutMs?: number
  /** How long `close` waits for what is still to be sent, 5 s. The rest of closing takes 4 s at most. */
  readonly closeTimeoutMs?: number
}
