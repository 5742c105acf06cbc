/** `closed`: used after close. `buffer_full`: the sender ignored back-pressure until the producer's buffer was full. */
export type BusErrorCode = 'closed' | 'buffer_full'

/** A fault of the bus. */
export class BusError extends Error {
  override readonly name = 'BusError'
  readonly code: BusErrorCode
  readonly retryable: boolean

  constructor(code: BusErrorCode, message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable
  }
}
