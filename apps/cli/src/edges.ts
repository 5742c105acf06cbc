import type { PreparedKafka } from '@triplane/messaging'
import type { CopyReport, CopyStorageOptions, StoredRun } from '@triplane/storage'
import type pg from 'pg'
import type { Environment } from './environment.ts'
import type { AuditDatabase } from './servers/audit-database.ts'
import type { ControlTopics } from './servers/control-topics.ts'
import type { DeadLetters } from './servers/dead-letters.ts'
import type { Executions } from './servers/executions.ts'
import type { TopicReader } from './servers/topic-reader.ts'

/** A terminal, or a substitute for one. */
export interface Screen {
  readonly isTTY: boolean
  readonly columns: number
  write(text: string | Buffer): void
}

/** A database with the schema up to date. */
export interface OpenedStorage {
  readonly pool: pg.Pool
  close(): Promise<void>
}

/** The edges: everything outside the process that the commands use. */
export interface Edges {
  readonly environment: Environment
  /** Standard output: results. */
  readonly out: Screen
  /** Standard error: messages and progress. */
  readonly err: Screen
  /** Wall time, microseconds. */
  readonly nowUs: () => number
  /** Resolves after this many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  readonly randomBytes: (count: number) => Buffer
  /** The user's name, for the run that a command starts. */
  readonly userName: () => string
  /** The control topics on Kafka. Rejects when it does not answer. */
  readonly openControlTopics: (environment: Environment) => Promise<ControlTopics>
  /** Any topic on Kafka. Rejects when it does not answer. */
  readonly openTopicReader: (environment: Environment) => Promise<TopicReader>
  /** The newest runs of an `npm start` that runs here, newest first; absent where none runs, or Kafka is configured. */
  readonly readLocalRuns?: () => Promise<readonly StoredRun[]>
  /** Makes what Kafka lacks of topics and rights. Rejects when it does not answer, or does not let us. */
  readonly prepareKafka: (environment: Environment) => Promise<PreparedKafka>
  readonly openDeadLetters: (environment: Environment) => DeadLetters
  readonly openExecutions: (environment: Environment) => Executions
  readonly openAuditDatabase: (environment: Environment) => AuditDatabase
  /** Opens a server by its connection string, or starts an embedded one by its folder. Rejects with StorageError. */
  readonly openStorage: (where: { readonly url: string } | { readonly folder: string }) => Promise<OpenedStorage>
  readonly copyStorage: (options: CopyStorageOptions) => Promise<CopyReport>
  /** Calls `act` on Ctrl-C or SIGTERM instead of ending the process; returns a function that undoes this. */
  readonly onInterrupt: (act: () => void) => () => void
}
