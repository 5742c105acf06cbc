import { types } from 'node:util'

/** A problem that the user can fix: one message, no stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** 2: the command line or the settings are wrong. 1: the command failed. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Where a command without a required setting lists all of them. */
export function besideStack(command: string): string {
  return `Beside the compose stack: docker compose run --rm cli ${command}`
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  // Not instanceof: an error of fetch may come from another realm.
  return types.isNativeError(error) ? error.message || error.name : String(error)
}
