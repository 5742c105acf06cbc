import { types } from 'node:util'

/**
 * - `no_binary`: there is no embedded Postgres for this platform, or it is not installed
 * - `no_user`: running as root, and there is no unprivileged user to run Postgres as
 * - `folder_unusable`: the data folder cannot be used (rights, owner, version)
 * - `folder_busy`: another process uses the data folder, or the folder of waiting rows
 * - `start_failed`: initdb or the server ended; the message has the end of its log
 * - `unavailable`: the database does not answer
 * - `rejected`: the database refused a statement
 * - `migration_changed`: the schema was not made by this program's migrations
 * - `grade_lost`: the database was made with TimescaleDB's community licence, which the server no longer has
 * - `spill_failed`: a file of waiting rows or audit entries cannot be written or read; the disk, not the database
 * - `closed`: used after close
 */
export type StorageErrorCode =
  | 'no_binary'
  | 'no_user'
  | 'folder_unusable'
  | 'folder_busy'
  | 'start_failed'
  | 'unavailable'
  | 'rejected'
  | 'migration_changed'
  | 'grade_lost'
  | 'spill_failed'
  | 'closed'

/** A fault of the database, or of a file beside it. Only `unavailable` may be temporary. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  readonly retryable: boolean

  constructor(code: StorageErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.retryable = code === 'unavailable'
  }
}

/** SQLSTATEs of temporary faults: connection, rollback by conflict, no resources, operator intervention, not ready. */
const PASSING_STATE = /^(08|40|53|57P|55P03)/
const PASSING_SYSTEM_ERROR = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)/
const PASSING_MESSAGE = /connection terminated|connection error|not queryable|timeout/i
const SQL_STATE = /^[0-9A-Z]{5}$/

/** The fault behind `error`, which the Postgres client threw while `doing`. Rethrows other errors: our bugs. */
export function storageFault(error: unknown, doing: string): StorageError {
  if (error instanceof StorageError) return error
  if (!types.isNativeError(error)) throw error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const message = `Expected to ${doing}: ${error.message || code}`
  if (PASSING_STATE.test(code) || PASSING_SYSTEM_ERROR.test(code))
    return new StorageError('unavailable', message, error)
  if (SQL_STATE.test(code)) return new StorageError('rejected', message, error)
  if (PASSING_MESSAGE.test(error.message)) return new StorageError('unavailable', message, error)
  throw error
}

/** SQLSTATEs of a server that no longer admits us, has no such database, or is read-only: an operator must act. */
const SHUT_STATE = /^(28|3D|25006)/

/** Whether to keep rows for later rather than give them up: the fault is temporary, or affects the whole server. */
export function isDatabaseAway({ retryable, cause }: StorageError): boolean {
  return retryable || (types.isNativeError(cause) && 'code' in cause && SHUT_STATE.test(String(cause.code)))
}
