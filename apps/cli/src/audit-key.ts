import { CliError } from './cli-error.ts'
import type { Environment } from './edges.ts'
import { secretFrom } from './environment.ts'

/** The key of the audit chain, in hex in `TRIPLANE_AUDIT_KEY` or its file; undefined when there is none. Throws CliError. */
export function auditKey(environment: Environment): Buffer | undefined {
  const text = secretFrom(environment, ['TRIPLANE_AUDIT_KEY'])
  if (text === undefined) return undefined
  if (!/^([0-9a-f]{2}){16,}$/i.test(text))
    throw new CliError('Expected TRIPLANE_AUDIT_KEY to be at least 32 hex digits, was something else', 2)
  return Buffer.from(text, 'hex')
}
