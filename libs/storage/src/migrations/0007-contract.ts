export const levels = ['1m', '5m', '15m', '1h', '1d'] as const

/** A venue is an exchange and one of its products: binance_spot, binance_usdm. */
const EXCHANGE = `split_part(venue, '_', 1)`

/** Unix time in seconds of a column, by functions that an index may use. */
const unixTime = (column: string) => `date_part('epoch', ${column} at time zone 'UTC')`

/** Roles that could read the views before can read the recreated ones. */
const rememberReaders = `
create temporary table view_readers on commit drop as
  select distinct rolname::text as reader from pg_class, aclexplode(relacl) join pg_roles on pg_roles.oid = grantee
  where relnamespace = current_schema()::regnamespace and relname = 'trades_stream'
    and grantee <> relowner and privilege_type = 'SELECT';
drop view ohlcv_data, trades_stream, kline_data;
`

const indexes = [
  `create index trades_timestamp on trades (${unixTime('event_time')});\n`,
  ...levels.map(
    (level) =>
      `create index bars_rollup_${level}_timestamp on bars_rollup_${level} (symbol, (${EXCHANGE}), (${unixTime('time')}));\n`,
  ),
].join('')

export const barsOf = (level: string) => `
select time, symbol, ${EXCHANGE} as exchange, '${level}'::text as timeframe, open, high, low, close,
  volume::double precision as volume, quote_volume::double precision as quote_volume,
  buy_volume::double precision as buy_volume, (quote_volume / nullif(volume, 0))::double precision as vwap,
  trades::bigint as trades, run_id, venue, ${unixTime('time')} as timestamp
from bars_rollup_${level}`

export const CANDLE = `open, high, low, close, volume`
export const MORE = `quote_volume, buy_volume, vwap, trades, run_id, venue`

/** One bar per time: of several runs, that of the run started last. */
export const newestBars = (of: readonly string[]) => `
select distinct on (symbol, exchange, timeframe, timestamp) timestamp, exchange, symbol, timeframe, ${CANDLE},
  time, timeframe as interval, ${MORE}
from (${of.map(barsOf).join('\nunion all')}) bars left join runs using (run_id)
order by symbol, exchange, timeframe, timestamp, runs.started_at desc nulls last, run_id desc`

const bars = `
create view dashboard_bars as
select time, symbol, exchange, timeframe, ${CANDLE}, ${MORE} from (${levels.map(barsOf).join('\nunion all')}) bars;

create view ohlcv_data as ${newestBars(levels)};

create view ohlcv_5m as ${newestBars(['5m'])};
`

const trades = `
create view trades_stream as
select ${unixTime('event_time')} as timestamp, ${EXCHANGE} as exchange, symbol, aggressor as side, price, size as amount,
  price * size as cost, event_time as time, size, size as quantity, trade_id, source, time as received_at, run_id, venue
from trades;
`

/** Columns of `dashboard_candles`. */
export const candleColumns = `open_time as time, symbol, ${EXCHANGE} as exchange, timeframe, ${CANDLE}, quote_volume, buy_volume, trades, origin,
  source, time as closed_at, seq, run_id, venue`

/** The columns and the source of `kline_data`. */
export const candleOrder = {
  columns: `distinct on (symbol, exchange, timeframe, origin, open_time) symbol, time as open_time, exchange, timeframe, ${CANDLE},
  quote_volume, buy_volume, trades, time + timeframe::interval as close_time, origin, source, closed_at, time,
  date_part('epoch', time at time zone 'UTC') as timestamp, timeframe as interval, run_id, venue`,
  from: `from dashboard_candles left join runs using (run_id)
order by symbol, exchange, timeframe, origin, open_time, runs.started_at desc nulls last, run_id desc, seq desc`,
}

const candles = `
create view dashboard_candles as
select ${candleColumns}
from bars;

create view kline_data as
select ${candleOrder.columns}
${candleOrder.from};
`

/** The views of orders and fills name exchanges like the others. */
const orders = `
create or replace view dashboard_orders as
select intent_time as time, symbol, ${EXCHANGE} as exchange, strategy, side, order_type,
  quantity::double precision as quantity, filled_quantity::double precision as filled_quantity,
  limit_price::double precision as limit_price, state, reason, state_time as updated_at, intent_id, run_id, venue
from orders;

create or replace view dashboard_fills as
select time, symbol, ${EXCHANGE} as exchange, strategy, side, quantity::double precision as quantity,
  price::double precision as price, (quantity * price)::double precision as amount, fee::double precision as fee,
  liquidity, status, slippage_bps, extract(epoch from time - intent_time)::double precision as latency_seconds,
  intent_time as ordered_at, fill_id, intent_id, run_id, venue
from fills;
`

const grant = `
create or replace function grant_dashboard_views(reader text) returns void language plpgsql as $$
declare
  a_view text;
begin
  for a_view in select viewname from pg_views where schemaname = current_schema()
    and (viewname like 'dashboard\\_%'
      or viewname in ('current_run', 'ohlcv_data', 'ohlcv_5m', 'trades_stream', 'kline_data'))
  loop
    execute format('grant select on %I to %I', a_view, reader);
  end loop;
end $$;
do $$ begin
  perform grant_dashboard_views(reader) from view_readers;
end $$;
`

/**
 * The views with the names and meanings that other dashboards use: `timestamp` in seconds, `amount` a base quantity, `cost` the
 * amount paid, the exchange without its product, and one bar per time, that of the newest run. The views whose names begin with
 * dashboard have rows of every run.
 */
export const contract = {
  id: 7,
  name: 'contract',
  sql: [rememberReaders, indexes, bars, trades, candles, orders, grant].join(''),
}
