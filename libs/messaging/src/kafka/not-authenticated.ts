import type { TLSSocket } from 'node:tls'
import { BusError } from '../bus-error.ts'
import { causesOf } from './causes.ts'
import type { KafkaBusOptions, KafkaTls } from './kafka-options.ts'

/** kafkajs tells a connection that broke while it logged in as a refusal; the broker has said nothing then. */
const BROKEN_CONNECTION = /Closed connection|Connection (error|timeout|closed)|Not connected|timed out/

/** The broker's refusal of a user, a password or a mechanism, where `error` is that; else undefined. */
export function refusedLogin(error: unknown, { brokers, sasl }: KafkaBusOptions): BusError | undefined {
  for (const each of causesOf(error)) {
    const { name, type, message } = each as { name?: string; type?: string; message?: string }
    const isRefusal = name === 'KafkaJSSASLAuthenticationError' || type === 'UNSUPPORTED_SASL_MECHANISM'
    if (!isRefusal || message === undefined || BROKEN_CONNECTION.test(message)) continue
    const user = `the user ${sasl?.username} by ${sasl?.mechanism.toUpperCase()}`
    return notAuthenticated(`Expected Kafka at ${brokers.join(', ')} to admit ${user}, was "${message}"`, error)
  }
  return undefined
}

/** Which side of a connection did not trust the other's certificate, where `error` is that; else undefined. */
export function refusedCertificate(socket: TLSSocket, error: Error, to: string, tls: KafkaTls): BusError | undefined {
  const { code, reason = error.message } = error as Error & { readonly code?: string; readonly reason?: string }
  if (socket.authorizationError) {
    const authority = tls.ca === undefined ? 'an authority that this machine trusts' : 'the given authority'
    return notAuthenticated(
      `Expected Kafka at ${to} to show a certificate of its name by ${authority}, was "${reason}"`,
      error,
    )
  }
  if (code === undefined || !/^ERR_SSL_.*ALERT/.test(code)) return undefined
  const shown = tls.cert === undefined ? 'us without a certificate' : 'our certificate'
  return notAuthenticated(`Expected Kafka at ${to} to take ${shown}, was "${reason}"`, error)
}

function notAuthenticated(message: string, cause: unknown): BusError {
  return new BusError('not_authenticated', message, { retryable: false, cause })
}
