import type { Timeframe } from '@triplane/contracts'
import { fromUs, toUs } from '../history/time-sql.ts'

const KEY = 'run_id, venue, symbol, time'
const VALUES = 'open, high, low, close, volume, quote_volume, buy_volume, trades'

/**
 * A trade's place in its bar, and its price, as in the data plane, whenever the trade arrived: by event time, then id, or
 * arrival.
 */
const PLACE = `array[${toUs('event_time')}, coalesce(trade_id, seq), price]`

/** The primary key of a table of bars. */
export const rollupKey = ['run_id', 'symbol', 'venue', 'time'] as const

/** Replaces an existing bar, which never loses trades: it stays unchanged when retention has dropped some of them. */
export const replaceBar = (table: string, than: '>' | '>='): string => `do update
  set (${VALUES}) = row(${VALUES.replace(/\w+/g, (name) => `excluded.${name}`)})
  where excluded.trades ${than} ${table}.trades`

const upsert = (table: string) => `on conflict (${rollupKey.join(', ')}) ${replaceBar(table, '>=')}`

const inSegment = (time: string) =>
  `run_id = $1 and ${time} >= ${fromUs('$2::bigint')} and ${time} < ${fromUs('$3::bigint')}`

/** The waiting marks: run and minute. */
export const markedMinutes = `select distinct run_id as run, ${toUs('time')} as us from rollup_marks order by 1, 2`

/**
 * Takes the marks of run $1 from $2 to $3, microseconds, and computes their minutes from trades. One statement sees one state
 * of the database, so it includes the trades of every mark that it takes. Returns the minutes that it stored. Trades are
 * scanned once, whatever the planner estimates for tables that grow this fast; minutes without a mark are discarded.
 */
export const rollUpMinutes = `
with touched as (delete from rollup_marks where ${inSegment('time')} returning ${KEY}),
minute as (select distinct ${KEY} from touched),
bar as (
  select run_id, venue, symbol, date_bin('1 minute', event_time, 'epoch') as time,
    (min(${PLACE}))[3] as open, max(price) as high, min(price) as low, (max(${PLACE}))[3] as close,
    sum(size::text::numeric) as volume, sum(price::text::numeric * size::text::numeric) as quote_volume,
    coalesce(sum(size::text::numeric) filter (where aggressor = 'buy'), 0) as buy_volume, count(*) as trades
  from trades where ${inSegment('event_time')} group by 1, 2, 3, 4
)
insert into bars_rollup_1m (${KEY}, ${VALUES})
select ${KEY}, ${VALUES} from bar join minute using (${KEY})
${upsert('bars_rollup_1m')}
returning ${KEY}`

/** A longer timeframe and its source. */
export interface RollupLevel {
  readonly timeframe: Timeframe
  readonly interval: string
  readonly from: Timeframe
}

export const rollupLevels: readonly RollupLevel[] = [
  { timeframe: '5m', interval: '5 minutes', from: '1m' },
  { timeframe: '15m', interval: '15 minutes', from: '5m' },
  { timeframe: '1h', interval: '1 hour', from: '15m' },
  { timeframe: '1d', interval: '1 day', from: '1h' },
]

/** Computes the bars of a level that contain the minutes whose keys are the arrays $1 to $4: runs, venues, symbols, times. */
export const rollUpLevel = ({ timeframe, interval, from }: RollupLevel): string => `
insert into bars_rollup_${timeframe} (${KEY}, ${VALUES})
select b.run_id, b.venue, b.symbol, b.time,
  (array_agg(s.open order by s.time))[1], max(s.high), min(s.low), (array_agg(s.close order by s.time desc))[1],
  sum(s.volume), sum(s.quote_volume), sum(s.buy_volume), sum(s.trades)
from (
  select distinct run_id, venue, symbol, date_bin('${interval}', time, 'epoch') as time
  from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as touched (${KEY})
) b
join bars_rollup_${from} s on s.run_id = b.run_id and s.symbol = b.symbol and s.venue = b.venue
  and s.time >= b.time and s.time < b.time + interval '${interval}'
group by 1, 2, 3, 4
${upsert(`bars_rollup_${timeframe}`)}`
