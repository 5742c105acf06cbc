import { join } from 'node:path'
import { auditKeyFile, hashToken, operatorTokenFile, type SecretFile } from '@triplane/control'
import type { StandaloneConfig } from './config.ts'

/** Whose token it is that the app makes. */
const OPERATOR = 'operator'

/** The settings with a token and a key for every run, and where those lie that were made here. */
export interface OperatorSecrets {
  readonly operator: StandaloneConfig['operator']
  readonly audit: StandaloneConfig['audit']
  readonly tokenFile?: SecretFile
  readonly keyFile?: SecretFile
}

/**
 * Where no operator is named, there is one whose token lies in `varFolder`; a key of the audit too, unless the history is on a
 * server of the user's: the chain there may be of another key. Throws ControlError.
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
