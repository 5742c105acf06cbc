import { US_PER_HOUR, US_PER_SECOND } from '@triplane/kernel'
import type { Database } from '../database.ts'
import { RollupJob, type RollupPass } from '../rollups/rollup-job.ts'
import { storageFault, type StorageError } from '../storage-error.ts'
import { RetentionJob, type DroppedDay, type RetentionDays } from './retention-job.ts'

/** Told what happens, for log and metrics. Must not throw. */
export interface MaintenanceObserver {
  rolledUp?(pass: RollupPass): void
  /** Days of history went; never called with none. */
  dropped?(days: readonly DroppedDay[]): void
  /** A pass failed; the next one comes at its time. */
  failed?(fault: StorageError): void
}

export interface MaintenanceOptions {
  readonly database: Pick<Database, 'pool' | 'grade'>
  /** Days that rows are kept, by table. Nothing is dropped by default. */
  readonly retentionDays?: RetentionDays
  /** 5 s */
  readonly rollupIntervalMs?: number
  readonly observer?: MaintenanceObserver
}

/** A pass that is run again and again, so long after its end. */
interface Task {
  readonly run: () => Promise<void>
  readonly intervalMs: number
}

const US_PER_MS = 1000
const RETENTION_INTERVAL_MS = US_PER_HOUR / US_PER_MS
const ROLLUP_INTERVAL_MS = (5 * US_PER_SECOND) / US_PER_MS

/**
 * Does in the background what the grade's server does not do itself: rolls up trades, and drops old days. Run one beside every
 * store of history: of several at one database, one does the work. Faults are told and pass; bugs are not caught.
 */
export class StorageMaintenance {
  readonly #tasks: readonly Task[]
  readonly #stop = new AbortController()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #running = new Set<Promise<void>>()

  constructor({ database, retentionDays = {}, rollupIntervalMs, observer = {} }: MaintenanceOptions) {
    const { pool, grade } = database
    const retention = new RetentionJob({ pool, grade, days: retentionDays })
    const rollups = new RollupJob(pool)
    const dropOld = async () => {
      const days = await retention.pass()
      if (days?.length) observer.dropped?.(days)
    }
    const rollUp = async () => {
      const pass = await rollups.pass(this.#stop.signal)
      if (pass) observer.rolledUp?.(pass)
    }
    const task = (pass: () => Promise<void>, intervalMs: number): Task => ({
      intervalMs,
      run: () => pass().catch((error: unknown) => observer.failed?.(storageFault(error, 'maintain the history'))),
    })
    const hasOwnRollups = grade !== 'timescale'
    this.#tasks = [
      task(dropOld, RETENTION_INTERVAL_MS),
      ...(hasOwnRollups ? [task(rollUp, rollupIntervalMs ?? ROLLUP_INTERVAL_MS)] : []),
    ]
  }

  start(): void {
    for (const task of this.#tasks) this.#repeat(task)
  }

  /** Resolves when the passes in progress have come to an end; a rollup breaks off between two transactions. */
  async stop(): Promise<void> {
    this.#stop.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all(this.#running)
  }

  #repeat(task: Task): void {
    if (this.#stop.signal.aborted) return
    const running = task.run().finally(() => {
      this.#running.delete(running)
      if (this.#stop.signal.aborted) return
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#repeat(task)
      }, task.intervalMs)
      this.#timers.add(timer)
    })
    this.#running.add(running)
  }
}
