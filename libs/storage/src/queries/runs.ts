import type pg from 'pg'
import { toUs } from '../history/time-sql.ts'
import { storageFault } from '../storage-error.ts'

/** A stored run. Wall times in microseconds. */
export interface StoredRun {
  readonly runId: string
  readonly mode: string
  readonly startedAtUs: number
  /** Absent while it runs, or when its end was never recorded. */
  readonly endedAtUs: number | undefined
}

interface Row extends Omit<StoredRun, 'endedAtUs'> {
  readonly endedAtUs: number | null
}

const SELECT = `
select run_id as "runId", mode, ${toUs('started_at')} as "startedAtUs", ${toUs('ended_at')} as "endedAtUs"
from runs order by started_at desc, run_id limit $1`

/** The newest runs, newest first. Throws StorageError. */
export async function listRuns(pool: pg.Pool, limit = 20): Promise<readonly StoredRun[]> {
  try {
    const { rows } = await pool.query<Row>(SELECT, [limit])
    return rows.map((row) => ({ ...row, endedAtUs: row.endedAtUs ?? undefined }))
  } catch (error) {
    throw storageFault(error, 'list the runs')
  }
}
