import { ohlcvBars } from './0002-views.ts'

/** The older views, with appended aliases by which other dashboards know the same columns: a view may grow at its end. */
const older = `
create or replace view ohlcv_data as
select *, time as timestamp, timeframe as interval from (${ohlcvBars}) bars;

create or replace view trades_stream as
select event_time as time, symbol, venue as exchange, price, size, aggressor as side, trade_id, source,
  time as received_at, run_id, event_time as timestamp, size as quantity, price * size as amount
from trades;

create or replace view kline_data as
select open_time as time, symbol, venue as exchange, timeframe, open, high, low, close, volume, quote_volume,
  buy_volume, trades, origin, source, time as closed_at, run_id,
  open_time as timestamp, timeframe as interval, open_time, open_time + timeframe::interval as close_time
from bars;
`

const runs = `
create view dashboard_runs as
select run_id, mode, started_at, ended_at, run_id = first_value(run_id) over (order by started_at desc, run_id) as is_current
from runs;

create view current_run as select run_id, mode, started_at, ended_at from dashboard_runs where is_current;
`

const orders = `
create view dashboard_orders as
select intent_time as time, symbol, venue as exchange, strategy, side, order_type, quantity::double precision as quantity,
  filled_quantity::double precision as filled_quantity, limit_price::double precision as limit_price, state, reason,
  state_time as updated_at, intent_id, run_id
from orders;

create view dashboard_fills as
select time, symbol, venue as exchange, strategy, side, quantity::double precision as quantity,
  price::double precision as price, (quantity * price)::double precision as amount, fee::double precision as fee,
  liquidity, status, slippage_bps, extract(epoch from time - intent_time)::double precision as latency_seconds,
  intent_time as ordered_at, fill_id, intent_id, run_id
from fills;

create view dashboard_slowest_fills as
select time, symbol, strategy, total_us / 1e6::double precision as total_seconds,
  tick_to_order_us / 1e6::double precision as tick_to_order_seconds, trace_id, fill_id, intent_id, run_id
from slowest_fills;
`

const account = `
create view dashboard_portfolio as
select time, equity_usd::double precision as equity_usd, realized_usd::double precision as realized_usd,
  unrealized_usd::double precision as unrealized_usd, fees_usd::double precision as fees_usd,
  gross_usd::double precision as gross_usd, net_usd::double precision as net_usd, drawdown_ratio, max_drawdown_ratio, run_id
from portfolio_history;

create view dashboard_positions as
select time, position->>'symbol' as symbol, (position->>'quantity')::double precision as quantity,
  (position->>'costBasis')::double precision as cost_basis, (position->>'mark')::double precision as mark,
  (position->>'quantity')::double precision * (position->>'mark')::double precision as value,
  (position->>'realizedUsd')::double precision as realized_usd,
  (position->>'unrealizedUsd')::double precision as unrealized_usd, run_id
from portfolio_history cross join jsonb_array_elements(positions) as position;

create view dashboard_operator_commands as
select time, command, who, why, outcome, before, after, account, run_id from audit_log;
`

/** Lets a role read the views, and nothing else. Idempotent. */
const grant = `
create function grant_dashboard_views(reader text) returns void language plpgsql as $$
declare
  a_view text;
begin
  for a_view in select viewname from pg_views where schemaname = current_schema()
    and (viewname like 'dashboard\\_%' or viewname in ('current_run', 'ohlcv_data', 'trades_stream', 'kline_data'))
  loop
    execute format('grant select on %I to %I', a_view, reader);
  end loop;
end $$;
do $$ begin
  if exists (select from pg_roles where rolname = 'grafana') then perform grant_dashboard_views('grafana'); end if;
end $$;
`

/** Views for dashboards, whose columns stay like those of the older ones; an existing role `grafana` may read them. */
export const dashboards = { id: 4, name: 'dashboards', sql: [older, runs, orders, account, grant].join('') }
