import { retry, TimeoutError, withTimeout } from '@triplane/async'
import { BusError } from '../bus-error.ts'

/** The known reason for a missing answer. */
type WhyLate = () => Error | undefined

interface Limit {
  readonly whyLate?: WhyLate
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal
}

/** Waits between retries of Kafka requests. */
export const kafkaBackoff = { firstMs: 50, longestMs: 1000 } as const

/** Rejects with `unreachable` when `work` fails or has not ended after `ms`. The work itself goes on. */
export async function within<T>(
  ms: number,
  what: string,
  work: Promise<T>,
  { whyLate, signal }: Limit = {},
): Promise<T> {
  try {
    return await withTimeout(work, { ms, what: 'an answer', signal })
  } catch (error) {
    if (error instanceof TimeoutError) throw unreachable(`${what} within ${Math.round(ms)} ms`, whyLate?.())
    throw error instanceof BusError ? error : unreachable(what, error)
  }
}

/** Retries `act` for at most `ms` while Kafka is unreachable. */
export function persistently<T>(ms: number, what: string, act: () => Promise<T>, whyLate?: WhyLate): Promise<T> {
  const until = performance.now() + ms
  const attempt = () => within(Math.max(1, until - performance.now()), what, act(), whyLate && { whyLate })
  return retry(attempt, {
    backoff: kafkaBackoff,
    onFailure(error, waitMs) {
      const isUnreachable = error instanceof BusError && error.code === 'unreachable'
      if (!isUnreachable || performance.now() + waitMs >= until) throw error
    },
  })
}

function unreachable(what: string, cause?: unknown): BusError {
  const { message } = (cause ?? {}) as { readonly message?: string }
  const was = message === undefined ? 'was silent' : `was "${message}"`
  return new BusError('unreachable', `Expected Kafka to answer (${what}), ${was}`, { retryable: true, cause })
}
