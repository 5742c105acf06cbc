/** Tracing cannot be set up: `bad_endpoint`, the endpoint is not an http or https URL. */
export class TracingError extends Error {
  override readonly name = 'TracingError'
  readonly code = 'bad_endpoint'
  readonly retryable = false
}
