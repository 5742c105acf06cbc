import { readFileSync } from 'node:fs'
import { types } from 'node:util'
import { CliError } from './cli-error.ts'

/** The variables of the shell. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The first of these variables that is set, or whose `<NAME>_FILE` names a file with its value; trimmed. */
export function secretFrom(environment: Environment, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = environment[name]?.trim()
    if (value) return value
    const file = environment[`${name}_FILE`]
    if (file) return readSecret(file, `${name}_FILE`)
  }
  return undefined
}

/** Reads a secret file. `from` names the source of its path. */
export function readSecret(file: string, from: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    // Leaves the message out: it contains the path, which may be the secret itself, given by mistake.
    const code = types.isNativeError(error) && 'code' in error ? String(error.code) : 'none'
    throw new CliError(`Cannot read the file of ${from}: ${code}`, 2)
  }
  if (text === '') throw new CliError(`Expected a secret in the file of ${from}, was nothing`, 2)
  return text
}
