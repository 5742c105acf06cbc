import { SerialQueue } from '@triplane/async'
import { symbolOf, type Fill } from '@triplane/contracts'
import type pg from 'pg'
import { fromUs } from '../history/time-sql.ts'
import { storageFault, type StorageError } from '../storage-error.ts'

/** A fill and its latency. */
export interface SlowFill {
  readonly runId: string
  readonly intentId: string
  readonly fillId: string
  readonly strategy: string
  readonly symbol: string
  /** From the frame to the fill, microseconds. */
  readonly totalUs: number
  /** From the frame to the order, microseconds, if known. */
  readonly tickToOrderUs?: number
  /** Id of its trace, 32 hex digits, if it has one. */
  readonly traceId?: string
  /** Market time of the fill. */
  readonly timeUs: number
}

/** A fill of the run as it is stored: from the frame at which it was decided to its effect. */
export function slowFillOf(runId: string, fill: Fill, traceId?: string): SlowFill {
  const { intentId, fillId, strategy, instrument, tsIntentUs, effectUs } = fill
  const totalUs = Math.max(0, effectUs - tsIntentUs)
  const traced = traceId === undefined ? {} : { traceId }
  return { runId, intentId, fillId, strategy, symbol: symbolOf(instrument), totalUs, timeUs: effectUs, ...traced }
}

export interface SlowestFillsOptions {
  readonly pool: pg.Pool
  /** False until the schema exists: the fills then wait. */
  readonly isReady?: () => boolean
  /** Number of fills kept per run, in memory and in the table; default 100. */
  readonly keep?: number
  /** How often they are stored; default 10 s. */
  readonly intervalMs?: number
  /** Called when they could not be stored; they are retried at the next interval. Must not throw. */
  readonly onFault?: (fault: StorageError) => void
}

export interface SlowestFills {
  /** Notes a fill if it is among the slowest. Cheap: most fills cost one comparison. */
  note(fill: SlowFill): void
  /** Stores the noted fills. Throws StorageError, and then keeps them. */
  flush(): Promise<void>
  /** Ends the interval and stores the noted fills, if the database is available. */
  close(): Promise<void>
}

const COLUMNS = 'run_id, fill_id, intent_id, strategy, symbol, total_us, tick_to_order_us, trace_id'
const UPSERT = `insert into slowest_fills (${COLUMNS}, time)
  select ${COLUMNS}, ${fromUs('time_us')} from jsonb_to_recordset($1) as noted (run_id text, fill_id text, intent_id text,
    strategy text, symbol text, total_us bigint, tick_to_order_us bigint, trace_id text, time_us bigint)
  on conflict (run_id, fill_id) do nothing`
const TRIM = `delete from slowest_fills where run_id = any($1) and (run_id, fill_id) not in (
  select run_id, fill_id from (
    select run_id, fill_id, row_number() over (partition by run_id order by total_us desc, fill_id) as place
    from slowest_fills where run_id = any($1)) as ranked
  where place <= $2)`

/**
 * Keeps the slowest fills of each run, with their traces, in `slowest_fills`: at most `keep` per run. Between two intervals
 * they are in memory, at most `keep` of all runs.
 */
export function createSlowestFills(options: SlowestFillsOptions): SlowestFills {
  const { pool, isReady = () => true, keep = 100, intervalMs = 10_000, onFault = () => undefined } = options
  /** The slowest first. */
  let noted: SlowFill[] = []
  const stores = new SerialQueue()

  function note(fill: SlowFill): void {
    const fastest = noted[keep - 1]
    if (fastest !== undefined && fill.totalUs <= fastest.totalUs) return
    let place = noted.length
    while (place > 0 && (noted[place - 1] as SlowFill).totalUs < fill.totalUs) place--
    noted.splice(place, 0, fill)
    if (noted.length > keep) noted.pop()
  }

  async function store(): Promise<void> {
    if (noted.length === 0 || !isReady()) return
    const fills = noted
    noted = []
    try {
      await pool.query(UPSERT, [JSON.stringify(fills.map(rowOf))])
      await pool.query(TRIM, [[...new Set(fills.map(({ runId }) => runId))], keep])
    } catch (error) {
      for (const fill of fills) note(fill)
      throw storageFault(error, `store the ${fills.length} slowest fills`)
    }
  }

  const flush = () => stores.run(store)
  const flushOrTell = () => flush().catch((error: unknown) => onFault(storageFault(error, 'store the slowest fills')))
  const timer = setInterval(() => void flushOrTell(), intervalMs)
  return {
    note,
    flush,
    async close() {
      clearInterval(timer)
      await flushOrTell()
    },
  }
}

function rowOf({ runId, fillId, intentId, totalUs, tickToOrderUs, traceId, timeUs, ...same }: SlowFill) {
  return {
    run_id: runId,
    fill_id: fillId,
    intent_id: intentId,
    strategy: same.strategy,
    symbol: same.symbol,
    total_us: Math.round(totalUs),
    tick_to_order_us: tickToOrderUs === undefined ? undefined : Math.round(tickToOrderUs),
    trace_id: traceId,
    time_us: timeUs,
  }
}
