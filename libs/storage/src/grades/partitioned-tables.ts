/**
 * The tables of history that are kept in one partition or chunk a day, UTC, each with the column that says which day. Trades
 * go by the venue's time, as bars do; the others by market time. Runs, orders, their journal and fills are not among them:
 * what was ordered and booked is never dropped.
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
