import type pg from 'pg'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded/embedded-postgres.ts'
import { findGrade, type Grade, type GradeFound } from './grades/grade.ts'
import { allMigrations } from './migrations/all-migrations.ts'
import { migrate } from './migrations/migrate.ts'
import { createPool } from './pool.ts'
import { storageFault } from './storage-error.ts'

/** The name of the database in an embedded Postgres. */
const DATABASE = 'triplane'

export interface DatabaseOptions {
  /** Connection string of a server; without one the embedded Postgres is started. */
  readonly url?: string | undefined
  readonly embedded: EmbeddedPostgresOptions
}

/** A database with the schema up to date. */
export interface Database {
  readonly pool: pg.Pool
  /** What the server offers for history, determined when the database was opened. */
  readonly grade: Grade
  /** The server and its grade in one line, for the log. */
  readonly description: string
  /** Connection string, with password: for the user's own tools, not for logs. */
  readonly url: string
  /** Whether the server is ours: started here, and stopped by `close`. */
  readonly isEmbedded: boolean
  /** Closes the connections, then stops the server if it is ours. Close users of the pool first. */
  close(): Promise<void>
}

/** Opens the database: starts the embedded server unless there is a URL, connects, migrates. Throws StorageError. */
export async function openDatabase({ url, embedded }: DatabaseOptions): Promise<Database> {
  if (url !== undefined) return connected(url, undefined)
  const server = await startEmbeddedPostgres(embedded)
  try {
    return await connected(await createDatabase(server.url), server)
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function connected(url: string, server: EmbeddedPostgres | undefined): Promise<Database> {
  const pool = createPool(url)
  let found: GradeFound
  try {
    await migrate(pool, allMigrations)
    found = await gradeOf(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  return {
    pool,
    ...found,
    url,
    isEmbedded: server !== undefined,
    async close() {
      await pool.end()
      await server?.stop()
    },
  }
}

/** The grade of the database behind the pool. Throws StorageError. */
export async function gradeOf(pool: pg.Pool): Promise<GradeFound> {
  const client = await pool.connect()
  try {
    return await findGrade(client)
  } catch (error) {
    throw storageFault(error, 'find out what the server offers')
  } finally {
    client.release()
  }
}

/** Creates the database in the embedded server if missing. Returns its connection string. */
async function createDatabase(serverUrl: string): Promise<string> {
  const pool = createPool(serverUrl)
  try {
    const { rowCount } = await pool.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await pool.query(`create database ${DATABASE}`)
  } catch (error) {
    throw storageFault(error, `create the database ${DATABASE}`)
  } finally {
    await pool.end()
  }
  return serverUrl.replace(/\/postgres$/, `/${DATABASE}`)
}
