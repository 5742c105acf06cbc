import { join } from 'node:path'
import { auditKeyFile, hashToken, operatorTokenFile, type SecretFile } from '@triplane/control'
import type { StandaloneConfig } from './config.ts'

/** The name that belongs to the generated token. */
const OPERATOR = 'operator'

/** The settings with a token and a key for every run, and the paths of those generated here. */
export interface OperatorSecrets {
  readonly operator: StandaloneConfig['operator']
  readonly audit: StandaloneConfig['audit']
  readonly tokenFile?: SecretFile
  readonly keyFile?: SecretFile
}

/**
 * Without a configured operator, adds one whose token lies in `varFolder`; and an audit key, unless the history is on the
 * user's server, whose chain may have another key. Throws ControlError.
 */
export function operatorSecrets(
  { operator, audit, storage }: Pick<StandaloneConfig, 'operator' | 'audit' | 'storage'>,
  varFolder: string,
): OperatorSecrets {
  const folder = join(varFolder, 'operator')
  const tokenFile = operator.tokens.length === 0 ? operatorTokenFile(folder) : undefined
  const keyFile = audit.key === undefined && storage.url === undefined ? auditKeyFile(folder) : undefined
  return {
    operator: tokenFile ? { tokens: [{ name: OPERATOR, hash: hashToken(tokenFile.secret) }] } : operator,
    audit: keyFile ? { key: keyFile.secret } : audit,
    ...(tokenFile && { tokenFile }),
    ...(keyFile && { keyFile }),
  }
}
