import { Backoff, type BackoffLimits } from './backoff.ts'
import { delay } from './delay.ts'

interface RetryOptions {
  readonly backoff: BackoffLimits
  /** Told of each failure and of the wait after it. What it throws ends the tries: a failure that will not pass. */
  readonly onFailure: (error: unknown, waitMs: number) => void
}

/**
 * What `act` gives when it succeeds; until then it is called again after a growing wait. Undefined when the signal aborts
 * before: that ends a wait at once, `act` is not called any more, and a failure after it is not told.
 */
export async function retry<T>(
  act: () => Promise<T>,
  options: RetryOptions & { readonly signal: AbortSignal },
): Promise<T | undefined>
export async function retry<T>(act: () => Promise<T>, options: RetryOptions): Promise<T>
export async function retry<T>(
  act: () => Promise<T>,
  { backoff: limits, onFailure, signal }: RetryOptions & { readonly signal?: AbortSignal },
): Promise<T | undefined> {
  const backoff = new Backoff(limits)
  while (!signal?.aborted) {
    try {
      return await act()
    } catch (error) {
      if (signal?.aborted) break
      const waitMs = backoff.next()
      onFailure(error, waitMs)
      await delay(waitMs, signal)
    }
  }
  return undefined
}
