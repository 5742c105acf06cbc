import type { TLSSocket } from 'node:tls'
import { BusError } from '../bus-error.ts'
import { causesOf } from './causes.ts'
import type { KafkaBusOptions, KafkaTls } from './kafka-options.ts'

/** kafkajs reports a connection that broke during login as a refusal, although the broker has not answered. */
const BROKEN_CONNECTION = /Closed connection|Connection (error|timeout|closed)|Not connected|timed out/

/** The broker's refusal of a user, a password or a mechanism, if `error` is one; otherwise undefined. */
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

/** Which side of a connection refused the other's certificate, if `error` says so; otherwise undefined. */
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
