import { ConfigError } from '@triplane/config'
import { MetricsServerError } from '@triplane/metrics'

/** The world failed in a way that a restart may mend; not a bug of ours. */
export function isExpected(error: unknown): error is Error {
  if (error instanceof MetricsServerError || error instanceof ConfigError) return true
  return error instanceof Error && 'code' in error && 'retryable' in error
}
