import { readExecutions, type StoredExecutions } from '@triplane/storage'
import type { Environment } from '../environment.ts'
import { createPool } from './pool.ts'
import { databaseUrl } from './settings.ts'

/** The orders and fills in the services' database. Faults are StorageError. */
export interface Executions {
  read(runId: string): Promise<StoredExecutions>
  close(): Promise<void>
}

export function openExecutions(environment: Environment): Executions {
  const pool = createPool(databaseUrl(environment))
  return { read: (runId) => readExecutions(pool, runId), close: () => pool.end() }
}
