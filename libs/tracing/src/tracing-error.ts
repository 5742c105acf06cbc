/** Tracing cannot be set up: `bad_endpoint`, the endpoint is not a URL of http or https. */
export class TracingError extends Error {
  override readonly name = 'TracingError'
  readonly code = 'bad_endpoint'
  readonly retryable = false
}
