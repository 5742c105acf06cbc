import {
  listDeadLetters,
  readDeadLetter,
  type DeadLetterId,
  type DeadLettersQuery,
  type DeadLetterSummary,
  type StoredDeadLetter,
} from '@triplane/storage'
import type { Environment } from '../environment.ts'
import { createPool } from './pool.ts'
import { databaseUrl } from './settings.ts'

/** Dead letters in the services' database. Faults are StorageError. */
export interface DeadLetters {
  list(query: DeadLettersQuery): Promise<readonly DeadLetterSummary[]>
  read(id: DeadLetterId): Promise<StoredDeadLetter | undefined>
  close(): Promise<void>
}

export function openDeadLetters(environment: Environment): DeadLetters {
  const pool = createPool(databaseUrl(environment))
  return {
    list: (query) => listDeadLetters(pool, query),
    read: (id) => readDeadLetter(pool, id),
    close: () => pool.end(),
  }
}
