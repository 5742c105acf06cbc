/**
 * - `enforce_failed`: the plane did not take the order; a bug
 * - `file_failed`: the halt file could not be written, in time or at all
 * - `publish_failed`: the bus refused the order
 * - `audit_failed`: the audit row was not committed in time or at all
 */
export type ControlErrorCode = 'enforce_failed' | 'file_failed' | 'publish_failed' | 'audit_failed'

/** A fault while carrying out an operator's order. Whatever could be done was done. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly code: ControlErrorCode
  readonly retryable: boolean

  constructor(code: ControlErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.retryable = code !== 'enforce_failed'
  }
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
