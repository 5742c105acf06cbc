import { types } from 'node:util'

/** What a user can put right: one message, no stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** 2: the command line or the settings are wrong. 1: what was asked for could not be done. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Where a command that lacks a setting has all of them. */
export function besideStack(command: string): string {
  return `Beside the compose stack: docker compose run --rm cli ${command}`
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  // Not instanceof: an error of fetch may be of another realm.
  return types.isNativeError(error) ? error.message || error.name : String(error)
}
