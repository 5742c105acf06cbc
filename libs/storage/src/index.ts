// The database
export { openDatabase, type Database, type DatabaseOptions } from './database.ts'
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded/embedded-postgres.ts'
// Runs and their history
export { beginRun, endRun, type RunEnd, type RunStart } from './runs.ts'
export {
  HistoryStore,
  type HistoryCounts,
  type HistoryHealth,
  type HistoryObserver,
  type HistoryStoreOptions,
} from './history/history-store.ts'
export { storedEventTypes } from './history/history-tables.ts'
// Faults
export { StorageError, type StorageErrorCode } from './storage-error.ts'
