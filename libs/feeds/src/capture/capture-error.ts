/** The faults of a capture file. */
export type CaptureErrorCode =
  | 'not_found'
  | 'not_a_file'
  | 'unreadable'
  | 'empty'
  | 'corrupt_gzip'
  | 'not_a_capture'
  | 'unknown_venue'
  | 'mixed_venues'
  | 'not_supported'
  | 'not_understood'

/** A capture file that cannot be played. The message names the file and says "Expected X, was Y". Retrying does not help. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  readonly retryable = false
  readonly code: CaptureErrorCode

  constructor(code: CaptureErrorCode, path: string, problem: string, cause?: unknown) {
    super(`Capture ${path}: ${problem}`, { cause })
    this.code = code
  }
}
