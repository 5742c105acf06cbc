import { retry } from '@triplane/async'
import type pg from 'pg'
import { gradeOf, type Database } from './database.ts'
import { allMigrations } from './migrations/all-migrations.ts'
import { migrate } from './migrations/migrate.ts'
import { createPool } from './pool.ts'
import { storageFault, StorageError } from './storage-error.ts'

/**
 * The state of a database that is being opened.
 * - `away`: it cannot be used now; it is retried
 * - `ready`: its schema is up to date; the one line is for the log
 * - `refused`: this program and that database do not fit; it is not retried
 */
export type EventualState =
  | { readonly state: 'away'; readonly fault: StorageError }
  | { readonly state: 'ready'; readonly description: string }
  | { readonly state: 'refused'; readonly fault: StorageError }

/** A database that may become available later. */
export interface EventualDatabase {
  /** Usable at once: queries fail while the server is down. `isReady` says whether the tables exist. */
  readonly pool: pg.Pool
  /** The schema is up to date. Stays true when the server goes down later. */
  readonly isReady: boolean
  /** Resolves when the schema is up to date. Rejects with StorageError `migration_changed`, `grade_lost`, or `closed`. */
  readonly ready: Promise<void>
  /** The same, with the opened database. Close this rather than that. */
  readonly opened: Promise<Database>
  /** Ends the attempts and closes the connections. Close users of the pool first. */
  close(): Promise<void>
}

const BACKOFF = { firstMs: 250, longestMs: 5000 }

/**
 * Opens a database whose server may be down: returns at once, then connects and migrates in the background, retrying with a
 * growing wait. `onState` is called with the outcome of every attempt; it must not throw.
 */
export function openDatabaseEventually(
  { url }: { readonly url: string },
  onState: (state: EventualState) => void = () => undefined,
): EventualDatabase {
  const pool = createPool(url)
  const closing = new AbortController()
  let isReady = false

  async function tryToOpen(): Promise<Database> {
    await migrate(pool, allMigrations)
    const found = await gradeOf(pool)
    isReady = true
    onState({ state: 'ready', description: found.description })
    return { pool, ...found, url, isEmbedded: false, close }
  }

  function tell(error: unknown): void {
    const fault = storageFault(error, 'open the database')
    const isFinal = fault.code === 'migration_changed' || fault.code === 'grade_lost'
    onState({ state: isFinal ? 'refused' : 'away', fault })
    if (isFinal) throw fault
  }

  async function open(): Promise<Database> {
    const database = await retry(tryToOpen, { backoff: BACKOFF, onFailure: tell, signal: closing.signal })
    if (database !== undefined) return database
    throw new StorageError('closed', 'Expected the database to be opened, was closed before')
  }

  async function end(): Promise<void> {
    closing.abort()
    await opened.catch(() => undefined)
    await pool.end()
  }
  let ending: Promise<void> | undefined
  const close = () => (ending ??= end())

  const opened = open()
  const ready = opened.then(() => undefined)
  // Without a reader, `onState` still gets the outcome.
  opened.catch(() => undefined)
  ready.catch(() => undefined)

  return {
    pool,
    get isReady() {
      return isReady
    },
    ready,
    opened,
    close,
  }
}
