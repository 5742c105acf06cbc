/** The world failed: what a lib's `XError` looks like. `retryable` says whether the same call may succeed later. */
export interface Fault extends Error {
  readonly code: string
  readonly retryable: boolean
}

/** True for a fault; anything else that is thrown is a bug. */
export function isFault(error: unknown): error is Fault {
  return error instanceof Error && 'code' in error && 'retryable' in error && typeof error.retryable === 'boolean'
}
