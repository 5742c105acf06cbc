import { ConfigError } from '@triplane/config'

/**
 * A strategy of a user's folder cannot be used. The message names the file and the refused parameters, with what was
 * expected and found, or another reason.
 */
export class UserStrategyError extends ConfigError {
  constructor(file: string, why: string | ConfigError, cause?: unknown) {
    if (typeof why === 'string') super(file, [], { why, cause })
    else super(file, why.violations, { cause: why })
    this.name = 'UserStrategyError'
  }
}
