import { composeConfig } from '@triplane/config'
import { auditPart, loadServiceConfig } from '@triplane/service'
import type { Environment } from './environment.ts'

const schema = composeConfig({ audit: auditPart })
const VARIABLES = ['TRIPLANE_AUDIT_KEY', 'TRIPLANE_AUDIT_KEY_FILE']

/**
 * The key of the audit chain, read as the order plane reads it: 64 hex digits in `TRIPLANE_AUDIT_KEY` or its file; undefined
 * when neither is set. Throws ConfigError.
 */
export function auditKey(environment: Environment): Buffer | undefined {
  const given = VARIABLES.flatMap((name) => (environment[name] ? [[name, environment[name]] as const] : []))
  const { key } = loadServiceConfig(schema, Object.fromEntries(given)).audit
  return key === undefined ? undefined : Buffer.from(key, 'hex')
}
