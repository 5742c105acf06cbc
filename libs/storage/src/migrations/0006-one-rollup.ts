import type { Grade } from '../grades/grade.ts'
import { partitionedTables } from '../grades/partitioned-tables.ts'
import { ohlcvBars } from './0002-views.ts'
import { ownRollups } from './0002-rollups.ts'

const levels = ['1m', '5m', '15m', '1h', '1d'] as const
const columns = 'run_id, venue, symbol, time, open, high, low, close, volume, quote_volume, buy_volume, trades'

const keep = (level: string) => `
create table kept_bars_${level} as select ${columns} from bars_rollup_${level};`

/** Ends a running refresh first. */
const stopRefresh = (level: string) => `
select remove_continuous_aggregate_policy('bars_rollup_${level}', if_exists => true);`

const drop = (level: string) => `
drop materialized view bars_rollup_${level};`

const restore = (level: string) => `
insert into bars_rollup_${level} (${columns}) select ${columns} from kept_bars_${level};
drop table kept_bars_${level};`

/**
 * The continuous aggregates become the tables of the other grades, with all of their bars, since the trades of some are gone.
 * Every minute with trades is marked, so the next pass of the rollup job computes what was never refreshed.
 */
const ownBars = `
${levels.map(stopRefresh).join('')}
drop view ohlcv_data;
${levels.map(keep).join('')}
${[...levels].reverse().map(drop).join('')}
${ownRollups}
${levels.map(restore).join('')}
create view ohlcv_data as select *, time as timestamp, timeframe as interval from (${ohlcvBars}) bars;
`

const ownRetention = partitionedTables
  .map((table) => `select remove_retention_policy('${table}', if_exists => true);\n`)
  .join('')

/**
 * A chunk is compressed a week after it was created, so that a replay of older days is not compressed while it is being
 * written. Trades stay uncompressed: the order of `trades_stream` is that of an index, and compressed chunks have none.
 */
const compression =
  partitionedTables
    .map((table) => {
      const remove = `select remove_compression_policy('${table}', if_exists => true);\n`
      if (table === 'trades') return remove
      return `${remove}select add_compression_policy('${table}', compress_created_before => interval '7 days');\n`
    })
    .join('') +
  `select decompress_chunk(chunk, if_compressed => true) from show_chunks('trades') as chunk;
alter table trades set (timescaledb.compress = false);
`

/** One rollup and one retention on every grade, so that the same trades give the same bars. */
export const oneRollup = {
  id: 6,
  name: 'one-rollup',
  sql: (grade: Grade): string => (grade === 'timescale' ? [ownBars, ownRetention, compression].join('') : ''),
}
