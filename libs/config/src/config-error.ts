/** One value that is not as it has to be. */
export interface Violation {
  /** Where: `storage.batchSize`, `instruments[3].tickSize`. */
  readonly path: string
  /** What should be there. */
  readonly expected: string
  /** What is there, secrets masked. */
  readonly found: string
}

interface ConfigErrorOptions {
  readonly why?: string
  readonly cause?: unknown
}

/** Configuration that cannot be used. The message names every violation. */
export class ConfigError extends Error {
  readonly code = 'invalid_config'
  readonly retryable = false
  readonly violations: readonly Violation[]

  /** `subject` is what is not valid: "The configuration", or a file. `why` says it where no value of it can be named. */
  constructor(subject: string, violations: readonly Violation[], { why, cause }: ConfigErrorOptions = {}) {
    const lines = violations.map(({ path, expected, found }) => `  ${path}: expected ${expected}, found ${found}`)
    super(why === undefined ? [`${subject} is not valid:`, ...lines].join('\n') : `${subject}: ${why}`, { cause })
    this.name = 'ConfigError'
    this.violations = violations
  }
}
