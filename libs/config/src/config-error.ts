/** One invalid value. */
export interface Violation {
  /** Its path: `storage.batchSize`, `instruments[3].tickSize`. */
  readonly path: string
  /** The expected value. */
  readonly expected: string
  /** The found value, secrets masked. */
  readonly found: string
}

interface ConfigErrorOptions {
  readonly why?: string
  readonly cause?: unknown
}

/** Invalid configuration. The message names every violation. */
export class ConfigError extends Error {
  readonly code = 'invalid_config'
  readonly retryable = false
  readonly violations: readonly Violation[]

  /** `subject` is what is invalid: "The configuration", or a file. `why` is the reason if no value can be named. */
  constructor(subject: string, violations: readonly Violation[], { why, cause }: ConfigErrorOptions = {}) {
    const lines = violations.map(({ path, expected, found }) => `  ${path}: expected ${expected}, found ${found}`)
    super(why === undefined ? [`${subject} is not valid:`, ...lines].join('\n') : `${subject}: ${why}`, { cause })
    this.name = 'ConfigError'
    this.violations = violations
  }
}
