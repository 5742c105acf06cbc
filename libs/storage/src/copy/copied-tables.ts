import { timeframes } from '@triplane/contracts'
import { partitionedTables } from '../grades/partitioned-tables.ts'
import { replaceBar, rollupKey } from '../rollups/rollup-sql.ts'

/** How the rows of a table are copied from one database to another. */
export interface CopiedTable {
  readonly name: string
  /** Columns that identify a row, in the order of the primary key. */
  readonly key: readonly string[]
  /** Whether to compare only the rows of the source's runs; otherwise all rows. */
  readonly isByRun: boolean
  /** What to do with an existing row. Rows of most tables never change. */
  readonly onConflict: string
  /** The target may derive rows of its own from what was copied before. */
  readonly isDerived: boolean
}

const keepFirst = 'do nothing'

const ended = `(run_id) do update set ended_at = excluded.ended_at, report = excluded.report
  where runs.ended_at is null and excluded.ended_at is not null`

const orderState =
  'seq, time, strategy, venue, symbol, state, reason, side, order_type, quantity, requested_quantity, filled_quantity, limit_price, intent_time, state_time'
const newerState = `(run_id, intent_id) do update
  set (${orderState}) = row(${orderState.replace(/\w+/g, (name) => `excluded.${name}`)}) where orders.seq < excluded.seq`

const byRun = (name: string, key: readonly string[], onConflict = keepFirst): CopiedTable => ({
  name,
  key,
  isByRun: true,
  onConflict,
  isDerived: false,
})

/** Bars outlive their trades, so they are copied; the target keeps a bar that it made from more trades. */
const rollup = (name: string): CopiedTable => ({
  ...byRun(name, rollupKey, `(${rollupKey.join(', ')}) ${replaceBar(name, '>')}`),
  isDerived: true,
})

/** Every table to copy: referenced tables come first, and trades before their bars. */
export const copiedTables: readonly CopiedTable[] = [
  byRun('runs', ['run_id'], ended),
  ...partitionedTables.map((name) => byRun(name, ['run_id', 'producer', 'seq'])),
  ...timeframes.map((timeframe) => rollup(`bars_rollup_${timeframe}`)),
  byRun('order_journal', ['run_id', 'producer', 'seq']),
  byRun('orders', ['run_id', 'intent_id'], newerState),
  byRun('fills', ['run_id', 'fill_id']),
  byRun('account_openings', ['run_id', 'opening_id']),
  byRun('slowest_fills', ['run_id', 'fill_id']),
  { name: 'audit_log', key: ['link'], isByRun: false, onConflict: keepFirst, isDerived: false },
]
