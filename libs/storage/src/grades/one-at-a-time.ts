import type pg from 'pg'
import { storageFault } from '../storage-error.ts'

/** Database locks that only one Triplane can have at a time. Any numbers; the same in every Triplane. */
export const locks = { rollups: 7_241_985_002, retention: 7_241_985_003 } as const

/**
 * Runs `work` on its own connection under `lock`. Returns undefined at once when another process has it. Throws StorageError,
 * which says what was being done.
 */
export async function oneAtATime<Outcome>(
  pool: pg.Pool,
  lock: keyof typeof locks,
  doing: string,
  work: (client: pg.PoolClient) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  let client: pg.PoolClient | undefined
  let isBroken = false
  try {
    client = await pool.connect()
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [locks[lock]])
    if (!rows[0]?.held) return undefined
    const outcome = await work(client)
    await client.query('select pg_advisory_unlock($1)', [locks[lock]])
    return outcome
  } catch (error) {
    // Ends the session, and with it the lock.
    isBroken = true
    throw storageFault(error, doing)
  } finally {
    client?.release(isBroken)
  }
}
