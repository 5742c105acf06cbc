import type { EventType } from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import type pg from 'pg'
import type { StorageError } from '../storage-error.ts'
import type { RowWriters } from './row-writer.ts'
import type { SpillOptions } from './spill.ts'

/** The outcomes for the events of one type, counted since the store was created. */
export interface HistoryCounts {
  /** Rows that this store added to the database. */
  readonly written: number
  /** Rows that were already in the database. */
  readonly known: number
  /** Rows given up after an error. */
  readonly failed: number
  /** Rows refused because the buffer was full, or the disk with `spill`. */
  readonly dropped: number
  /** Rows that waited on the disk; in the end they are also written, known or failed. */
  readonly spilled: number
}

export interface HistoryHealth {
  readonly isHealthy: boolean
  readonly bufferedRows: number
  /** Rows waiting on the disk. */
  readonly spilledRows: number
  /** Their size on the disk, bytes. */
  readonly spilledBytes: number
  /** Torn or damaged rows of the spill. */
  readonly tornRows: number
  /** Wall time of the last stored batch; absent before the first. */
  readonly lastWriteUs?: number
  /** The current fault; with `wait` also the one that lost rows. */
  readonly fault?: StorageError
  /** Why the disk accepts no rows now. */
  readonly spillFault?: StorageError
}

/** Receives events for metrics. Must not throw. */
export interface HistoryObserver {
  /** A batch of `rows` was stored in `seconds`; `known` of them were already there. */
  stored(eventType: EventType, rows: number, known: number, seconds: number): void
  failed(eventType: EventType, rows: number): void
  dropped(eventType: EventType, rows: number): void
  spilled?(eventType: EventType, rows: number): void
  /** An attempt to store `rows` failed; they are retried. */
  delayed?(eventType: EventType, rows: number): void
  /** Rows that an earlier process left on the disk are unreadable: their types are unknown. */
  torn?(rows: number): void
}

export interface HistoryStoreOptions {
  /** Its server may still be down. */
  readonly pool: pg.Pool
  /** Where rows are written; by default on this thread, over the pool. */
  readonly writers?: RowWriters
  /** False until the schema exists: the database then counts as down. */
  readonly isReady?: () => boolean
  readonly runId: string
  /**
   * When the buffer is full: `drop` counts and drops new rows, `wait` has the caller await `ready` (replays), `spill` writes to
   * the disk (services), also when the database is down.
   */
  readonly overflow: 'drop' | 'wait' | 'spill'
  /** Needed with `spill`. */
  readonly spill?: SpillOptions
  /** Maximum rows in memory; with `wait` one `write` may exceed it. Default 50,000. */
  readonly maxBufferedRows?: number
  /** Maximum rows per transaction; default 10,000. */
  readonly maxBatchRows?: number
  /** How long rows wait for more; default 200 ms. */
  readonly flushIntervalMs?: number
  /** With `wait`, and at close with `drop`: how long a fault may last before its rows are given up; default 30 s. */
  readonly patienceMs?: number
  /** With `spill`: how long `settled` and `close` wait for the database; default 2 s. */
  readonly settleTimeoutMs?: number
  readonly observer?: HistoryObserver
  readonly clock?: Clock
}
