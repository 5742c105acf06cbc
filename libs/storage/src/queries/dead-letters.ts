import type { DeadLetter } from '@triplane/contracts'
import type pg from 'pg'
import { toUs } from '../history/time-sql.ts'
import { storageFault } from '../storage-error.ts'

/** Identifies a dead letter. */
export interface DeadLetterId {
  readonly runId: string
  readonly producer: string
  readonly seq: number
}

/** A refused frame or record without its bytes. */
export interface DeadLetterSummary extends DeadLetterId, Omit<DeadLetter, 'type' | 'seq' | 'raw' | 'rawBytes'> {
  /** Full length; `raw` may have the first 64 kB only. */
  readonly rawBytes: number
}

/** A refused frame or record with its bytes. */
export interface StoredDeadLetter extends DeadLetterSummary {
  readonly raw: Buffer
}

export interface DeadLettersQuery {
  readonly limit: number
  /** Only those of this run. */
  readonly runId?: string
}

const COLUMNS = `run_id as "runId", producer, seq::double precision as seq, ${toUs('time')} as "tsRecvUs", source, venue,
  symbol || '@' || venue as instrument, stage, reason, event_type as "eventType", detail, origin, coalesce(raw_bytes, length(raw))::double precision as "rawBytes",
  raw_sha256 as "rawSha256"`

/** The newest dead letters by receive time, newest first. Throws StorageError. */
export async function listDeadLetters(pool: pg.Pool, query: DeadLettersQuery): Promise<readonly DeadLetterSummary[]> {
  const sql = `select ${COLUMNS} from dead_letters where $2::text is null or run_id = $2
    order by time desc, run_id, producer, dead_letters.seq desc limit $1`
  try {
    const { rows } = await pool.query<DeadLetterSummary>(sql, [query.limit, query.runId])
    return rows.map(withoutNulls)
  } catch (error) {
    throw storageFault(error, 'list the dead letters')
  }
}

/** One dead letter; undefined when there is none with that id. Throws StorageError. */
export async function readDeadLetter(pool: pg.Pool, id: DeadLetterId): Promise<StoredDeadLetter | undefined> {
  const sql = `select ${COLUMNS}, raw from dead_letters where run_id = $1 and producer = $2 and dead_letters.seq = $3`
  try {
    const { rows } = await pool.query<StoredDeadLetter>(sql, [id.runId, id.producer, id.seq])
    return rows[0] && withoutNulls(rows[0])
  } catch (error) {
    throw storageFault(error, 'read a dead letter')
  }
}

/** Turns null columns into absent fields. */
function withoutNulls<Row extends object>(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Row
}
