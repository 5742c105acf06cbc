import { systemClock, US_PER_DAY, US_PER_HOUR, type Clock } from '@triplane/kernel'
import type pg from 'pg'
import { utcDay } from './utc-day.ts'

/** How long a registered day is remembered; after that it is registered again as being written to. */
const FRESH_FOR_US = US_PER_HOUR

/**
 * Ensures that the days of rows about to be written exist: partitions on plain Postgres, a note of the day on TimescaleDB.
 * Retention counts from the last registration. Queries the database once an hour for each table and day.
 */
export class DayRegister {
  readonly #clock: Clock
  /** Monotonic time at which a table's day was last registered. */
  readonly #toldUs = new Map<string, number>()

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /**
   * Call it outside a transaction. `timesUs` are the times of the rows, of any number of days. Throws what the client throws.
   */
  async ensure(client: pg.ClientBase, table: string, timesUs: Iterable<number>): Promise<void> {
    const nowUs = this.#clock.monotonicUs()
    const missing = daysOf(timesUs).filter((day) => !this.#isFresh(`${table} ${day}`, nowUs))
    if (missing.length === 0) return
    await ensureDays(client, table, missing)
    for (const day of missing) this.#toldUs.set(`${table} ${day}`, nowUs)
  }

  #isFresh(key: string, nowUs: number): boolean {
    const toldUs = this.#toldUs.get(key)
    return toldUs !== undefined && nowUs - toldUs < FRESH_FOR_US
  }
}

/** Creates the missing partitions of `table` for these days, counted from the epoch. */
export async function ensureDays(
  client: pg.ClientBase | pg.Pool,
  table: string,
  days: readonly number[],
): Promise<void> {
  await client.query('select ensure_history_days($1, $2::date[])', [table, days.map(utcDay)])
}

/** The distinct days of these times, counted from the epoch, in order. */
export function daysOf(timesUs: Iterable<number>): readonly number[] {
  const days = new Set<number>()
  let last = NaN
  for (const us of timesUs) {
    const day = Math.floor(us / US_PER_DAY)
    if (day !== last) days.add((last = day))
  }
  return [...days].sort((a, b) => a - b)
}
