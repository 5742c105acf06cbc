// The database
export { openDatabase, type Database } from './database.ts'
export { openDatabaseEventually, type EventualDatabase } from './eventual-database.ts'
// Runs and their history
export { beginRun, endRun } from './runs.ts'
export { HistoryStore } from './history/history-store.ts'
export { historyWriters } from './history/history-writers.ts'
export type { RowWriters } from './history/row-writer.ts'
export type { HistoryObserver } from './history/history-options.ts'
export { storedEventTypes } from './history/history-tables.ts'
// Grades of storage: TimescaleDB, its Apache edition, plain Postgres
export type { PartitionedTable } from './grades/partitioned-tables.ts'
export type { RetentionDays } from './grades/retention-job.ts'
export { StorageMaintenance } from './grades/storage-maintenance.ts'
export { RollupJob } from './rollups/rollup-job.ts'
// Queries
export { queryBars } from './queries/bars.ts'
export {
  listDeadLetters,
  readDeadLetter,
  type DeadLetterId,
  type DeadLettersQuery,
  type DeadLetterSummary,
  type StoredDeadLetter,
} from './queries/dead-letters.ts'
export { readExecutions, type StoredExecutions, type StoredFill, type StoredOrder } from './queries/executions.ts'
export { listRuns, type StoredRun } from './queries/runs.ts'
// Audit
export { createAuditLog, type AuditLog, type AuditLogOptions } from './audit/audit-log.ts'
export type { PublishedLink } from './audit/audit-chain.ts'
export { describeAuditProblem, verifyAudit, type AuditVerdict } from './audit/verify-audit.ts'
// Copy from one database to another
export { copyStorage, type CopyReport, type CopyStorageOptions, type TableCopy } from './copy/copy-storage.ts'
// Slowest fills
export { createSlowestFills, slowFillOf, type SlowestFills } from './slowest-fills/slowest-fills.ts'
// Faults
export { StorageError } from './storage-error.ts'
// Files that survive a torn write
export { checkedLine, scanLines } from './files/checked-lines.ts'
export { checkedRecord, scanRecords } from './files/checked-records.ts'
export { systemDisk, type Disk } from './files/disk.ts'
