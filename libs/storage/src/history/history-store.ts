import type { Event, EventType } from '@triplane/contracts'
import { systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import type pg from 'pg'
import { storageFault, StorageError } from '../storage-error.ts'
import { BatchWriter, type Batch } from './batch-writer.ts'
import { historyTables } from './history-tables.ts'
import { TableBuffer } from './table-buffer.ts'

/** What became of the events of one type. Everything accepted is in the end stored, failed or dropped. */
export interface HistoryCounts {
  /** Rows in the database because of this store. */
  readonly written: number
  /** Rows that the database had already. */
  readonly known: number
  /** Rows given up after an error. */
  readonly failed: number
  /** Rows refused because the buffer was full. */
  readonly dropped: number
}

export interface HistoryHealth {
  readonly isHealthy: boolean
  readonly bufferedRows: number
  /** Wall time of the last batch that was stored; absent before the first. */
  readonly lastWriteUs?: number
  /** The fault in force; with `wait` also the one that lost rows. */
  readonly fault?: StorageError
}

/** Told what happens, for metrics. Must not throw. */
export interface HistoryObserver {
  /** A batch is in the database: `rows` of them, `known` of which were there before, in `seconds`. */
  stored(eventType: EventType, rows: number, known: number, seconds: number): void
  failed(eventType: EventType, rows: number): void
  dropped(eventType: EventType, rows: number): void
}

export interface HistoryStoreOptions {
  readonly pool: pg.Pool
  readonly runId: string
  /** When the buffer is full: `drop` new rows and count them (live), or have the caller `wait` for `ready` (replays). */
  readonly overflow: 'drop' | 'wait'
  /** Rows in memory at most; with `wait` one `write` may go beyond. 50,000. */
  readonly maxBufferedRows?: number
  /** Rows of one transaction at most. 10,000. */
  readonly maxBatchRows?: number
  /** How long rows wait for more. 200 ms. */
  readonly flushIntervalMs?: number
  /** With `wait`, and at close: how long a fault may last before its rows are given up. 30 s. */
  readonly patienceMs?: number
  readonly observer?: HistoryObserver
  readonly clock?: Clock
}

const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 5000
const US_PER_MS = 1000

/**
 * Stores history in the background. `write` takes events into memory and returns; batches go to the database one after
 * the other.
 *
 * Invariants
 * 1. Per event type: accepted = written + known + failed + dropped + buffered.
 * 2. Memory is bounded by `maxBufferedRows`; what does not fit is counted, never lost in silence.
 * 3. A row is stored once, however often it is written: by (run, producer, sequence), fills by id.
 * 4. With `wait`, rows that failed make `ready`, `flush` and `close` reject: then the database is not what was counted.
 */
export class HistoryStore {
  readonly #writer: BatchWriter
  readonly #overflow: 'drop' | 'wait'
  readonly #maxBufferedRows: number
  readonly #maxBatchRows: number
  readonly #flushIntervalMs: number
  readonly #patienceMs: number
  readonly #observer: HistoryObserver | undefined
  readonly #clock: Clock
  readonly #buffers: readonly TableBuffer[]
  readonly #bufferOf: ReadonlyMap<EventType, TableBuffer>
  #buffered = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  /** Callers of `ready`, told after every batch. */
  #waiting: (() => void)[] = []
  #lastWriteUs: number | undefined
  /** The fault in force, and monotonic time of the first in a row. */
  #fault: StorageError | undefined
  #faultSinceUs: number | undefined
  /** The first fault by which rows were given up. */
  #loss: StorageError | undefined
  #closed = false

  constructor(options: HistoryStoreOptions) {
    this.#writer = new BatchWriter(options.pool, options.runId)
    this.#overflow = options.overflow
    this.#maxBufferedRows = options.maxBufferedRows ?? 50_000
    this.#maxBatchRows = options.maxBatchRows ?? 10_000
    this.#flushIntervalMs = options.flushIntervalMs ?? 200
    this.#patienceMs = options.patienceMs ?? 30_000
    this.#observer = options.observer
    this.#clock = options.clock ?? systemClock
    this.#buffers = historyTables.map((table) => new TableBuffer(table))
    this.#bufferOf = new Map(this.#buffers.map((buffer) => [buffer.table.eventType, buffer]))
  }

  /** Takes the events that are history; others are ignored. Never waits. */
  write(producer: string, events: readonly Event[]): void {
    if (this.#closed) throw new StorageError('closed', 'Expected an open history store, was closed')
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as Event
      const buffer = this.#bufferOf.get(event.type)
      if (buffer === undefined || !buffer.table.keeps(event)) continue
      if (this.#overflow === 'drop' && this.#buffered >= this.#maxBufferedRows) {
        buffer.dropped++
        this.#observer?.dropped(event.type, 1)
        continue
      }
      buffer.push(producer, event)
      this.#buffered++
    }
    this.#schedule()
  }

  /** True when the caller should await `ready` before it writes more. */
  get isFull(): boolean {
    return this.#buffered >= this.#maxBufferedRows
  }

  /** Resolves when there is room. With `wait` it rejects when rows were given up. */
  async ready(): Promise<void> {
    this.#throwIfLost()
    while (this.isFull) {
      void this.#flushNow()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      this.#throwIfLost()
    }
  }

  /** Resolves when everything written so far is stored or given up. With `wait` it rejects when rows were given up. */
  async flush(): Promise<void> {
    while (this.#buffered > 0) await this.#flushNow()
    this.#throwIfLost()
  }

  /** Stores what is buffered, gives up what cannot be stored in time, and releases the connection. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#faultSinceUs !== undefined) this.#faultSinceUs = this.#clock.monotonicUs()
    try {
      await this.flush()
    } finally {
      this.#writer.close()
    }
  }

  /** What became of the events, by type; every stored type is there. */
  counts(): Readonly<Partial<Record<EventType, HistoryCounts>>> {
    const entries = this.#buffers.map(({ table, written, known, failed, dropped }) => {
      return [table.eventType, { written, known, failed, dropped }] as const
    })
    return Object.fromEntries(entries)
  }

  health(): HistoryHealth {
    const fault = this.#fault ?? (this.#overflow === 'wait' ? this.#loss : undefined)
    return {
      isHealthy: fault === undefined,
      bufferedRows: this.#buffered,
      ...(this.#lastWriteUs !== undefined && { lastWriteUs: this.#lastWriteUs }),
      ...(fault !== undefined && { fault }),
    }
  }

  /** Sees to it that what is buffered is stored: at once when it makes a batch, else when the interval is over. */
  #schedule(): void {
    if (this.#buffered === 0 || this.#flushing !== undefined) return
    if (this.#buffered >= this.#maxBatchRows) void this.#flushNow()
    else this.#timer ??= setTimeout(() => void this.#flushNow(), this.#flushIntervalMs)
  }

  /** One batch of each table that has rows. */
  #flushNow(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing ??= this.#storeBatches().finally(() => {
      this.#flushing = undefined
      this.#schedule()
    })
    return this.#flushing
  }

  async #storeBatches(): Promise<void> {
    for (const buffer of this.#buffers) {
      if (buffer.size === 0) continue
      const batch = buffer.take(this.#maxBatchRows)
      await this.#storeBatch(buffer, batch)
      this.#buffered -= batch.events.length
      for (const resolve of this.#waiting.splice(0)) resolve()
    }
  }

  /** Tries until the batch is stored, or given up because the fault will not pass or lasts too long. */
  async #storeBatch(buffer: TableBuffer, batch: Batch): Promise<void> {
    const rows = batch.events.length
    const startUs = this.#clock.monotonicUs()
    for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
      try {
        return this.#countStored(buffer, rows, await this.#writer.write(buffer.table, batch), startUs)
      } catch (error) {
        const fault = storageFault(error, `store ${rows} rows of type ${buffer.table.eventType}`)
        this.#fault = fault
        this.#faultSinceUs ??= this.#clock.monotonicUs()
        if (!fault.retryable || !this.#isPatient(this.#faultSinceUs)) return this.#countFailed(buffer, rows, fault)
      }
      await new Promise((resolve) => setTimeout(resolve, backoffMs))
    }
  }

  #countStored(buffer: TableBuffer, rows: number, written: number, startUs: number): void {
    buffer.written += written
    buffer.known += rows - written
    this.#fault = undefined
    this.#faultSinceUs = undefined
    this.#lastWriteUs = this.#clock.nowUs()
    const seconds = (this.#clock.monotonicUs() - startUs) / US_PER_SECOND
    this.#observer?.stored(buffer.table.eventType, rows, rows - written, seconds)
  }

  #countFailed(buffer: TableBuffer, rows: number, fault: StorageError): void {
    buffer.failed += rows
    this.#loss ??= fault
    this.#observer?.failed(buffer.table.eventType, rows)
  }

  /** Live, the database may stay away as long as it likes: what does not fit meanwhile is dropped and counted. */
  #isPatient(sinceUs: number): boolean {
    if (this.#overflow === 'drop' && !this.#closed) return true
    return this.#clock.monotonicUs() - sinceUs < this.#patienceMs * US_PER_MS
  }

  #throwIfLost(): void {
    if (this.#overflow === 'wait' && this.#loss !== undefined) throw this.#loss
  }
}
