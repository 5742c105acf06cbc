import { createHash } from 'node:crypto'
import type pg from 'pg'
import { findGrade, type Grade } from '../grades/grade.ts'
import { storageFault, StorageError } from '../storage-error.ts'

/** A step of the schema: SQL that is run once, in one transaction; it may depend on the grade. Ids rise from 1. */
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

interface AppliedRow {
  readonly id: number
  readonly name: string
  readonly checksum: string
}

/**
 * Brings the schema up to date and gives the names of what was applied now. Throws StorageError: `migration_changed`
 * when the database was made by other migrations than these, a changed or a newer one.
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
      for (const migration of missing) await apply(client, migration, grade)
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

async function apply(client: pg.PoolClient, migration: Migration, grade: Grade): Promise<void> {
  const { id, name } = migration
  const sql = sqlOf(migration, grade)
  try {
    await client.query('begin')
    await client.query(sql)
    await client.query('insert into schema_migrations (id, name, checksum) values ($1, $2, $3)', [
      id,
      name,
      checksum(sql),
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw storageFault(error, `apply migration ${id} (${name})`)
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
