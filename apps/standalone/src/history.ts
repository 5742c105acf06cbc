import { endsWithin } from '@triplane/async'
import { topicOf, topics, type Event, type Topic } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import type { Bus, Consumer } from '@triplane/messaging'
import { exportHistory, type Metrics } from '@triplane/metrics'
import {
  beginRun,
  createSlowestFills,
  endRun,
  HistoryStore,
  historyWriters,
  slowFillOf,
  StorageMaintenance,
  storedEventTypes,
  type RowWriters,
  type SlowestFills,
} from '@triplane/storage'
import type { HealthReport } from '@triplane/health'
import type { Report } from './report.ts'
import { openRunDatabase, type RunDatabase } from './run-database.ts'

export interface HistoryOptions {
  readonly url: string | undefined
  readonly folder: string
  readonly maxBufferedRows: number
  /** Where rows wait while the database is down, and the limit in bytes. */
  readonly spill: { readonly folder: string; readonly maxBytes: number }
  readonly bus: Bus
  readonly run: {
    readonly runId: string
    readonly mode: string
    readonly startedAtUs: number
    readonly configuration: unknown
  }
  /** Whether the run waits for a database that answers, so that rows equal counts. Otherwise the market does not wait. */
  readonly waits: boolean
  readonly metrics: Metrics<'data_plane'>
  readonly logger: Logger
  /** What the run had stored before it stopped. */
  readonly before?: NonNullable<Report['storage']> | undefined
}

/** How long the end of a run waits for a database that fails, or that stores nothing; the rest stays on disk then. */
const FAULT_PATIENCE_MS = 2_000
const STALL_PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 100
/** Time limit for writing the table of runs. */
const NOTE_WITHIN_MS = 5_000

/**
 * The run's history in Postgres: stores the events of the bus in the background. While the database is down rows wait on disk,
 * for its return or for the next run.
 */
export class History {
  readonly #database: RunDatabase
  readonly #writers: RowWriters
  readonly #store: HistoryStore
  readonly #slowest: SlowestFills
  readonly #consumer: Consumer
  readonly #options: HistoryOptions
  /** Aborts when the run should end. */
  readonly #hurried = new AbortController()
  #maintenance: StorageMaintenance | undefined
  #isBegun = false

  /** Opens the database and records the start of the run, now or as soon as the database is ready. Throws StorageError. */
  static async open(options: HistoryOptions): Promise<History> {
    const { url, folder, logger } = options
    const database = await openRunDatabase({ url, folder, logger })
    const writers = historyWriters(database)
    let history: History
    try {
      history = new History(database, writers, options)
    } catch (error) {
      await writers.close()
      await database.close()
      throw error
    }
    const begun = history.#begin()
    if (database.isReady) await endsWithin(begun, { ms: NOTE_WITHIN_MS })
    return history
  }

