import type pg from 'pg'
import { oneAtATime } from '../grades/one-at-a-time.ts'
import { markedMinutes, rollupLevels, rollUpLevel, rollUpMinutes } from './rollup-sql.ts'
import { segmentsOf, type RollupSegment } from './rollup-segments.ts'

/** The result of a pass. */
export interface RollupPass {
  /** Minutes of a run, venue and symbol that were recomputed, and the longer bars that contain them. */
  readonly minutes: number
}

interface MinuteRow {
  readonly run_id: string
  readonly venue: string
  readonly symbol: string
  readonly time: Date
}

const statements = rollupLevels.map(rollUpLevel)

/**
 * Updates the rollup tables with everything that `trades` received since the last pass, late rows too. A pass may be
 * interrupted and repeated at any moment, and started by any number of processes: one of them does the work.
 */
export class RollupJob {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Runs one pass. Undefined when another process is running one; its next pass covers new rows. Throws StorageError. */
  pass(signal?: AbortSignal): Promise<RollupPass | undefined> {
    return oneAtATime(this.#pool, 'rollups', 'roll up trades', async (client) => {
      let minutes = 0
      for (const [run, minutesUs] of await minutesByRun(client)) {
        for (const segment of segmentsOf(minutesUs)) {
          if (signal?.aborted) break
          minutes += await rollUp(client, run, segment)
        }
      }
      return { minutes }
    })
  }
}

async function minutesByRun(client: pg.PoolClient): Promise<ReadonlyMap<string, number[]>> {
  const { rows } = await client.query<{ run: string; us: number }>(markedMinutes)
  const minutes = new Map<string, number[]>()
  for (const { run, us } of rows) {
    const known = minutes.get(run)
    if (known) known.push(us)
    else minutes.set(run, [us])
  }
  return minutes
}

/** A segment is one transaction: marks are removed when their bars are stored. */
async function rollUp(client: pg.PoolClient, run: string, { fromUs, toUs }: RollupSegment): Promise<number> {
  await client.query('begin')
  try {
    const { rows } = await client.query<MinuteRow>(rollUpMinutes, [run, fromUs, toUs])
    const keys = [
      rows.map((row) => row.run_id),
      rows.map((row) => row.venue),
      rows.map((row) => row.symbol),
      rows.map((row) => row.time),
    ]
    for (const statement of statements) await client.query(statement, keys)
    await client.query('commit')
    return rows.length
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
