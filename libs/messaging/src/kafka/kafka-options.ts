import type { Topic } from '@triplane/contracts'
import type { BusError } from '../bus-error.ts'

/** Log levels of the bus. What kafkajs retries by itself is a warning. */
export type KafkaLogLevel = 'debug' | 'info' | 'warn' | 'error'

/** TLS to the brokers. Texts in PEM; without `ca` the machine's own authorities apply. */
export interface KafkaTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** Name on the brokers' certificate when it differs from the host's. */
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
  /** `host:port` of at least one broker. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** TLS when given; an empty object is TLS with the defaults. */
  readonly tls?: KafkaTls
  readonly sasl?: KafkaSasl
  /** Stamps `tsSentUs`, and lag is measured against it: wall time, microseconds. */
  readonly nowUs: () => number
  /** Partitions of a topic to create; default one, because every read asks for each partition. */
  readonly partitions?: (topic: Topic) => number
  /** Copies of a topic to create; default 1. */
  readonly replicationFactor?: number
  /** Called with log entries of the bus and of kafkajs; the same entry of the same client at most every 10 s. */
  readonly onLog?: (level: KafkaLogLevel, message: string, context: Readonly<Record<string, unknown>>) => void
  /** Called once when a producer may send nothing more (`out_of_order`): a reason to stop trading. */
  readonly onFatal?: (error: BusError) => void
  /** Prefix of every topic and group name on the broker. For tests that share a broker; not used otherwise. */
  readonly topicPrefix?: string
  /** `gzip` compresses a request of at least `compressFromBytes`; default `none` (ADR 9). */
  readonly compression?: 'none' | 'gzip'
  /** Default 16 KiB. */
  readonly compressFromBytes?: number
  /** A producer's buffer limit, beyond which `send` throws `buffer_full`; defaults: 65,536 events, 64 MiB. */
  readonly maxBufferedEvents?: number
  readonly maxBufferedBytes?: number
  /** A consumer's inbox limit, at which it asks for no more; defaults: 20,000 records, 64 MiB. An answer under way still goes in. */
  readonly maxInboxRecords?: number
  readonly maxInboxBytes?: number
  /** How long the first connection may take; default 30 s. */
  readonly connectTimeoutMs?: number
  /** How long an answer may take before the connection counts as dead; default 10 s. */
  readonly requestTimeoutMs?: number
  /** How long a member of a group may go without a heartbeat before the group drops it; default 10 s. */
  readonly sessionTimeoutMs?: number
  /** How long `close` waits for unsent records; default 5 s. The rest of closing takes at most 4 s. */
  readonly closeTimeoutMs?: number
}
