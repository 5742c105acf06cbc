import { join } from 'node:path'
import type { Run } from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import type { Logger } from '@triplane/logging'
import {
  beginRun,
  HistoryStore,
  historyWriters,
  openDatabaseEventually,
  StorageMaintenance,
  type EventualDatabase,
  type HistoryObserver,
  type PartitionedTable,
  type RetentionDays,
} from '@triplane/storage'
import { databaseUrlOf, type PlaneConfig } from '../service-config.ts'
import type { RunHistory } from './plane-service.ts'

/** A service must stop within 20 s. */
const LAST_PASS_MS = 5000

export interface HistoriesOptions {
  readonly config: PlaneConfig
  /** Name of the service: each has its own folder of spilled rows. */
  readonly name: string
  /** Creates the observer of the history, if there is any. */
  readonly observe: () => HistoryObserver
  /** Whether this service maintains the database: rollups, retention, the table of runs. */
  readonly isKeeper: boolean
  readonly logger: Logger
  readonly clock: Clock
}

/** The history of the runs that a service hosts, in one database that may come and go. */
export interface Histories {
  readonly database: EventualDatabase
  open(run: Run): RunHistory
  /** Health of the newest run; the folder may still hold rows of the run before it. */
  health(): { readonly isHealthy: boolean; readonly fault?: Error; readonly spilledBytes?: number }
  close(): Promise<void>
}

/** Opens the history in the configured database; undefined without one. */
export function openHistories(options: HistoriesOptions): Histories | undefined {
  const { config, name, observe, isKeeper, clock } = options
  const { maxBufferedRows, maxSpilledBytes } = config.storage
  const url = databaseUrlOf(config.storage)
  const logger = options.logger.child('history')
  if (url === undefined) {
    logger.info('No DATABASE_URL: history is not stored')
    return undefined
  }
  const observer = observe()
  let away: Error | undefined
  const database = openDatabaseEventually({ url }, (found) => {
    away = found.state === 'ready' ? undefined : found.fault
    if (found.state === 'ready') logger.info('The database is open', { grade: found.description })
    else if (found.state === 'away') logger.warning('The database is down; history waits', { fault: found.fault })
    else logger.error('The database cannot be used', { fault: found.fault })
  })
  let maintenance: StorageMaintenance | undefined
  if (isKeeper) {
    void database.opened.then(
      (opened) => {
        maintenance = new StorageMaintenance({
          database: opened,
          retentionDays: retention(config.storage.retentionDays),
          lastPassMs: LAST_PASS_MS,
          observer: { failed: (fault) => logger.warning('Maintenance of the database failed', { fault }) },
        })
        maintenance.start()
      },
      () => undefined,
    )
  }
  const writers = historyWriters({ pool: database.pool, url })
  let store: HistoryStore | undefined

  return {
    database,
    open(run) {
      const opened = new HistoryStore({
        pool: database.pool,
        writers,
        isReady: () => database.isReady,
        runId: run.runId,
        overflow: 'spill',
        spill: {
          folder: join(config.state.folder, `spill-${name}`),
          maxBytes: maxSpilledBytes,
          onNotice: (line) => logger.warning(line),
        },
        maxBufferedRows,
        observer,
        clock,
      })
      store = opened
      if (isKeeper) void noteRun(database, run, logger)
      return {
        write: (producer, events) => opened.write(producer, events),
        settled: () => opened.settled(),
        close: () => opened.close(),
      }
    },
    health() {
      const { isHealthy = true, ...known } = store?.health() ?? {}
      const isReady = database.isReady
      return { ...known, isHealthy: isHealthy && isReady, ...(!isReady && away && { fault: away }) }
    },
    async close() {
      await maintenance?.stop()
      await writers.close()
      await database.close()
    },
  }
}

async function noteRun(database: EventualDatabase, run: Run, logger: Logger): Promise<void> {
  const { runId, mode, startedAtUs, ...configuration } = run
  try {
    await database.ready
    await beginRun(database.pool, { runId, mode, startedAtUs, configuration })
  } catch (fault) {
    logger.warning('Cannot record the run in the table of runs', { run_id: runId, fault })
  }
}

/** One retention for all market data and what is derived from it; by default it is kept forever. */
function retention(days: number | undefined): RetentionDays {
  if (days === undefined) return {}
  const tables: readonly PartitionedTable[] = [
    'trades',
    'quotes',
    'ofi',
    'signals',
    'portfolio_history',
    'dead_letters',
  ]
  return Object.fromEntries(tables.map((table) => [table, days]))
}
