import { ConfigError } from '@triplane/config'

/** A strategy of a user's folder cannot be used. The message says in which file, what was expected and what was found. */
export class UserStrategyError extends ConfigError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('A strategy', [])
    this.name = 'UserStrategyError'
    this.message = message
    this.cause = options.cause
  }
}
