import type { Event } from '@triplane/contracts'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DayRegister } from '../grades/day-register.ts'
import { copyHeader, CopyRows, copyTrailer } from './copy-rows.ts'
import type { HistoryTable } from './history-table.ts'
import type { Batch, RowWriter } from './row-writer.ts'

/** SQLSTATE unique_violation. */
const NOT_NEW = '23505'
/** Number of rows from which trying the faster insert pays off. */
const LARGE_BATCH_ROWS = 500

/** Rows encoded at a time; between two slices the event loop turns. */
const SLICE_ROWS = 500

/**
 * Writes batches over one connection: COPY into a temporary table, then insert the new rows, in one transaction; creates
 * missing partitions before that. After an error the connection is dropped and the next batch takes another.
 */
export class BatchWriter implements RowWriter {
  readonly #pool: pg.Pool
  readonly #runId: string
  readonly #staged = new Set<HistoryTable>()
  readonly #days = new DayRegister()
  /** Tables whose last batch had known rows: most likely the next one has too. */
  readonly #repeating = new Set<HistoryTable>()
  #client: pg.PoolClient | undefined

  constructor(pool: pg.Pool, runId: string) {
    this.#pool = pool
    this.#runId = runId
  }

  async write(table: HistoryTable, batch: Batch): Promise<number> {
    const client = (this.#client ??= await this.#connect())
    try {
      if (!this.#staged.has(table)) await client.query(table.createStage)
      this.#staged.add(table)
      if (table.partitionUs !== undefined)
        await this.#days.ensure(client, table.name, batch.events.map(table.partitionUs))
      await client.query('begin')
      await pipeline(Readable.from(copyOf(table, batch)), client.query(copyFrom(table.copy)))
      const written = await this.#insert(client, table, batch.events.length)
      if (table.alsoInsert !== undefined) await client.query(table.alsoInsert, [this.#runId])
      await client.query('commit')
      return written
    } catch (error) {
      this.#giveUp(client)
      throw error
    }
  }

  /** Inserts the new rows of the stage. Returns how many there were. */
  async #insert(client: pg.PoolClient, table: HistoryTable, rows: number): Promise<number> {
    if (rows >= LARGE_BATCH_ROWS && !this.#repeating.has(table)) {
      await client.query('savepoint staged')
      try {
        await client.query(table.insertAll, [this.#runId])
        return rows
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === NOT_NEW)) throw error
        await client.query('rollback to savepoint staged')
      }
    }
    const { rowCount } = await client.query(table.insert, [this.#runId])
    if (rowCount === rows) this.#repeating.delete(table)
    else this.#repeating.add(table)
    return rowCount ?? 0
  }

  close(): void {
    if (this.#client !== undefined) this.#giveUp(this.#client)
  }

  async #connect(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect()
    // A connection breaks between two batches: the next write gets the error.
    client.on('error', () => undefined)
    return client
  }

  #giveUp(client: pg.PoolClient): void {
    if (this.#client !== client) return
    client.release(true)
    this.#client = undefined
    this.#staged.clear()
  }
}

/** The batch as a binary COPY has it, some rows at a time. */
function* copyOf(table: HistoryTable, { events, producers }: Batch): Generator<Buffer> {
  yield copyHeader
  let firstBytes: number | undefined
  for (let start = 0; start < events.length; start += SLICE_ROWS) {
    const rows = new CopyRows(firstBytes)
    const end = Math.min(start + SLICE_ROWS, events.length)
    for (let i = start; i < end; i++) table.addRow(rows, producers[i] as string, events[i] as Event)
    // The next ones are about as long.
    firstBytes = Math.ceil(1.25 * rows.bytes.length)
    yield rows.bytes
  }
  yield copyTrailer
}
