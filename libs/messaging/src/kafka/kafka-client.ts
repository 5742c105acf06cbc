import { Kafka, logLevel, type LogEntry } from 'kafkajs'
import { patchReconnect } from './fresh-connection.ts'
import type { KafkaBusOptions, KafkaLogLevel } from './kafka-options.ts'
import { patchProduce } from './one-pass-produce.ts'
import { patchFetch } from './own-fetch.ts'
import { patchEnds } from './read-uncommitted.ts'
import { throttleRequestQueue } from './request-queue.ts'
import { Sockets, type SocketsObserver } from './sockets.ts'

/** Practically forever: kafkajs retries until it is closed. */
const MANY_RETRIES = Number.MAX_SAFE_INTEGER

/** Retry settings of kafkajs, for a client, its producers and its consumers alike. */
export const retry = { initialRetryTime: 50, maxRetryTime: 1000, retries: MANY_RETRIES } as const

const levels: ReadonlyMap<logLevel, KafkaLogLevel> = new Map([
  [logLevel.ERROR, 'warn'],
  [logLevel.WARN, 'warn'],
  [logLevel.INFO, 'debug'],
  [logLevel.DEBUG, 'debug'],
])

/** The kafkajs event for a request that was not answered in time. */
interface RequestTimedOut {
  readonly payload: { readonly broker: string; readonly apiName: string }
}

/** A client with sockets of its own. Producers, consumers and the administrator have one each. */
export interface KafkaClient {
  readonly kafka: Kafka
  readonly sockets: Sockets
  /**
   * The watchdog: kafkajs does not notice a vanished connection; its requests time out one after the other. So the first
   * timeout ends the connection; kafkajs makes a new one and sends the same requests again.
   */
  readonly onRequestTimeout: (event: RequestTimedOut) => void
}

export interface KafkaClientObserver extends SocketsObserver {
  /** Called when a connection is dropped. */
  readonly onReset: () => void
}

export function createKafkaClient(
  options: KafkaBusOptions,
  role: string,
  { onReset, ...observer }: KafkaClientObserver,
): KafkaClient {
  throttleRequestQueue()
  patchReconnect()
  patchProduce()
  patchFetch()
  patchEnds()
  const { brokers, clientId, tls, sasl, onLog, requestTimeoutMs = 10_000 } = options
  const sockets = new Sockets(observer)
  const kafka = new Kafka({
    // None for a closed client: that ends the retries of kafkajs, which would otherwise last as long as the process.
    brokers: () => (sockets.isClosed ? [] : [...brokers]),
    clientId: `${clientId}-${role}`,
    ...(tls && { ssl: { ...tls } }),
    ...(sasl && { sasl: { ...sasl } as never }),
    connectionTimeout: 1000,
    requestTimeout: requestTimeoutMs,
    retry: { ...retry },
    socketFactory: sockets.create,
    logLevel: onLog ? logLevel.INFO : logLevel.NOTHING,
    logCreator: () => createLog(role, onLog),
  })
  return {
    kafka,
    sockets,
    onRequestTimeout({ payload: { broker, apiName } }) {
      onLog?.('warn', 'no answer came in time: the connection is given up', { role, broker, request: apiName })
      onReset()
      sockets.drop(`No answer to ${apiName} within ${requestTimeoutMs} ms`, broker)
    },
  }
}

/** Forwards the log entries of kafkajs. */
function createLog(role: string, onLog: KafkaBusOptions['onLog']): (entry: LogEntry) => void {
  return ({ level, namespace, log }) => {
    const { message, timestamp: _at, logger: _logger, stack: _stack, ...context } = log
    onLog?.(levels.get(level) ?? 'debug', message, { ...context, role, part: namespace })
  }
}
