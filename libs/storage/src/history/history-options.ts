import type { EventType } from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import type pg from 'pg'
import type { StorageError } from '../storage-error.ts'
import type { SpillOptions } from './spill.ts'

/** What became of the events of one type, counted since the store was made. */
export interface HistoryCounts {
  /** Rows in the database because of this store. */
  readonly written: number
  /** Rows that the database had already. */
  readonly known: number
  /** Rows given up after an error. */
  readonly failed: number
  /** Rows refused because the buffer was full, or the disk with `spill`. */
  readonly dropped: number
  /** Rows that went to the disk to wait there; in the end they are written, known or failed too. */
  readonly spilled: number
}

export interface HistoryHealth {
  readonly isHealthy: boolean
  readonly bufferedRows: number
  /** Rows that wait on the disk. */
  readonly spilledRows: number
  /** What they take there, bytes. */
  readonly spilledBytes: number
  /** Rows of the spill that were torn off or damaged. */
  readonly tornRows: number
  /** Wall time of the last batch that was stored; absent before the first. */
  readonly lastWriteUs?: number
  /** The fault in force; with `wait` also the one that lost rows. */
  readonly fault?: StorageError
  /** Why the disk takes no rows now. */
  readonly spillFault?: StorageError
}

/** Told what happens, for metrics. Must not throw. */
export interface HistoryObserver {
  /** A batch is in the database: `rows` of them, `known` of which were there before, in `seconds`. */
  stored(eventType: EventType, rows: number, known: number, seconds: number): void
  failed(eventType: EventType, rows: number): void
  dropped(eventType: EventType, rows: number): void
  spilled?(eventType: EventType, rows: number): void
  /** An attempt to store `rows` failed; they are tried again. */
  delayed?(eventType: EventType, rows: number): void
  /** Rows that an earlier process left on the disk cannot be read again: what they were is not known. */
  torn?(rows: number): void
}

export interface HistoryStoreOptions {
  /** Its server need not be there yet. */
  readonly pool: pg.Pool
  /** False while the schema is not there yet: then the database counts as away. */
  readonly isReady?: () => boolean
  readonly runId: string
  /**
   * When the buffer is full: `drop` new rows and count them, have the caller `wait` for `ready` (replays), or `spill` to the
   * disk (services), also when the database is away.
   */
  readonly overflow: 'drop' | 'wait' | 'spill'
  /** Needed with `spill`. */
  readonly spill?: SpillOptions
  /** Rows in memory at most; with `wait` one `write` may go beyond. 50,000. */
  readonly maxBufferedRows?: number
  /** Rows of one transaction at most. 10,000. */
  readonly maxBatchRows?: number
  /** How long rows wait for more. 200 ms. */
  readonly flushIntervalMs?: number
  /** With `wait`, and at close with `drop`: how long a fault may last before its rows are given up. 30 s. */
  readonly patienceMs?: number
  /** With `spill`: how long `settled` and `close` leave it to the database. 2 s. */
  readonly settleTimeoutMs?: number
  readonly observer?: HistoryObserver
  readonly clock?: Clock
}
