/** The folder of a recording cannot be written. Trying again helps once there is space, or the right to write. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
  readonly code = 'unwritable'
  readonly retryable = true

  constructor(folder: string, cause: unknown) {
    super(`Expected to record into ${folder}, was ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
