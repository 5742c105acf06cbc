/** One value that is not as it has to be. */
export interface Violation {
  /** Where: `storage.batchSize`, `instruments[3].tickSize`. */
  readonly path: string
  /** What should be there. */
  readonly expected: string
  /** What is there, secrets masked. */
  readonly found: string
}

/** Configuration that cannot be used. The message names every violation. */
export class ConfigError extends Error {
  readonly code = 'invalid_config'
  readonly retryable = false
  readonly violations: readonly Violation[]

  /** `subject` is what is not valid: "The configuration", or a file. */
  constructor(subject: string, violations: readonly Violation[]) {
    const lines = violations.map(({ path, expected, found }) => `  ${path}: expected ${expected}, found ${found}`)
    super([`${subject} is not valid:`, ...lines].join('\n'))
    this.name = 'ConfigError'
    this.violations = violations
  }
}
