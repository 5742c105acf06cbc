import { createHash } from 'node:crypto'
import { delay } from '@triplane/async'
import type pg from 'pg'
import { findGrade, type Grade } from '../grades/grade.ts'
import { storageFault, StorageError } from '../storage-error.ts'

/** A step of the schema: SQL that runs once, in one transaction; it may depend on the grade. Ids rise from 1. */
export interface Migration {
  readonly id: number
  readonly name: string
  readonly sql: string | ((grade: Grade) => string)
}

/** Any number; the same in every Triplane, so that two of them do not migrate at once. */
const LOCK = 7_241_985_001

const LEDGER = `create table if not exists schema_migrations (
  id         integer primary key,
  name       text not null,
  checksum   text not null,
  applied_at timestamptz not null default now()
)`

/** Postgres' messages about a catalogue row changed concurrently, and about a deadlock. */
const IN_BETWEEN = /tuple concurrently|deadlock detected/
const ATTEMPTS = 10
const PAUSE_MS = 200

interface AppliedRow {
  readonly id: number
  readonly name: string
  readonly checksum: string
}

/**
 * Brings the schema up to date and returns the names of the migrations applied: all that were missing, or none. Throws
 * StorageError: `migration_changed` when the database was made by other migrations than these, a changed or a newer one.
 */
export async function migrate(pool: pg.Pool, migrations: readonly Migration[]): Promise<readonly string[]> {
  let client: pg.PoolClient | undefined
  try {
    client = await pool.connect()
    await client.query('select pg_advisory_lock($1)', [LOCK])
    try {
      await client.query(LEDGER)
      const { grade } = await findGrade(client)
      const { rows: applied } = await client.query<AppliedRow>(
        'select id, name, checksum from schema_migrations order by id',
      )
      for (const row of applied) checkUnchanged(row, migrations, grade)
      const missing = migrations.filter((migration) => !applied.some((row) => row.id === migration.id))
      for (let attempt = 1; !(await applyAll(client, missing, grade, attempt < ATTEMPTS)); attempt++)
        await delay(PAUSE_MS)
      return missing.map((migration) => migration.name)
    } finally {
      await client.query('select pg_advisory_unlock($1)', [LOCK])
    }
  } catch (error) {
    throw storageFault(error, 'bring the schema up to date')
  } finally {
    client?.release()
  }
}

/**
 * Applies them in one transaction: what one creates and a later one removes is never visible, least of all to background jobs
 * of the server. Returns false when such a job, of the previous schema, interfered and it `mayFail`.
 */
async function applyAll(
  client: pg.PoolClient,
  migrations: readonly Migration[],
  grade: Grade,
  mayFail: boolean,
): Promise<boolean> {
  let doing = 'begin'
  try {
    await client.query('begin')
    for (const migration of migrations) {
      const { id, name } = migration
      const sql = sqlOf(migration, grade)
      doing = `apply migration ${id} (${name})`
      await client.query(sql)
      await client.query('insert into schema_migrations (id, name, checksum) values ($1, $2, $3)', [
        id,
        name,
        checksum(sql),
      ])
    }
    await client.query('commit')
    return true
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    if (mayFail && error instanceof Error && IN_BETWEEN.test(error.message)) return false
    throw storageFault(error, doing)
  }
}

function checkUnchanged(row: AppliedRow, migrations: readonly Migration[], grade: Grade): void {
  const migration = migrations.find(({ id }) => id === row.id)
  if (migration && checksum(sqlOf(migration, grade)) === row.checksum) return
  const rule = migration
    ? 'to be the one that was applied'
    : 'to be known to this program, which is older than the database'
  throw new StorageError('migration_changed', `Expected migration ${row.id} (${row.name}) ${rule}`)
}

function sqlOf({ sql }: Migration, grade: Grade): string {
  return typeof sql === 'string' ? sql : sql(grade)
}

function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex')
}
