/**
 * `closed`: used after close. `buffer_full`: the sender ignored back-pressure until the producer's buffer was full.
 * `too_large`: an event is larger than a record may be. `unreachable`: the broker did not answer in time. `not_authenticated`:
 * the broker refuses the user, password or certificate, or we refuse its certificate. `not_authorized`: the broker knows the
 * user, who has no right to what was asked. `out_of_order`: the broker saw a hole in
 * the producer's records, or has fenced it; the producer may send nothing more. `position_lost`: the consumer's start position
 * is behind the end of the log, so the log is another one. `wrong_topic_settings`: a topic exists with settings under which it
 * would lose records that it must keep.
 */
export type BusErrorCode =
  | 'closed'
  | 'buffer_full'
  | 'too_large'
  | 'unreachable'
  | 'not_authenticated'
  | 'not_authorized'
  | 'out_of_order'
  | 'position_lost'
  | 'wrong_topic_settings'

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

/** A bus, producer or consumer was used after it was closed. */
export function closedError(what: 'bus' | 'producer' | 'consumer'): BusError {
  return new BusError('closed', `Expected an open ${what}, was closed`, { retryable: false })
}
