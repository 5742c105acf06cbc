import type { Event } from '@triplane/contracts'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DayRegister } from '../grades/day-register.ts'
import type { HistoryTable } from './history-table.ts'

/** Rows for one table, in two columns. */
export interface Batch {
  readonly events: readonly Event[]
  readonly producers: readonly string[]
}

/** Rows that are encoded in one go; between two goes the event loop turns. */
const SLICE_ROWS = 500

/**
 * Writes batches over one connection: COPY into a temporary table, then insert what is new, in one transaction; before that
 * it has the partitions made that are missing. After an error the connection is given up and the next batch takes another.
 */
export class BatchWriter {
  readonly #pool: pg.Pool
  readonly #runId: string
  readonly #staged = new Set<HistoryTable>()
  readonly #days = new DayRegister()
  #client: pg.PoolClient | undefined

  constructor(pool: pg.Pool, runId: string) {
    this.#pool = pool
    this.#runId = runId
  }

  /** Writes the batch, all or nothing. Gives how many rows were new. Throws what the client throws. */
  async write(table: HistoryTable, batch: Batch): Promise<number> {
    const client = (this.#client ??= await this.#connect())
    try {
      if (!this.#staged.has(table)) await client.query(table.createStage)
      this.#staged.add(table)
      if (table.partitionUs !== undefined)
        await this.#days.ensure(client, table.name, batch.events.map(table.partitionUs))
      await client.query('begin')
      await pipeline(Readable.from(linesOf(table, batch)), client.query(copyFrom(table.copy)))
      const { rowCount } = await client.query(table.insert, [this.#runId])
      if (table.alsoInsert !== undefined) await client.query(table.alsoInsert, [this.#runId])
      await client.query('commit')
      return rowCount ?? 0
    } catch (error) {
      this.#giveUp(client)
      throw error
    }
  }

  /** Gives the connection up; a write in progress fails. */
  close(): void {
    if (this.#client !== undefined) this.#giveUp(this.#client)
  }

  async #connect(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect()
    // A connection that breaks between two batches: the next write gets the error.
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

function* linesOf(table: HistoryTable, { events, producers }: Batch): Generator<string> {
  for (let start = 0; start < events.length; start += SLICE_ROWS) {
    let text = ''
    const end = Math.min(start + SLICE_ROWS, events.length)
    for (let i = start; i < end; i++) text += table.encode(producers[i] as string, events[i] as Event)
    yield text
  }
}
