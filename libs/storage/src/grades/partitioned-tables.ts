/**
 * The tables of history with one partition or chunk per UTC day, each with the column that gives the day. Trades go by the
 * venue's time, as bars do; the others by market time. Runs, orders, their journal and fills are not among them: orders and
 * bookings are never dropped.
 */
export const partitionColumns = {
  trades: 'event_time',
  quotes: 'time',
  bars: 'time',
  ofi: 'time',
  signals: 'time',
  portfolio_history: 'time',
  dead_letters: 'time',
} as const

export type PartitionedTable = keyof typeof partitionColumns

export const partitionedTables = Object.keys(partitionColumns) as readonly PartitionedTable[]
