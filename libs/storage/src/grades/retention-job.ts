import { systemClock, type Clock } from '@triplane/kernel'
import type pg from 'pg'
import { fromUs } from '../history/time-sql.ts'
import type { Grade } from './grade.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { partitionColumns, partitionedTables, type PartitionedTable } from './partitioned-tables.ts'

/** Minimum number of days to keep rows, by table; unnamed tables are kept forever. Whole numbers from 1. */
export type RetentionDays = Readonly<Partial<Record<PartitionedTable, number>>>

/** A dropped day of a table. */
export interface DroppedDay {
  readonly table: PartitionedTable
  /** `2024-08-08`, UTC. */
  readonly day: string
  readonly rows: number
}

export interface RetentionOptions {
  readonly pool: pg.Pool
  readonly grade: Grade
  readonly days: RetentionDays
  readonly clock?: Clock
  /** How long dropping a day may block others; then it is left for the next pass. Default 2 s. */
  readonly lockTimeoutMs?: number
}

/** SQLSTATE lock_not_available. */
const LOCKED = '55P03'

/** Days whose end and last write are both longer ago than the table keeps its rows. */
const EXPIRED = `select day::text as day from history_days
  where table_name = $1 and day + 1 + $2::integer <= ($3::timestamptz at time zone 'UTC')
    and written_at + $2::integer * interval '1 day' <= $3::timestamptz
  order by history_days.day`

/**
 * Drops whole days of history. A day is dropped when both its market time and the last hour in which it was written to are
 * longer ago than the table keeps its rows: a replay of 2024 is kept as long as a recording of today. A day of trades stays
 * until all of them are rolled up. Runs, orders, fills and audit are never touched.
 */
export class RetentionJob {
  readonly #pool: pg.Pool
  readonly #grade: Grade
  readonly #days: RetentionDays
  readonly #clock: Clock
  readonly #lockTimeoutMs: number

  constructor(options: RetentionOptions) {
    this.#pool = options.pool
    this.#grade = options.grade
    this.#days = options.days
    this.#clock = options.clock ?? systemClock
    this.#lockTimeoutMs = options.lockTimeoutMs ?? 2000
    for (const [table, days] of Object.entries(options.days)) {
      if (!partitionedTables.includes(table as PartitionedTable) || !(Number.isInteger(days) && days >= 1)) {
        throw new RangeError(
          `Expected whole days from 1 for a table of ${partitionedTables.join()}, was ${table}: ${days}`,
        )
      }
    }
  }

  /** Runs one pass. Undefined when another process is running one. Throws StorageError. */
  pass(): Promise<readonly DroppedDay[] | undefined> {
    return oneAtATime(this.#pool, 'retention', 'drop old history', async (client) => {
      const dropped: DroppedDay[] = []
      for (const table of partitionedTables) {
        for (const day of await this.#expired(client, table)) {
          const rows = await this.#drop(client, table, day)
          if (rows !== undefined) dropped.push({ table, day, rows })
        }
      }
      return dropped
    })
  }

  async #expired(client: pg.PoolClient, table: PartitionedTable): Promise<readonly string[]> {
    const days = this.#days[table]
    if (days === undefined) return []
    const sql = EXPIRED.replaceAll('$3::timestamptz', `(${fromUs('$3::bigint')})`)
    const { rows } = await client.query<{ day: string }>(sql, [table, days, this.#clock.nowUs()])
    return rows.map(({ day }) => day)
  }

  /** Returns the number of dropped rows; undefined when the table is locked for too long, or its bars are not made yet. */
  async #drop(client: pg.PoolClient, table: PartitionedTable, day: string): Promise<number | undefined> {
    const range = `timestamptz '${day} 00:00Z'`
    const inDay = `${partitionColumns[table]} >= ${range} and ${partitionColumns[table]} < ${range} + interval '1 day'`
    const drop =
      this.#grade === 'postgres'
        ? `drop table if exists ${table}_${day.replaceAll('-', '')}`
        : `select drop_chunks('${table}', older_than => ${range} + interval '1 day', newer_than => ${range})`
    await client.query('begin')
    try {
      await client.query(`set local lock_timeout = ${this.#lockTimeoutMs}`)
      const { rows } = await client.query<{ count: string }>(`select count(*) from ${table} where ${inDay}`)
      await client.query(drop)
      // Checked once no writer can add to the day.
      if (table === 'trades' && (await isMarked(client, range))) {
        await client.query('rollback')
        return undefined
      }
      await client.query('delete from history_days where table_name = $1 and day = $2', [table, day])
      await client.query('commit')
      return Number(rows[0]?.count)
    } catch (error) {
      await client.query('rollback')
      if (error instanceof Error && 'code' in error && error.code === LOCKED) return undefined
      throw error
    }
  }
}

/** Whether minutes of the day that begins at `start` still have to be rolled up. */
async function isMarked(client: pg.PoolClient, start: string): Promise<boolean> {
  const { rows } = await client.query<{ waits: boolean }>(
    `select exists (select from rollup_marks where time >= ${start} and time < ${start} + interval '1 day') as waits`,
  )
  return rows[0]?.waits === true
}
