import { readFileSync } from 'node:fs'
import { retry } from '@triplane/async'
import { isFault, type Clock } from '@triplane/kernel'
import type { Logger } from '@triplane/logging'
import { createKafkaBus, type KafkaBus, type KafkaBusOptions, type KafkaTls } from '@triplane/messaging'
import { listOf, type ServiceConfig } from '../service-config.ts'

const RETRY_MS = 1000
/** Logs one of so many failures. */
const SAY_EVERY = 10

export interface KafkaConnection {
  readonly config: ServiceConfig['kafka']
  readonly clientId: string
  readonly logger: Logger
  readonly clock: Clock
  /** The bus is broken for good: messages may be out of order. */
  readonly onFatal: (error: Error) => void
}

/**
 * Connects to Kafka, with retries; undefined when `stopping` aborts first. Rejects when retries cannot help: wrong
 * passwords, certificates, rights or topics.
 */
export async function connectKafka(
  { config, clientId, logger, clock, onFatal }: KafkaConnection,
  stopping: AbortSignal,
): Promise<KafkaBus | undefined> {
  const options = { ...kafkaOptionsOf(config, clientId), nowUs: () => clock.nowUs(), onFatal, onLog: logTo(logger) }
  let failures = 0
  if (config.username === undefined && config.certificateFile === undefined)
    logger.warning('Kafka asks nobody who is there: whoever reaches it can write what only a plane may', {
      brokers: config.brokers,
    })
  return retry(() => createKafkaBus(options), {
    backoff: { firstMs: RETRY_MS, longestMs: RETRY_MS },
    signal: stopping,
    onFailure(error) {
      if (isFault(error) && !error.retryable) throw error
      if (failures++ % SAY_EVERY === 0)
        logger.warning('Kafka does not answer; retrying', { brokers: config.brokers, error })
    },
  })
}

/** The bus retries by itself; the warning tells the operator why it waits. */
function logTo(logger: Logger): NonNullable<KafkaBusOptions['onLog']> {
  const kafka = logger.child('kafka')
  const methods = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const
  return (level, message, context) => kafka[methods[level]](message, context)
}

/** The Kafka connection of the settings. */
export function kafkaOptionsOf(config: ServiceConfig['kafka'], clientId: string): Omit<KafkaBusOptions, 'nowUs'> {
  const { brokers, tls, username, password = '', saslMechanism: mechanism, replicas, marketPartitions } = config
  return {
    brokers: listOf(brokers),
    clientId,
    ...(tls && { tls: tlsOf(config) }),
    ...(username !== undefined && { sasl: { mechanism, username, password } }),
    replicationFactor: replicas,
    partitions: ({ batched }) => (batched ? marketPartitions : 1),
  }
}

function tlsOf({ caFile, certificateFile, keyFile }: ServiceConfig['kafka']): KafkaTls {
  return {
    ...(caFile !== undefined && { ca: readFileSync(caFile, 'utf8') }),
    ...(certificateFile !== undefined && { cert: readFileSync(certificateFile, 'utf8') }),
    ...(keyFile !== undefined && { key: readFileSync(keyFile, 'utf8') }),
  }
}
