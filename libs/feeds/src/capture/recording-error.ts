/**
 * The folder of a recording cannot be written (`unwritable`): retrying helps once there is space, or the right to write. Or a
 * sync of it failed (`unsynced`): it is unknown how much is on the disk.
 */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
  readonly code: 'unwritable' | 'unsynced'
  readonly retryable: boolean

  constructor(code: RecordingError['code'], folder: string, cause: unknown) {
    const doing = code === 'unwritable' ? 'record into' : 'sync the recording in'
    super(`Cannot ${doing} ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.code = code
    this.retryable = code === 'unwritable'
  }
}
