/** Saved state does not fit the configuration of this start, so the run cannot resume from it. The message says how. */
export class StateMisfitError extends Error {
  override readonly name = 'StateMisfitError'
  readonly code = 'state_misfit'
  readonly retryable = false
}
