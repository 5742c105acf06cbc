/**
 * A failure of the outside world: the shape of a library's `XError`. `retryable` says whether the same call may succeed later.
 */
export interface Fault extends Error {
  readonly code: string
  readonly retryable: boolean
}

/** True for a fault; any other thrown value is a bug. */
export function isFault(error: unknown): error is Fault {
  return error instanceof Error && 'code' in error && 'retryable' in error && typeof error.retryable === 'boolean'
}
