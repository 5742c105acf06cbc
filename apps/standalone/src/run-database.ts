import { Deferred } from '@triplane/async'
import type { Logger } from '@triplane/logging'
import { openDatabase, openDatabaseEventually, type Database, type StorageError } from '@triplane/storage'

/** The database of a run, which may go down and come back. */
export interface RunDatabase {
  readonly pool: Database['pool']
  /** Connection string, with password: for the user's own tools, not for logs. */
  readonly url: string
  /** The schema is up to date. Stays true when the server goes down later. */
  readonly isReady: boolean
  /** Why it is not ready. */
  readonly fault: StorageError | undefined
  /** Resolves when it is ready. Rejects when it never will be. */
  readonly opened: Promise<Database>
  /** Closes the connections, and stops the embedded server. */
  close(): Promise<void>
}

export interface RunDatabaseOptions {
  /** Connection string of a server; without one the embedded Postgres is started. */
  readonly url: string | undefined
  /** For the embedded Postgres. */
  readonly folder: string
  readonly logger: Logger
}

/**
 * Opens the database of a run. Retries a server that does not answer in the background. Throws StorageError when a server
 * refuses us or the embedded Postgres cannot start: a person has to fix that.
 */
export async function openRunDatabase({ url, folder, logger }: RunDatabaseOptions): Promise<RunDatabase> {
  if (url === undefined) {
    const database = await openDatabase({ embedded: { folder, onNotice: (line) => logger.warning(line) } })
    return {
      pool: database.pool,
      url: database.url,
      isReady: true,
      fault: undefined,
      opened: Promise.resolve(database),
      close: () => database.close(),
    }
  }
  let fault: StorageError | undefined
  const firstAttempt = new Deferred()
  const database = openDatabaseEventually({ url }, (found) => {
    fault = found.state === 'ready' ? undefined : found.fault
    if (found.state === 'away') logger.warning('The database is down; history waits on disk', { fault })
    if (found.state === 'refused') logger.error('The database cannot be used', { fault })
    firstAttempt.resolve()
  })
  await firstAttempt.promise
  const failure = fault
  if (failure !== undefined && !failure.retryable) {
    await database.close()
    throw failure
  }
  return {
    pool: database.pool,
    url,
    get isReady() {
      return database.isReady
    },
    get fault() {
      return fault
    },
    opened: database.opened,
    close: () => database.close(),
  }
}
