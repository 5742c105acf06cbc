import { topicOf, topics, type Event, type Topic } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import type { Bus, Consumer } from '@triplane/messaging'
import { exportHistory, type Metrics } from '@triplane/metrics'
import {
  beginRun,
  createSlowestFills,
  endRun,
  HistoryStore,
  openDatabase,
  slowFillOf,
  StorageMaintenance,
  storedEventTypes,
  type Database,
  type SlowestFills,
} from '@triplane/storage'
import type { Report } from './report.ts'

export interface HistoryOptions {
  readonly url: string | undefined
  readonly folder: string
  readonly maxBufferedRows: number
  readonly bus: Bus
  readonly run: {
    readonly runId: string
    readonly mode: string
    readonly startedAtUs: number
    readonly configuration: unknown
  }
  /** `wait`: the run waits for the database, so that rows equal counts. `drop`: the market does not wait. */
  readonly overflow: 'wait' | 'drop'
  readonly metrics: Metrics<'data_plane'>
  readonly logger: Logger
  /** What the run had stored before it was stopped. */
  readonly before?: NonNullable<Report['storage']> | undefined
}

/** The run's history in Postgres: what is on the bus goes to the store, in the background. */
export class History {
  readonly #database: Database
  readonly #store: HistoryStore
  readonly #slowest: SlowestFills
  readonly #maintenance: StorageMaintenance
  readonly #consumer: Consumer
  readonly #options: HistoryOptions

  /** Opens the database and notes that the run began. Throws StorageError. */
  static async open(options: HistoryOptions): Promise<History> {
    const database = await openDatabase({
      url: options.url,
      embedded: { folder: options.folder, onNotice: (line) => options.logger.info(line) },
    })
    try {
      await beginRun(database.pool, options.run)
    } catch (error) {
      await database.close()
      throw error
    }
    return new History(database, options)
  }

  private constructor(database: Database, options: HistoryOptions) {
    const { bus, run, overflow, maxBufferedRows, metrics } = options
    this.#database = database
    this.#maintenance = new StorageMaintenance({
      database,
      observer: { failed: (fault) => options.logger.warning('Maintenance of the database failed', { fault }) },
    })
    this.#maintenance.start()
    options.logger.info('The database is open', { grade: database.description })
    this.#options = options
    this.#store = new HistoryStore({
      pool: database.pool,
      runId: run.runId,
      overflow,
      maxBufferedRows,
      observer: exportHistory(metrics),
    })
    this.#slowest = createSlowestFills({
      pool: database.pool,
      onFault: (fault) => options.logger.warning('The slowest fills could not be stored', { fault }),
    })
    const stored = new Set<Topic>(storedEventTypes.map((type) => topicOf[type]))
    this.#consumer = bus.consumer({
      group: 'history',
      topics: Object.values(topics).filter((topic) => stored.has(topic)),
      from: 'earliest',
    })
  }

  get database(): Database {
    return this.#database
  }

  /** Hands over to the store what has been published. Resolves when the store has room, if the run waits for it. */
  async store(): Promise<void> {
    const records = this.#consumer.take()
    for (let i = 0; i < records.length; i++) {
      const { topic, producer, events } = records[i] as (typeof records)[number]
      this.#store.write(producer, events)
      if (topic.name === topics.fills.name) this.#noteSlow(events)
    }
    void this.#consumer.commit()
    if (this.#store.isFull && this.#options.overflow === 'wait') await this.#store.ready()
  }

  #noteSlow(events: readonly Event[]): void {
    const { runId } = this.#options.run
    for (const event of events) if (event.type === 'fill') this.#slowest.note(slowFillOf(runId, event))
  }

  /** Whether the database takes what it is given. */
  isHealthy(): boolean {
    return this.#store.health().isHealthy
  }

  /** Resolves when everything is stored. Gives the rows that the database has of this run, and those it has not. */
  async flush(): Promise<NonNullable<Report['storage']>> {
    await this.store()
    await this.#store.flush()
    return this.counts()
  }

  counts(): NonNullable<Report['storage']> {
    const { rows, dropped } = this.#options.before ?? { rows: {}, dropped: 0 }
    const counts = Object.entries(this.#store.counts())
    return {
      rows: Object.fromEntries(counts.map(([type, now]) => [type, (rows[type] ?? 0) + now.written + now.known])),
      dropped: counts.reduce((sum, [, now]) => sum + now.dropped + now.failed, dropped),
    }
  }

  /** Notes the end of the run and its report. */
  async noteEnd(end: { readonly endedAtUs: number; readonly report: Report }): Promise<void> {
    await endRun(this.#database.pool, { runId: this.#options.run.runId, ...end })
  }

  /** Stores what is left, then lets go of the database. */
  async close(): Promise<void> {
    try {
      await this.#store.close()
    } finally {
      await this.#slowest.close()
      await this.#maintenance.stop()
      await this.#database.close()
    }
  }
}
