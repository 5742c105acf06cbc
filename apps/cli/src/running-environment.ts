import type { RunningSystem } from '@triplane/service'
import type { Environment } from './environment.ts'

const PLANES = ['TRIPLANE_DATA_PLANES', 'TRIPLANE_ORDER_PLANES', 'TRIPLANE_STRATEGY_PLANES']
const TOKENS = ['TRIPLANE_TOKEN', 'TRIPLANE_TOKEN_FILE', 'TRIPLANE_OPERATOR_TOKEN', 'TRIPLANE_OPERATOR_TOKEN_FILE']
const KEYS = ['TRIPLANE_AUDIT_KEY', 'TRIPLANE_AUDIT_KEY_FILE']
const DATABASES = ['DATABASE_URL', 'DATABASE_URL_FILE']

/**
 * The variables, with defaults from an `npm start` that runs here: its planes with the operator's token, its database with the
 * audit key. Setting either of a pair keeps the defaults of that pair out: a token goes to its own planes.
 */
export function withRunningSystem(environment: Environment, system: RunningSystem | undefined): Environment {
  if (system === undefined) return environment
  const { planes, tokenFile, databaseUrl, auditKeyFile } = system
  const isSet = (names: readonly string[]) => names.some((name) => environment[name])
  return {
    ...environment,
    ...(planes &&
      !isSet(PLANES) && {
        TRIPLANE_DATA_PLANES: planes.data,
        TRIPLANE_ORDER_PLANES: planes.order,
        TRIPLANE_STRATEGY_PLANES: planes.strategy,
        ...(tokenFile !== undefined && !isSet(TOKENS) && { TRIPLANE_TOKEN_FILE: tokenFile }),
      }),
    ...(databaseUrl !== undefined &&
      !isSet(DATABASES) && {
        DATABASE_URL: databaseUrl,
        ...(auditKeyFile !== undefined && !isSet(KEYS) && { TRIPLANE_AUDIT_KEY_FILE: auditKeyFile }),
      }),
  }
}
