import { CliError } from '../cli-error.ts'
import type { Environment } from '../environment.ts'
import { readSecret, secretFrom } from '../environment.ts'

/** The compose stack's `.env` calls the token of `operator` `TRIPLANE_OPERATOR_TOKEN`. */
const VARIABLES = ['TRIPLANE_TOKEN', 'TRIPLANE_OPERATOR_TOKEN']

/** Characters allowed in a header; otherwise the client's error message would show the token. */
const TOKEN = /^[\x21-\x7e]+$/

/**
 * The operator's token: from the file that a flag names, otherwise from the environment. Throws CliError when there is none.
 */
export function operatorToken(environment: Environment, tokenFile: string | undefined): string {
  const token = tokenFile === undefined ? secretFrom(environment, VARIABLES) : readSecret(tokenFile, '--token-file')
  if (token === undefined)
    throw new CliError(
      "Expected an operator's token in TRIPLANE_TOKEN, TRIPLANE_TOKEN_FILE or --token-file, found none. " +
        'Make one with: triplane token create NAME',
      2,
    )
  if (TOKEN.test(token)) return token
  throw new CliError("Expected an operator's token of letters, digits and signs, was something else", 2)
}
