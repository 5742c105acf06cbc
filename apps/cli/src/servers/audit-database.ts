import { verifyAudit, type AuditVerdict, type PublishedLink } from '@triplane/storage'
import type { Environment } from '../environment.ts'
import { createPool } from './pool.ts'
import { databaseUrl } from './settings.ts'

/** The audit in the services' database. Faults are StorageError. */
export interface AuditDatabase {
  /** Verifies every row; the end too, where the newest published link is known. */
  verify(key: Buffer, newestPublished: PublishedLink | undefined): Promise<AuditVerdict>
  close(): Promise<void>
}

export function openAuditDatabase(environment: Environment): AuditDatabase {
  const pool = createPool(databaseUrl(environment))
  return {
    verify: (key, newestPublished) => verifyAudit(pool, key, newestPublished),
    close: () => pool.end(),
  }
}
