import type { Grade } from '../grades/grade.ts'

/** The tables with the column that gives the day, and their indexes besides the key. */
const tables: readonly (readonly [table: string, column: string, indexes: readonly (readonly [string, string])[]])[] = [
  [
    'trades',
    'event_time',
    [
      ['trades_time', 'using brin (time)'],
      ['trades_event_time', '(event_time)'],
    ],
  ],
  ['quotes', 'time', [['quotes_time', 'using brin (time)']]],
  ['bars', 'time', [['bars_symbol', '(symbol, timeframe, open_time)']]],
  ['ofi', 'time', [['ofi_time', 'using brin (time)']]],
  ['signals', 'time', [['signals_time', 'using brin (time)']]],
  ['portfolio_history', 'time', []],
  ['dead_letters', 'time', []],
]

/** The days of every partitioned table, with the approximate hour of the last write. */
const register = `
create table history_days (
  table_name text not null,
  day        date not null,
  written_at timestamptz not null default now(),
  primary key (table_name, day)
);
`

/** Called before rows of these days are written; the days are in order, so that two callers cannot deadlock. */
const ensureDays = (makePartition: string) => `
create function ensure_history_days(parent text, days date[]) returns void language plpgsql as $$
declare
  a_day date;
begin
  foreach a_day in array days loop
    insert into history_days (table_name, day) values (parent, a_day)
      on conflict (table_name, day) do update set written_at = now();
    ${makePartition}
  end loop;
end $$;
`

/** Attaching takes a weaker lock than creating it as a partition: readers and writers of other days go on. */
const makeRangePartition = `
    if to_regclass(parent || to_char(a_day, '_YYYYMMDD')) is null then
      execute format('create table %I (like %I including all)', parent || to_char(a_day, '_YYYYMMDD'), parent);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent,
        parent || to_char(a_day, '_YYYYMMDD'),
        a_day::timestamp at time zone 'UTC', (a_day + 1)::timestamp at time zone 'UTC');
    end if;`

const daysIn = (table: string, column: string) =>
  `array(select distinct (${column} at time zone 'UTC')::date from ${table} order by 1)`

const indexesOf = (table: string, indexes: readonly (readonly [string, string])[]) =>
  indexes.map(([name, definition]) => `create index ${name} on ${table} ${definition};`).join('\n')

const asRangePartitions = tables.map(
  ([table, column, indexes]) => `
alter table ${table} rename to ${table}_before;
create table ${table} (like ${table}_before including defaults) partition by range (${column});
select ensure_history_days('${table}', ${daysIn(`${table}_before`, column)});
insert into ${table} select * from ${table}_before;
drop table ${table}_before;
alter table ${table} add primary key (run_id, producer, seq, ${column});
${indexesOf(table, indexes)}
`,
)

const asHypertables = tables.map(
  ([table, column, indexes]) => `
alter table ${table} drop constraint ${table}_pkey;
alter table ${table} add primary key (run_id, producer, seq, ${column});
${indexesOf(
  table,
  indexes.filter(([name]) => name === 'trades_event_time'),
)}
select ensure_history_days('${table}', ${daysIn(table, column)});
select create_hypertable('${table}', by_range('${column}', interval '1 day'),
  create_default_indexes => false, migrate_data => true);
`,
)

/** Turns the large tables of history into tables with one partition or chunk per day. Existing rows stay. */
export function partitionByDay(grade: Grade): string {
  const [makePartition, partition] =
    grade === 'postgres' ? [makeRangePartition, asRangePartitions] : ['', asHypertables]
  return [register, ensureDays(makePartition), ...partition].join('')
}
