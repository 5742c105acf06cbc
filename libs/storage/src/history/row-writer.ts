import type { Event } from '@triplane/contracts'
import type { HistoryTable } from './history-table.ts'

/** Rows for one table, in two columns. */
export interface Batch {
  readonly events: readonly Event[]
  readonly producers: readonly string[]
}

/** Writes the rows of one run, a batch at a time. */
export interface RowWriter {
  /**
   * Writes the batch, all or nothing, and returns how many rows were new. Rejects with what the Postgres client throws, or
   * StorageError.
   */
  write(table: HistoryTable, batch: Batch): Promise<number>
  /** Drops the connection; a write in progress fails. */
  close(): void
}

/** Where history is written: on this thread, or on one of its own. */
export interface RowWriters {
  /** A writer for a run. */
  of(runId: string): RowWriter
  /** Resolves when all connections are closed. Close the writers first. */
  close(): Promise<void>
}
