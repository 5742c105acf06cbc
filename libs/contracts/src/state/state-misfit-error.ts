/** Saved state does not fit what this start is configured with: it cannot be gone on from. The message says in what. */
export class StateMisfitError extends Error {
  override readonly name = 'StateMisfitError'
  readonly code = 'state_misfit'
  readonly retryable = false
}
