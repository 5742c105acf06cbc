/**
 * - `unavailable`: Redis does not answer
 * - `rejected`: Redis refused a command: password, memory, rights
 * - `closed`: read after close
 */
export type StateErrorCode = 'unavailable' | 'rejected' | 'closed'

/** A fault of the latest state. `unavailable` is transient. */
export class StateError extends Error {
  override readonly name = 'StateError'
  readonly code: StateErrorCode
  readonly retryable: boolean

  constructor(code: StateErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.retryable = code === 'unavailable'
  }
}

/** The client's messages without a connection, which mention its options. */
const NO_CONNECTION = /enableOfflineQueue|maxRetriesPerRequest/

/** Converts an error of the Redis client, thrown while `doing`. */
export function stateFault(error: unknown, doing: string): StateError {
  if (error instanceof StateError) return error
  // The client's connection errors may be aggregates, whose own message is empty.
  const { name, message, code } = error as { readonly name?: string; readonly message?: string; readonly code?: string }
  const rejected = name === 'ReplyError' && !/^LOADING/.test(message ?? '')
  const said = message !== undefined && message !== '' ? message : (code ?? String(error))
  const why = NO_CONNECTION.test(said) ? 'without a connection' : said
  return new StateError(rejected ? 'rejected' : 'unavailable', `Expected to ${doing}, was ${why}`, error)
}
