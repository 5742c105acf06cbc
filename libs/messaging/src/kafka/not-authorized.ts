import { BusError } from '../bus-error.ts'
import { causesOf } from './causes.ts'
import type { KafkaBusOptions } from './kafka-options.ts'

const REFUSALS = /^(TOPIC|GROUP|CLUSTER|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED$/

/** The broker's refusal of something that its user has no right to, if `error` is one; otherwise undefined. */
export function refusedRight(error: unknown, { brokers, sasl }: KafkaBusOptions): BusError | undefined {
  for (const each of causesOf(error)) {
    const { errors = [] } = each as { errors?: readonly unknown[] }
    for (const one of [each, ...errors]) {
      const { type, message } = one as { type?: string; message?: string }
      if (type === undefined || !REFUSALS.test(type)) continue
      const user = sasl === undefined ? 'a user without a name' : `the user ${sasl.username}`
      const text = `Expected Kafka at ${brokers.join(', ')} to give ${user} the topics and its rights, was "${message}"`
      const remedy = '`triplane kafka prepare`, as a user who may, makes the topics and gives the rights.'
      return new BusError('not_authorized', `${text}. ${remedy}`, { retryable: false, cause: error })
    }
  }
  return undefined
}
