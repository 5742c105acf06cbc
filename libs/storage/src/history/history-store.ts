import { Backoff, delay, endsWithin, Signal } from '@triplane/async'
import type { Event, EventType } from '@triplane/contracts'
import { invariant, systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import { isDatabaseAway, storageFault, StorageError } from '../storage-error.ts'
import type { HistoryCounts, HistoryHealth, HistoryObserver, HistoryStoreOptions } from './history-options.ts'
import { historyTables } from './history-tables.ts'
import { poolWriters } from './history-writers.ts'
import type { Batch, RowWriter, RowWriters } from './row-writer.ts'
import { Spill, type OldestSegment } from './spill.ts'
import { TableBuffer } from './table-buffer.ts'

const BACKOFF = { firstMs: 100, longestMs: 5000 }
const US_PER_MS = 1000
/** Rows written to the disk at a time: all or none. */
const SPILL_ROWS = 1000

/** A batch from memory on its way to the database. */
interface Flight {
  readonly buffer: TableBuffer
  readonly batch: Batch
  /** Its rows have been written to the disk, or given up: the database's answer no longer counts. */
  isOver: boolean
}

/**
 * Stores history in the background. `write` puts events into memory and returns; batches go to the database one after the
 * other. With `spill`, when the database is down or memory is full, everything in memory goes to files on the disk, and so does
 * everything newer, until the files are in the database.
 *
 * Invariants
 * 1. Per event type: accepted = written + known + failed + dropped + buffered + on the disk. Rows that an earlier process
 *    left on the disk count as accepted; torn ones count as torn.
 * 2. Memory is bounded by `maxBufferedRows`, the disk by `spill.maxBytes`; rows beyond are counted, never lost silently.
 * 3. A row is stored once, however often it is written: by (run, producer, sequence), fills by id.
 * 4. With `wait`, failed rows make `ready`, `flush` and `close` reject: the database then differs from the counts.
 * 5. Rows of one type are stored in the order of writing, also across the disk and across processes.
 * 6. A row on the disk is removed only after it was stored, under its own run.
 */
export class HistoryStore {
  readonly #writers: RowWriters
  readonly #isReady: () => boolean
  readonly #runId: string
  readonly #writer: RowWriter
  readonly #overflow: 'drop' | 'wait' | 'spill'
  readonly #spill: Spill | undefined
  readonly #maxBufferedRows: number
  readonly #maxBatchRows: number
  readonly #flushIntervalMs: number
  readonly #patienceMs: number
  readonly #settleTimeoutMs: number
  readonly #observer: HistoryObserver | undefined
  readonly #clock: Clock
  readonly #buffers: readonly TableBuffer[]
  readonly #bufferOf: ReadonlyMap<EventType, TableBuffer>
  #buffered = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  #flight: Flight | undefined
  /** Set while rows are on the disk: moves them to the database. */
  #replaying: Promise<void> | undefined
  /** For rows of another run; closed when they are stored. */
  #otherWriter: { readonly runId: string; readonly writer: RowWriter } | undefined
  /** Raised when rows have left memory. */
  readonly #roomMade = new Signal()
  #lastWriteUs: number | undefined
  /** The current fault, and monotonic time of the first in a row. */
  #fault: StorageError | undefined
  #faultSinceUs: number | undefined
  /** The first fault that lost rows. */
  #loss: StorageError | undefined
  #closed = false
  /** Aborts when unstored rows must stay on the disk. */
  readonly #stopping = new AbortController()

  /** Throws StorageError `spill_failed` when the folder of the spill cannot be used. */
  constructor(options: HistoryStoreOptions) {
    this.#writers = options.writers ?? poolWriters(options.pool)
    this.#isReady = options.isReady ?? (() => true)
    this.#runId = options.runId
    this.#writer = this.#writers.of(options.runId)
    this.#overflow = options.overflow
    this.#maxBufferedRows = options.maxBufferedRows ?? 50_000
    this.#maxBatchRows = options.maxBatchRows ?? 10_000
    this.#flushIntervalMs = options.flushIntervalMs ?? 200
    this.#patienceMs = options.patienceMs ?? 30_000
    this.#settleTimeoutMs = options.settleTimeoutMs ?? 2000
    this.#observer = options.observer
    this.#clock = options.clock ?? systemClock
    this.#buffers = historyTables.map((table) => new TableBuffer(table))
    this.#bufferOf = new Map(this.#buffers.map((buffer) => [buffer.table.eventType, buffer]))
    if (options.overflow !== 'spill') return
    invariant(options.spill !== undefined, 'a store that spills is told where')
    const onTorn = (rows: number) => this.#observer?.torn?.(rows)
    this.#spill = new Spill({ onTorn, ...options.spill }, options.runId, this.#clock)
    if (!this.#spill.isEmpty) this.#replaying = this.#replay(this.#spill)
  }

  /** Accepts the events that are history; ignores others. Never waits. */
  write(producer: string, events: readonly Event[]): void {
    if (this.#closed) throw new StorageError('closed', 'Expected an open history store, was closed')
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as Event
      const buffer = this.#bufferOf.get(event.type)
      if (buffer === undefined || !buffer.table.keeps(event)) continue
      if (this.#buffered >= this.#maxBufferedRows && !this.#makeRoom()) {
        this.#countDropped(buffer, 1)
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

  /**
   * Resolves when fewer than `rows` wait in memory: by default, when there is room. With `wait` it rejects when rows were given
   * up.
   */
  async ready(rows = this.#maxBufferedRows): Promise<void> {
    this.#throwIfLost()
    while (this.#buffered >= rows && !this.#closed) {
      const roomMade = this.#roomMade.raised()
      void this.#flushNow()
      await roomMade
      this.#throwIfLost()
    }
  }

  /**
   * Resolves when everything written so far is stored or given up; with `spill`, when the disk is empty too. With `wait` it
   * rejects when rows were given up.
   */
  async flush(): Promise<void> {
    while (this.#buffered > 0 || this.#replaying !== undefined) {
      await this.#flushNow()
      await this.#replaying
    }
    this.#throwIfLost()
  }

  /**
   * Resolves when everything written so far is sure to reach the database whatever happens to this process and its machine: it
   * is there, or in a synced file. Rows that neither the database nor the disk accepts in time are dropped and counted. Throws
   * StorageError `spill_failed` when a file cannot be synced. Without `spill` it is `flush`.
   */
  async settled(): Promise<void> {
    if (this.#spill === undefined) return this.flush()
    const marks = this.#buffers.map((buffer) => [buffer, buffer.entered] as const)
    const isOut = () => marks.every(([buffer, entered]) => buffer.left >= entered)
    const deadlineUs = this.#clock.monotonicUs() + this.#settleTimeoutMs * US_PER_MS
    while (!isOut() && this.#replaying === undefined) {
      const waitMs = (deadlineUs - this.#clock.monotonicUs()) / US_PER_MS
      if (waitMs <= 0) break
      const roomMade = this.#roomMade.raisedWithin(waitMs)
      void this.#flushNow()
      await roomMade
    }
    if (!isOut()) this.#spillBuffered(this.#spill)
    if (!isOut()) this.#dropBuffered()
    await this.#spill.sync()
  }

  /**
   * Stores the buffer, gives up what cannot be stored in time, and releases the connection. With `spill`, rows not stored in
   * time stay on the disk for the next process.
   */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#faultSinceUs !== undefined) this.#faultSinceUs = this.#clock.monotonicUs()
    try {
      await (this.#spill === undefined ? this.flush() : this.settled())
    } finally {
      if (this.#spill !== undefined) await this.#stop(this.#spill)
      this.#writer.close()
    }
  }

  /** The outcomes for the events of this run, by type, with every stored type. Excludes rows of earlier runs. */
  counts(): Readonly<Partial<Record<EventType, HistoryCounts>>> {
    const entries = this.#buffers.map(({ table, written, known, failed, dropped, spilled }) => {
      return [table.eventType, { written, known, failed, dropped, spilled }] as const
    })
    return Object.fromEntries(entries)
  }

  health(): HistoryHealth {
    const fault = this.#fault ?? (this.#overflow === 'wait' ? this.#loss : undefined)
    const spillFault = this.#spill?.fault
    return {
      isHealthy: fault === undefined && spillFault === undefined,
      bufferedRows: this.#buffered,
      spilledRows: this.#spill?.rows ?? 0,
      spilledBytes: this.#spill?.bytes ?? 0,
      tornRows: this.#spill?.tornRows ?? 0,
      ...(this.#lastWriteUs !== undefined && { lastWriteUs: this.#lastWriteUs }),
      ...(fault !== undefined && { fault }),
      ...(spillFault !== undefined && { spillFault }),
    }
  }

  /** Schedules storing the buffer: at once when it fills a batch, else after the interval. */
  #schedule(): void {
    if (this.#buffered === 0) return
    if (this.#flushing !== undefined && this.#replaying === undefined) return
    if (this.#buffered >= this.#maxBatchRows) void this.#flushNow()
    else this.#startTimer()
  }

  #startTimer(): void {
    this.#timer ??= setTimeout(() => void this.#flushNow(), this.#flushIntervalMs)
  }

  /** Stores one batch of each table that has rows; while there are rows on the disk, moves everything there. */
  #flushNow(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#replaying !== undefined) {
      this.#spillBuffered(this.#spill as Spill)
      // The disk may fail.
      if (this.#buffered > 0) this.#startTimer()
      return Promise.resolve()
    }
    this.#flushing ??= this.#storeBatches().finally(() => {
      this.#flushing = undefined
      this.#schedule()
    })
    return this.#flushing
  }

  async #storeBatches(): Promise<void> {
    for (const buffer of this.#buffers) {
      if (this.#replaying !== undefined) return
      if (buffer.size === 0) continue
      const batch = buffer.take(this.#maxBatchRows)
      const flight: Flight = { buffer, batch, isOver: false }
      this.#flight = flight
      await this.#storeBatch(this.#writer, buffer, batch, flight)
      this.#flight = undefined
      if (!flight.isOver) this.#leaves(buffer, batch.events.length)
    }
  }

  /** Retries until the batch is stored, or given up because the fault is permanent or lasts too long. */
  async #storeBatch(writer: RowWriter, buffer: TableBuffer, batch: Batch, flight?: Flight): Promise<void> {
    const rows = batch.events.length
    const startUs = this.#clock.monotonicUs()
    const { signal } = this.#stopping
    const backoff = new Backoff(BACKOFF)
    while (!flight?.isOver && !signal.aborted) {
      try {
        const written = await this.#attempt(writer, buffer, batch)
        return flight?.isOver ? undefined : this.#countStored(writer, buffer, rows, written, startUs)
      } catch (error) {
        const fault = storageFault(error, `store ${rows} rows of type ${buffer.table.eventType}`)
        if (signal.aborted) return
        this.#fault = fault
        this.#faultSinceUs ??= this.#clock.monotonicUs()
        if (this.#spill !== undefined && isDatabaseAway(fault)) this.#spillBuffered(this.#spill)
        else if (!fault.retryable || !this.#isPatient(this.#faultSinceUs)) {
          if (!flight?.isOver) this.#countFailed(writer, buffer, rows, fault)
          return
        }
        this.#observer?.delayed?.(buffer.table.eventType, rows)
      }
      if (!flight?.isOver) await delay(backoff.next(), signal)
    }
  }

  #attempt(writer: RowWriter, buffer: TableBuffer, batch: Batch): Promise<number> {
    if (!this.#isReady())
      throw new StorageError('unavailable', 'Expected a database with its schema, was not ready yet')
    return writer.write(buffer.table, batch)
  }

  /** With `spill`, moves rows from memory to the disk. False when the new row must be dropped. */
  #makeRoom(): boolean {
    if (this.#overflow === 'wait') return true
    if (this.#spill !== undefined) this.#spillBuffered(this.#spill)
    return !this.isFull
  }

  /** Moves rows from memory to the disk, oldest first, as far as the disk accepts them. */
  #spillBuffered(spill: Spill): void {
    this.#replaying ??= this.#replay(spill)
    const flight = this.#flight
    if (flight !== undefined && !flight.isOver) {
      if (!this.#spillBatch(spill, flight.buffer, flight.batch)) return
      flight.isOver = true
    }
    for (const buffer of this.#buffers) {
      while (buffer.size > 0) {
        const batch = buffer.take(SPILL_ROWS)
        if (!this.#spillBatch(spill, buffer, batch)) return buffer.putBack(batch)
      }
    }
  }

  #spillBatch(spill: Spill, buffer: TableBuffer, batch: Batch): boolean {
    if (!spill.append(batch)) return false
    const rows = batch.events.length
    buffer.spilled += rows
    this.#observer?.spilled?.(buffer.table.eventType, rows)
    this.#leaves(buffer, rows)
    return true
  }

  /** Drops the rows in memory. A batch on its way may be stored nevertheless. */
  #dropBuffered(): void {
    const flight = this.#flight
    if (flight !== undefined && !flight.isOver) {
      flight.isOver = true
      this.#countDropped(flight.buffer, flight.batch.events.length)
      this.#leaves(flight.buffer, flight.batch.events.length)
    }
    for (const buffer of this.#buffers) {
      const rows = buffer.take(buffer.size).events.length
      if (rows === 0) continue
      this.#countDropped(buffer, rows)
      this.#leaves(buffer, rows)
    }
  }

  /** Moves rows from the disk to the database, until there are none left or the store is stopped. */
  async #replay(spill: Spill): Promise<void> {
    // One batch at a time: the one on its way comes first.
    await this.#flushing
    while (!this.#stopping.signal.aborted) {
      try {
        const segment = await spill.oldest()
        if (segment !== undefined) {
          await this.#replaySegment(spill, segment)
          if (!this.#stopping.signal.aborted) await spill.removeOldest()
        } else if (spill.isEmpty) break
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        this.#fault = error
        await delay(BACKOFF.longestMs, this.#stopping.signal)
      }
    }
    this.#otherWriter?.writer.close()
    this.#otherWriter = undefined
    this.#replaying = undefined
    if (!this.#stopping.signal.aborted) this.#schedule()
  }

  async #replaySegment(spill: Spill, { runId, events, producers }: OldestSegment): Promise<void> {
    for (const [type, batch] of byType(events, producers)) {
      const buffer = this.#bufferOf.get(type)
      const rows = batch.events.length
      if (buffer === undefined) spill.leftOut(rows, `Expected events that are history, was ${type}`)
      for (let start = 0; buffer !== undefined && start < rows; start += this.#maxBatchRows) {
        const end = Math.min(start + this.#maxBatchRows, rows)
        const some = { events: batch.events.slice(start, end), producers: batch.producers.slice(start, end) }
        await this.#storeBatch(this.#writerOf(runId), buffer, some)
        if (this.#stopping.signal.aborted) return
        spill.took(end - start)
      }
    }
  }

  #writerOf(runId: string): RowWriter {
    if (runId === this.#runId) return this.#writer
    if (this.#otherWriter?.runId !== runId) {
      this.#otherWriter?.writer.close()
      this.#otherWriter = { runId, writer: this.#writers.of(runId) }
    }
    return this.#otherWriter.writer
  }

  /** Ends the background work; cuts off a hanging write. */
  async #stop(spill: Spill): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    const ended = Promise.all([this.#flushing, this.#replaying])
    if (!(await endsWithin(ended, { ms: this.#settleTimeoutMs }))) {
      this.#writer.close()
      this.#otherWriter?.writer.close()
    }
    await ended
    await spill.close()
  }

  /** Rows of another run are reported to the observer, but not counted for this run. */
  #countStored(writer: RowWriter, buffer: TableBuffer, rows: number, written: number, startUs: number): void {
    if (writer === this.#writer) {
      buffer.written += written
      buffer.known += rows - written
    }
    this.#fault = undefined
    this.#faultSinceUs = undefined
    this.#lastWriteUs = this.#clock.nowUs()
    const seconds = (this.#clock.monotonicUs() - startUs) / US_PER_SECOND
    this.#observer?.stored(buffer.table.eventType, rows, rows - written, seconds)
  }

  #countFailed(writer: RowWriter, buffer: TableBuffer, rows: number, fault: StorageError): void {
    if (writer === this.#writer) buffer.failed += rows
    this.#loss ??= fault
    this.#observer?.failed(buffer.table.eventType, rows)
  }

  #countDropped(buffer: TableBuffer, rows: number): void {
    buffer.dropped += rows
    this.#observer?.dropped(buffer.table.eventType, rows)
  }

  #leaves(buffer: TableBuffer, rows: number): void {
    buffer.left += rows
    this.#buffered -= rows
    this.#roomMade.raise()
  }

  /** Live, the database may stay down for any time: rows beyond the buffer are dropped and counted meanwhile. */
  #isPatient(sinceUs: number): boolean {
    if (this.#overflow !== 'wait' && !this.#closed) return true
    return this.#clock.monotonicUs() - sinceUs < this.#patienceMs * US_PER_MS
  }

  #throwIfLost(): void {
    if (this.#overflow === 'wait' && this.#loss !== undefined) throw this.#loss
  }
}

/** The rows by type, each in its original order. */
function byType(events: readonly Event[], producers: readonly string[]): ReadonlyMap<EventType, Batch> {
  const batches = new Map<EventType, { readonly events: Event[]; readonly producers: string[] }>()
  for (const [i, event] of events.entries()) {
    let batch = batches.get(event.type)
    if (batch === undefined) batches.set(event.type, (batch = { events: [], producers: [] }))
    batch.events.push(event)
    batch.producers.push(producers[i] as string)
  }
  return batches
}
