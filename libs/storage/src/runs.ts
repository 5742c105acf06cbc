import type pg from 'pg'
import { storageFault } from './storage-error.ts'
import { fromUs } from './history/time-sql.ts'

/** The fields of a run at its start. */
export interface RunStart {
  readonly runId: string
  /** live, simulation, replay, scenario. */
  readonly mode: string
  /** Wall time. */
  readonly startedAtUs: number
  /** The configuration, without secrets. */
  readonly configuration: unknown
}

/** The fields of a run at its end. */
export interface RunEnd {
  readonly runId: string
  /** Wall time. */
  readonly endedAtUs: number
  readonly report: unknown
}

/** Records the start of a run. A resumed run keeps its first start and is open again. */
export async function beginRun(pool: pg.Pool, run: RunStart): Promise<void> {
  const sql = `insert into runs (run_id, mode, started_at, configuration) values ($1, $2, ${fromUs('$3::bigint')}, $4)
    on conflict (run_id) do update set ended_at = null, report = null`
  const values = [run.runId, run.mode, run.startedAtUs, JSON.stringify(run.configuration)]
  await pool
    .query(sql, values)
    .catch((error: unknown) => Promise.reject(storageFault(error, 'store the start of a run')))
}

/** Records the end of a run, with its report. */
export async function endRun(pool: pg.Pool, run: RunEnd): Promise<void> {
  const sql = `update runs set ended_at = ${fromUs('$2::bigint')}, report = $3 where run_id = $1`
  const values = [run.runId, run.endedAtUs, JSON.stringify(run.report)]
  await pool.query(sql, values).catch((error: unknown) => Promise.reject(storageFault(error, 'store the end of a run')))
}
