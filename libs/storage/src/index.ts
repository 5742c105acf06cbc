// The database
export { openDatabase, type Database, type DatabaseOptions } from './database.ts'
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded/embedded-postgres.ts'
export { openDatabaseEventually, type EventualDatabase, type EventualState } from './eventual-database.ts'
// Runs and their history
export { beginRun, endRun, type RunEnd, type RunStart } from './runs.ts'
export { HistoryStore } from './history/history-store.ts'
export type { HistoryCounts, HistoryHealth, HistoryObserver, HistoryStoreOptions } from './history/history-options.ts'
export type { SpillOptions } from './history/spill.ts'
export { storedEventTypes } from './history/history-tables.ts'
// Grades of storage: TimescaleDB, its Apache edition, plain Postgres
export type { Grade } from './grades/grade.ts'
export { ensureDays } from './grades/day-register.ts'
export { partitionColumns, type PartitionedTable } from './grades/partitioned-tables.ts'
export { RetentionJob, type DroppedDay, type RetentionDays } from './grades/retention-job.ts'
export { StorageMaintenance, type MaintenanceObserver, type MaintenanceOptions } from './grades/storage-maintenance.ts'
export { RollupJob, type RollupPass } from './rollups/rollup-job.ts'
// Queries
export { queryBars, type BarsQuery, type RollupBar } from './queries/bars.ts'
export {
  listDeadLetters,
  readDeadLetter,
  type DeadLetterId,
  type DeadLettersQuery,
  type DeadLetterSummary,
  type StoredDeadLetter,
} from './queries/dead-letters.ts'
export { listRuns, type StoredRun } from './queries/runs.ts'
// Audit
export { createAuditLog, type AuditLog, type AuditLogOptions } from './audit/audit-log.ts'
export type { AuditEntry, AuditRow, JsonValue, PublishedLink } from './audit/audit-chain.ts'
export { describeAuditProblem, verifyAudit, type AuditProblem, type AuditVerdict } from './audit/verify-audit.ts'
// Copy from one database to another
export {
  copyStorage,
  type CopyProgress,
  type CopyReport,
  type CopyStorageOptions,
  type TableCopy,
} from './copy/copy-storage.ts'
// Slowest fills
export {
  createSlowestFills,
  slowFillOf,
  type SlowestFills,
  type SlowestFillsOptions,
  type SlowFill,
} from './slowest-fills/slowest-fills.ts'
// Faults
export { StorageError, type StorageErrorCode } from './storage-error.ts'
// Files that survive a torn write
export { checkedLine, scanLines } from './files/checked-lines.ts'
export { systemDisk, type Disk } from './files/disk.ts'
