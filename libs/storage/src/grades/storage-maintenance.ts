import { delay } from '@triplane/async'
import { US_PER_HOUR, US_PER_SECOND } from '@triplane/kernel'
import type { Database } from '../database.ts'
import { RollupJob, type RollupPass } from '../rollups/rollup-job.ts'
import { storageFault, type StorageError } from '../storage-error.ts'
import { RetentionJob, type DroppedDay, type RetentionDays } from './retention-job.ts'

/** Receives events for log and metrics. Must not throw. */
export interface MaintenanceObserver {
  rolledUp?(pass: RollupPass): void
  /** Days of history were dropped; never called without any. */
  dropped?(days: readonly DroppedDay[]): void
  /** A pass failed; the next one comes at its time. */
  failed?(fault: StorageError): void
}

export interface MaintenanceOptions {
  readonly database: Pick<Database, 'pool' | 'grade'>
  /** Days to keep rows, by table. By default nothing is dropped. */
  readonly retentionDays?: RetentionDays
  /** Default 5 s. */
  readonly rollupIntervalMs?: number
  /** Maximum time that `stop` spends on rolling up what is left; default 30 s. */
  readonly lastPassMs?: number
  readonly observer?: MaintenanceObserver
}

/** A pass that repeats, a fixed time after its end. */
interface Task {
  readonly run: () => Promise<unknown>
  readonly intervalMs: number
}

const US_PER_MS = 1000
const RETENTION_INTERVAL_MS = US_PER_HOUR / US_PER_MS
const ROLLUP_INTERVAL_MS = (5 * US_PER_SECOND) / US_PER_MS
const LAST_PASS_MS = (30 * US_PER_SECOND) / US_PER_MS
/** Interval of checks whether another process is still running a pass. */
const LOOK_AGAIN_MS = 100

/**
 * Rolls up trades and drops old days, in the background and on every grade. Run one beside every store of history: of several
 * on one database, one does the work. Faults are reported, and the next pass goes on; bugs are not caught.
 */
export class StorageMaintenance {
  readonly #tasks: readonly Task[]
  readonly #rollups: RollupJob
  readonly #observer: MaintenanceObserver
  readonly #lastPassMs: number
  readonly #stop = new AbortController()
  #running: readonly Promise<void>[] = []
  /** Whether the last rollup failed: then `stop` does not wait for a database that is down. */
  #isFailing = false

  constructor({ database, retentionDays = {}, rollupIntervalMs, lastPassMs, observer = {} }: MaintenanceOptions) {
    const { pool, grade } = database
    const retention = new RetentionJob({ pool, grade, days: retentionDays })
    this.#rollups = new RollupJob(pool)
    this.#observer = observer
    this.#lastPassMs = lastPassMs ?? LAST_PASS_MS
    const dropOld = async () => {
      const days = await retention.pass()
      if (days?.length) observer.dropped?.(days)
    }
    this.#tasks = [
      { run: () => this.#tellingFaults(dropOld), intervalMs: RETENTION_INTERVAL_MS },
      {
        run: async () => void (await this.#rollUp(this.#stop.signal)),
        intervalMs: rollupIntervalMs ?? ROLLUP_INTERVAL_MS,
      },
    ]
  }

  start(): void {
    this.#running = this.#tasks.map((task) => this.#repeat(task))
  }

  /**
   * Resolves when the passes in progress have ended and everything stored until now is rolled up, by whichever process; close
   * the writers first. A pass is interrupted between two transactions.
   */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#running)
    await this.#rollUpTheRest(AbortSignal.timeout(this.#lastPassMs))
  }

  async #rollUpTheRest(limit: AbortSignal): Promise<void> {
    while (!this.#isFailing && !limit.aborted) {
      if (await this.#rollUp(limit)) return
      await delay(LOOK_AGAIN_MS, limit)
    }
  }

  /** Returns whether a pass ran; another process may be running one. */
  async #rollUp(signal: AbortSignal): Promise<boolean> {
    let pass: RollupPass | undefined
    this.#isFailing = !(await this.#tellingFaults(async () => {
      pass = await this.#rollups.pass(signal)
    }))
    if (pass) this.#observer.rolledUp?.(pass)
    return pass !== undefined
  }

  /** Returns whether all went well. */
  async #tellingFaults(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      this.#observer.failed?.(storageFault(error, 'maintain the history'))
      return false
    }
  }

  async #repeat({ run, intervalMs }: Task): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await run()
      await delay(intervalMs, this.#stop.signal)
    }
  }
}
