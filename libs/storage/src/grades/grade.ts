import type pg from 'pg'
import { StorageError } from '../storage-error.ts'

/**
 * What the server offers for history.
 * - `timescale`: TimescaleDB under its community licence: hypertables, compressed after a week
 * - `timescale_apache`: TimescaleDB under the Apache licence: hypertables
 * - `postgres`: no TimescaleDB: range partitions
 * Rollups and retention are our own on each, so that the same trades give the same bars.
 */
export type Grade = 'timescale' | 'timescale_apache' | 'postgres'

/** A grade, and a line about it for the log. */
export interface GradeFound {
  readonly grade: Grade
  readonly description: string
}

/** What the server offers, and the versions to report. */
interface Offer {
  readonly grade: Grade
  readonly server: string
  /** Why TimescaleDB is not used although the server has it. */
  readonly obstacle?: string
}

/** SQLSTATE insufficient_privilege. */
const NOT_PERMITTED = '42501'

const abilities: Readonly<Record<Grade, string>> = {
  timescale: 'community licence: hypertables, compression',
  timescale_apache: 'Apache licence: hypertables',
  postgres: 'range partitions',
}

/**
 * Finds the grade of a database: the one that its schema was made for, or, before there is a schema, what the server offers,
 * creating the extension if permitted. Throws StorageError `grade_lost` when the schema needs the community licence and the
 * server no longer has it; otherwise what the client throws.
 */
export async function findGrade(client: pg.ClientBase): Promise<GradeFound> {
  const made = await gradeOfSchema(client)
  const offer = await offerOf(client, made === undefined)
  const { grade, server, obstacle } = made === undefined ? offer : heldTo(made, offer)
  return { grade, description: `${server}, ${abilities[grade]}${obstacle ? ` (${obstacle})` : ''}` }
}

async function gradeOfSchema(client: pg.ClientBase): Promise<Grade | undefined> {
  const { rows } = await client.query<{ exists: boolean }>("select to_regclass('storage_grade') is not null as exists")
  if (!rows[0]?.exists) return undefined
  const made = await client.query<{ grade: Grade }>('select grade from storage_grade')
  return made.rows[0]?.grade
}

/** A schema keeps its grade when the server offers more later. */
function heldTo(made: Grade, offer: Offer): Offer {
  if (made === offer.grade) return offer
  if (made === 'timescale' || offer.grade === 'postgres') {
    const message = `Expected the database's grade, ${made}, to be what the server offers, was ${offer.grade}`
    throw new StorageError('grade_lost', message)
  }
  return {
    grade: made,
    server: offer.server,
    obstacle: `the server offers ${offer.grade}, the database was made before`,
  }
}

async function offerOf(client: pg.ClientBase, mayCreate: boolean): Promise<Offer> {
  const { rows } = await client.query<{ postgres: string; loader: string | null }>(
    "select current_setting('server_version') as postgres, current_setting('timescaledb.disable_load', true) as loader",
  )
  const plain: Offer = { grade: 'postgres', server: `Postgres ${rows[0]?.postgres.split(' ')[0]}` }
  // Creating the extension where it is not preloaded ends the session.
  if (rows[0]?.loader === null) return plain
  if (mayCreate) await createExtension(client)
  const found = await client.query<{ version: string }>(
    "select extversion as version from pg_extension where extname = 'timescaledb'",
  )
  if (found.rows[0] === undefined) return { ...plain, obstacle: 'the server has TimescaleDB, the database has not' }
  const { rows: settings } = await client.query<{ licence: string | null }>(
    "select current_setting('timescaledb.license', true) as licence",
  )
  const server = `TimescaleDB ${found.rows[0].version} on ${plain.server}`
  return { grade: settings[0]?.licence === 'timescale' ? 'timescale' : 'timescale_apache', server }
}

/** Without the right to create it, the database does without. */
async function createExtension(client: pg.ClientBase): Promise<void> {
  try {
    await client.query('create extension if not exists timescaledb')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === NOT_PERMITTED)) throw error
  }
}
