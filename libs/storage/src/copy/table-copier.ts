import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { pipeline } from 'node:stream/promises'
import { ensureDays } from '../grades/day-register.ts'
import { partitionColumns } from '../grades/partitioned-tables.ts'
import type { CopiedTable } from './copied-tables.ts'

/** A row's key, as text. */
export type Key = readonly string[]

/** A copied batch: the key of its last row, its rows, and how many of these were new or newer. */
export interface CopiedBatch {
  readonly lastKey: Key
  readonly rows: number
  readonly newRows: number
}

/**
 * Copies a table in batches, each the rows of a range of keys: COPY out, COPY into a temporary table, then insert the new rows
 * and record the progress, in one transaction. Throws what the client throws; both connections are then unusable.
 */
export class TableCopier {
  readonly #from: pg.PoolClient
  readonly #to: pg.PoolClient
  readonly #table: CopiedTable
  /** Identifies the source database. */
  readonly #source: string
  readonly #batchRows: number
  #columns = ''

  constructor(options: {
    readonly from: pg.PoolClient
    readonly to: pg.PoolClient
    readonly table: CopiedTable
    readonly source: string
    readonly batchRows: number
  }) {
    this.#from = options.from
    this.#to = options.to
    this.#table = options.table
    this.#source = options.source
    this.#batchRows = options.batchRows
  }

  /** The progress of an earlier copy: the last key, and the rows up to it. */
  async progress(): Promise<{ readonly lastKey: Key; readonly rows: number } | undefined> {
    const { rows } = await this.#to.query<{ last_key: string[]; copied_rows: string }>(
      'select last_key, copied_rows from copy_progress where source = $1 and table_name = $2',
      [this.#source, this.#table.name],
    )
    return rows[0] && { lastKey: rows[0].last_key, rows: Number(rows[0].copied_rows) }
  }

  async forgetProgress(): Promise<void> {
    await this.#to.query('delete from copy_progress where source = $1 and table_name = $2', [
      this.#source,
      this.#table.name,
    ])
  }

  /** Copies the next rows behind `after`; `rowsBefore` rows were copied up to there. Undefined when there are none. */
  async copyBatch(after: Key | undefined, rowsBefore: number): Promise<CopiedBatch | undefined> {
    await this.#prepare()
    const lastKey = await this.#endOfBatch(after)
    if (lastKey === undefined) return undefined
    const range = `where ${and(this.#behind(after), `${this.#keys} <= ${literal(lastKey)}`)}`
    await this.#ensureDays(range)
    const { name, onConflict } = this.#table
    await this.#to.query('begin')
    const rows = this.#to.query(copyFrom(`copy ${stageOf(name)} (${this.#columns}) from stdin`))
    await pipeline(this.#from.query(copyTo(`copy (select ${this.#columns} from ${name} ${range}) to stdout`)), rows)
    const inserted = await this.#to.query(`insert into ${name} (${this.#columns})
      select ${this.#columns} from ${stageOf(name)} on conflict ${onConflict}`)
    await this.#to.query(
      `insert into copy_progress (source, table_name, last_key, copied_rows) values ($1, $2, $3, $4)
        on conflict (source, table_name) do update set (last_key, copied_rows) = row(excluded.last_key, excluded.copied_rows)`,
      [this.#source, name, JSON.stringify(lastKey), rowsBefore + rows.rowCount],
    )
    await this.#to.query('commit')
    return { lastKey, rows: rows.rowCount, newRows: inserted.rowCount ?? 0 }
  }

  get #keys(): string {
    return `(${this.#table.key.join(', ')})`
  }

  #behind(after: Key | undefined): string | undefined {
    return after && `${this.#keys} > ${literal(after)}`
  }

  /** Finds the columns that both databases have, and creates the temporary table. */
  async #prepare(): Promise<void> {
    if (this.#columns !== '') return
    const { name } = this.#table
    const { rows } = await this.#from.query<{ column: string }>(
      `select quote_ident(attname) as column from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [name],
    )
    for (const client of [this.#from, this.#to]) await client.query("set datestyle = 'ISO'; set extra_float_digits = 1")
    await this.#to.query(`create temporary table ${stageOf(name)} (like ${name}) on commit delete rows`)
    this.#columns = rows.map(({ column }) => column).join(', ')
  }

  /** The key of the last row of the next batch. */
  async #endOfBatch(after: Key | undefined): Promise<Key | undefined> {
    const { name, key } = this.#table
    const behind = this.#behind(after)
    const keyText = `select array[${key.map((column) => `${name}.${column}::text`).join()}] as last
      from ${name} ${behind === undefined ? '' : `where ${behind}`} order by`
    const ascending = key.map((column) => `${name}.${column}`).join()
    const descending = key.map((column) => `${name}.${column} desc`).join()
    const full = await this.#from.query<{ last: string[] }>(
      `${keyText} ${ascending} offset ${this.#batchRows - 1} limit 1`,
    )
    if (full.rows[0] !== undefined) return full.rows[0].last
    const rest = await this.#from.query<{ last: string[] }>(`${keyText} ${descending} limit 1`)
    return rest.rows[0]?.last
  }

  async #ensureDays(range: string): Promise<void> {
    const { name } = this.#table
    const column = (partitionColumns as Readonly<Record<string, string>>)[name]
    if (column === undefined) return
    const { rows } = await this.#from.query<{ day: number }>(
      `select distinct (${column} at time zone 'UTC')::date - date '1970-01-01' as day from ${name} ${range} order by 1`,
    )
    await ensureDays(
      this.#to,
      name,
      rows.map(({ day }) => day),
    )
  }
}

const stageOf = (name: string) => `copy_${name}`
const literal = (key: Key) => `(${key.map((value) => pg.escapeLiteral(value)).join(', ')})`
const and = (...conditions: readonly (string | undefined)[]) =>
  conditions.filter((some) => some !== undefined).join(' and ')
