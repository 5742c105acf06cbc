import { ConfigError } from '@triplane/config'

/**
 * A strategy of a user's folder cannot be used. The message says in which file: the values of its parameters that were refused, what was
 * expected and what was found; or why else.
 */
export class UserStrategyError extends ConfigError {
  constructor(file: string, why: string | ConfigError, cause?: unknown) {
    if (typeof why === 'string') super(file, [], { why, cause })
    else super(file, why.violations, { cause: why })
    this.name = 'UserStrategyError'
  }
}