  private constructor(database: RunDatabase, writers: RowWriters, options: HistoryOptions) {
    const { bus, run, spill, maxBufferedRows, metrics, logger } = options
    this.#database = database
    this.#options = options
    this.#writers = writers
    this.#store = new HistoryStore({
      pool: database.pool,
      writers,
      isReady: () => database.isReady,
      runId: run.runId,
      overflow: 'spill',
      spill: { ...spill, onNotice: (line) => logger.warning(line) },
      maxBufferedRows,
      observer: exportHistory(metrics, storedEventTypes),
    })
    this.#slowest = createSlowestFills({
      pool: database.pool,
      isReady: () => database.isReady,
      onFault: (fault) => logger.warning('Cannot store the slowest fills', { fault }),
    })
    const stored = new Set<Topic>(storedEventTypes.map((type) => topicOf[type]))
    this.#consumer = bus.consumer({
      group: 'history',
      topics: Object.values(topics).filter((topic) => stored.has(topic)),
      from: 'earliest',
    })
  }

  /** Once the database is ready: starts its maintenance, and records the run. */
  async #begin(): Promise<void> {
    const { logger } = this.#options
    try {
      const database = await this.#database.opened
      logger.info('The database is open', { grade: database.description })
      this.#maintenance = new StorageMaintenance({
        database,
        observer: { failed: (fault) => logger.warning('Maintenance of the database failed', { fault }) },
      })
      this.#maintenance.start()
      await this.#noteBegin()
    } catch (fault) {
      if (!this.#hurried.signal.aborted) logger.warning('Cannot record the run in the table of runs', { fault })
    }
  }

  async #noteBegin(): Promise<void> {
    await beginRun(this.#database.pool, this.#options.run)
    this.#isBegun = true
  }

  get database(): RunDatabase {
    return this.#database
  }

  /** Forwards the published events to the store. Resolves when the store has room, if the run waits for it. */
  async store(): Promise<void> {
    const records = this.#consumer.take()
    for (let i = 0; i < records.length; i++) {
      const { topic, producer, events } = records[i] as (typeof records)[number]
      this.#store.write(producer, events)
      if (topic.name === topics.fills.name) this.#noteSlow(events)
    }
    void this.#consumer.commit()
    const { waits, maxBufferedRows, metrics } = this.#options
    metrics.storageSpilled.set(this.#store.health().spilledBytes)
    // Waits from half full on: the events of the next turn must fit too, or they would go to disk needlessly.
    const { signal } = this.#hurried
    if (waits && !signal.aborted) await endsWithin(this.#store.ready(maxBufferedRows / 2), { signal })
  }

  #noteSlow(events: readonly Event[]): void {
    const { runId } = this.#options.run
    for (const event of events) if (event.type === 'fill') this.#slowest.note(slowFillOf(runId, event))
  }

  /** Whether the database accepts writes, and if not, why. */
  health(): HealthReport & { readonly spilledBytes: number } {
    const { isHealthy, ...known } = this.#store.health()
    const { isReady, fault } = this.#database
    return { ...known, isHealthy: isHealthy && isReady, ...(!isReady && fault && { fault }) }
  }

  /** The run should end: it stops waiting for the database. */
  hurry(): void {
    this.#hurried.abort()
  }

  /**
   * Resolves when everything is stored or, while the database is down, on disk for the next run. Returns the rows of this run
   * in the database, those waiting on disk, and those lost.
   */
  async flush(): Promise<NonNullable<Report['storage']>> {
    await this.store()
    let isFlushed = false
    const flushed = this.#store.flush().then(() => (isFlushed = true))
    let progress = { at: performance.now(), writeUs: this.#store.health().lastWriteUs }
    while (!isFlushed) {
      await endsWithin(flushed, { ms: LOOK_EVERY_MS })
      const { lastWriteUs, isHealthy } = this.#store.health()
      if (lastWriteUs !== progress.writeUs) progress = { at: performance.now(), writeUs: lastWriteUs }
      const patienceMs = isHealthy ? STALL_PATIENCE_MS : FAULT_PATIENCE_MS
      if (performance.now() - progress.at > patienceMs) break
    }
    if (!isFlushed) {
      await this.#store.settled()
      const { spilledRows, fault } = this.#store.health()
      this.#options.logger.warning('History waits on disk for the next run', { rows: spilledRows, fault })
    }
    return this.counts()
  }

  counts(): NonNullable<Report['storage']> {
    const { rows, dropped } = this.#options.before ?? { rows: {}, dropped: 0 }
    const counts = Object.entries(this.#store.counts())
    const { spilledRows } = this.#store.health()
    return {
      rows: Object.fromEntries(counts.map(([type, now]) => [type, (rows[type] ?? 0) + now.written + now.known])),
      dropped: counts.reduce((sum, [, now]) => sum + now.dropped + now.failed, dropped),
      ...(spilledRows > 0 && { waiting: spilledRows }),
    }
  }

  /** Records the end of the run and its report, if the database is up. */
  async noteEnd(end: { readonly endedAtUs: number; readonly report: Report }): Promise<void> {
    try {
      const note = async () => {
        if (!this.#isBegun) await this.#noteBegin()
        await endRun(this.#database.pool, { runId: this.#options.run.runId, ...end })
      }
      if (await endsWithin(note(), { ms: NOTE_WITHIN_MS })) return
      this.#options.logger.warning('Cannot record the end of the run in the table of runs: no answer in time')
    } catch (fault) {
      this.#options.logger.warning('Cannot record the end of the run in the table of runs', { fault })
    }
  }

  /** Stores the rest, or leaves it on disk, then closes the database. */
  async close(): Promise<void> {
    this.hurry()
    try {
      await this.#store.close()
    } finally {
      await this.#writers.close()
      await this.#slowest.close()
      await this.#maintenance?.stop()
      await this.#database.close()
    }
  }
}
