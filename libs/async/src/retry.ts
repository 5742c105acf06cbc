import { Backoff, type BackoffLimits } from './backoff.ts'
import { delay } from './delay.ts'

interface RetryOptions {
  readonly backoff: BackoffLimits
  /** Called with each failure and the wait that follows. Throwing ends the retries: the failure is permanent. */
  readonly onFailure: (error: unknown, waitMs: number) => void
}

/**
 * Calls `act` until it succeeds, with growing waits in between, and returns its result. Returns undefined when the signal
 * aborts first: that ends a wait at once, stops the calls, and later failures are not reported.
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
