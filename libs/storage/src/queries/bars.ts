import type { Timeframe } from '@triplane/contracts'
import type pg from 'pg'
import { fromUs, toUs } from '../history/time-sql.ts'
import { storageFault } from '../storage-error.ts'

/** A bar rolled up from the stored trades. Base and quote units; times in microseconds. */
export interface RollupBar {
  readonly venue: string
  readonly symbol: string
  readonly openTimeUs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly quoteVolume: number
  readonly buyVolume: number
  /** Quote volume divided by volume. */
  readonly vwap: number
  readonly trades: number
  /** False when the data plane closed the bar and nothing of its interval is missing. */
  readonly incomplete: boolean
}

export interface BarsQuery {
  readonly runId: string
  readonly symbol: string
  readonly timeframe: Timeframe
  /** Bars that open at or after this time. */
  readonly fromUs: number
  /** Bars that open before this time. */
  readonly toUs: number
}

const SELECT = `
select venue, symbol, ${toUs('time')} as "openTimeUs", open, high, low, close, volume,
  quote_volume as "quoteVolume", buy_volume as "buyVolume", vwap, trades::double precision as trades,
  incomplete
from dashboard_bars
where run_id = $1 and symbol = $2 and timeframe = $3
  and time >= ${fromUs('$4::bigint')} and time < ${fromUs('$5::bigint')}
order by time, venue`

/** Bars of a symbol from the rollups, oldest first: as of the last pass of the rollup job. Throws StorageError. */
export async function queryBars(pool: pg.Pool, query: BarsQuery): Promise<readonly RollupBar[]> {
  try {
    const values = [query.runId, query.symbol, query.timeframe, query.fromUs, query.toUs]
    return (await pool.query<RollupBar>(SELECT, values)).rows
  } catch (error) {
    throw storageFault(error, `read ${query.timeframe} bars`)
  }
}
