/**
 * Bars from trades, in five tables. Sums are numeric and so exact: a double's shortest text is the decimal that the venue sent.
 * The first and last trade of a bar are those of the lowest and highest sequence.
 */
const levels = ['1m', '5m', '15m', '1h', '1d'] as const

const tableOf = (level: string) => `
create table bars_rollup_${level} (
  run_id       text not null,
  venue        text not null,
  symbol       text not null,
  time         timestamptz not null,
  open         double precision not null,
  high         double precision not null,
  low          double precision not null,
  close        double precision not null,
  volume       numeric not null,
  quote_volume numeric not null,
  buy_volume   numeric not null,
  trades       bigint not null,
  primary key (run_id, symbol, venue, time)
);
`

/**
 * Every statement that adds trades marks their minutes, whoever writes. Marks are only ever added here and commit with their
 * trades, so whoever takes the visible marks sees their trades too; no writer waits for another.
 */
const marks = `
create table rollup_marks (
  run_id text not null,
  venue  text not null,
  symbol text not null,
  time   timestamptz not null
);
create index rollup_marks_run on rollup_marks (run_id, time);

create function mark_rollups() returns trigger language plpgsql as $$
begin
  insert into rollup_marks
    select distinct run_id, venue, symbol, date_bin('1 minute', event_time, 'epoch') from inserted;
  return null;
end $$;
create trigger mark_rollups after insert on trades
  referencing new table as inserted for each statement execute function mark_rollups();
insert into rollup_marks select distinct run_id, venue, symbol, date_bin('1 minute', event_time, 'epoch') from trades;
`

/** Rollup tables that a RollupJob maintains. */
export const ownRollups = [...levels.map(tableOf), marks].join('')

/** The selection of the continuous aggregate of a minute. The other levels select from the one before. */
const minuteAggregate = `
select run_id, venue, symbol, time_bucket(interval '1 minute', event_time) as time,
  first(price, seq) as open, max(price) as high, min(price) as low, last(price, seq) as close,
  sum(size::text::numeric) as volume, sum(price::text::numeric * size::text::numeric) as quote_volume,
  sum(case when aggressor = 'buy' then size::text::numeric else 0 end) as buy_volume, count(*) as trades
from trades group by 1, 2, 3, 4`

const longerAggregate = (interval: string, source: string) => `
select run_id, venue, symbol, time_bucket(interval '${interval}', time) as time,
  first(open, time) as open, max(high) as high, min(low) as low, last(close, time) as close,
  sum(volume) as volume, sum(quote_volume) as quote_volume, sum(buy_volume) as buy_volume, sum(trades) as trades
from ${source} group by 1, 2, 3, 4`

/** Level, length, source, refresh interval. */
const aggregates = [
  ['1m', '1 minute', minuteAggregate, '1 minute'],
  ['5m', '5 minutes', longerAggregate('5 minutes', 'bars_rollup_1m'), '5 minutes'],
  ['15m', '15 minutes', longerAggregate('15 minutes', 'bars_rollup_5m'), '15 minutes'],
  ['1h', '1 hour', longerAggregate('1 hour', 'bars_rollup_15m'), '30 minutes'],
  ['1d', '1 day', longerAggregate('1 day', 'bars_rollup_1h'), '1 hour'],
] as const

/**
 * Continuous aggregates. They are refreshed as far back as rows change, since replays bring trades of any year; parts not
 * refreshed yet are read from the level before.
 */
export const continuousAggregates = aggregates
  .map(
    ([level, interval, select, schedule]) => `
create materialized view bars_rollup_${level}
  with (timescaledb.continuous, timescaledb.materialized_only = false) as ${select} with no data;
select add_continuous_aggregate_policy('bars_rollup_${level}', start_offset => null,
  end_offset => interval '${interval}', schedule_interval => interval '${schedule}');
`,
  )
  .join('')

/** Columns that group and order compressed rows; together they contain the key. */
const compressed = [
  ['trades', 'run_id, producer, symbol', 'event_time, seq'],
  ['quotes', 'run_id, producer, symbol', 'time, seq'],
  ['bars', 'run_id, producer, symbol', 'time, seq'],
  ['ofi', 'run_id, producer, symbol', 'time, seq'],
  ['signals', 'run_id, producer, symbol', 'time, seq'],
  ['portfolio_history', 'run_id, producer', 'time, seq'],
  ['dead_letters', 'run_id, producer', 'time, seq'],
] as const

/** Chunks are compressed a week after their day. */
export const compression = compressed
  .map(
    ([table, segments, order]) => `
alter table ${table} set (timescaledb.compress,
  timescaledb.compress_segmentby = '${segments}', timescaledb.compress_orderby = '${order}');
select add_compression_policy('${table}', compress_after => interval '7 days');
`,
  )
  .join('')
