import type { CopyReport, CopyStorageOptions, StoredRun } from '@triplane/storage'
import type pg from 'pg'
import type { Environment } from './environment.ts'
import type { AuditDatabase } from './servers/audit-database.ts'
import type { ControlTopics } from './servers/control-topics.ts'
import type { DeadLetters } from './servers/dead-letters.ts'
import type { RawProducer } from './servers/raw-producer.ts'
import type { TopicReader } from './servers/topic-reader.ts'

/** A terminal, or what stands for one. */
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

/** All that the commands touch of the world. */
export interface Edges {
  readonly environment: Environment
  /** Results. */
  readonly out: Screen
  /** Messages and progress. */
  readonly err: Screen
  /** Wall time, microseconds. */
  readonly nowUs: () => number
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  readonly randomBytes: (count: number) => Buffer
  /** Who sits here, for a run that is started. */
  readonly userName: () => string
  /** The topics of control on Kafka. Rejects when it does not answer. */
  readonly openControlTopics: (environment: Environment) => Promise<ControlTopics>
  /** Any topic on Kafka. Rejects when it does not answer. */
  readonly openTopicReader: (environment: Environment) => Promise<TopicReader>
  /** The newest runs of an `npm start` that is under way here, newest first; absent where there is none, or Kafka is named. */
  readonly readLocalRuns?: () => Promise<readonly StoredRun[]>
  readonly openRawProducer: (environment: Environment) => Promise<RawProducer>
  readonly openDeadLetters: (environment: Environment) => DeadLetters
  readonly openAuditDatabase: (environment: Environment) => AuditDatabase
  /** A server by its connection string, or an embedded one by its folder, which is started. Rejects with StorageError. */
  readonly openStorage: (where: { readonly url: string } | { readonly folder: string }) => Promise<OpenedStorage>
  readonly copyStorage: (options: CopyStorageOptions) => Promise<CopyReport>
  /** Calls `act` at a Ctrl-C or SIGTERM instead of ending the process; gives what undoes that. */
  readonly onInterrupt: (act: () => void) => () => void
}
