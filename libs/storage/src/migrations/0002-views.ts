const levels = ['1m', '5m', '15m', '1h', '1d'] as const

/** The columns of `ohlcv_data`. */
export const ohlcvBars = levels
  .map(
    (level) => `
select time, symbol, venue as exchange, '${level}'::text as timeframe, open, high, low, close,
  volume::double precision as volume, quote_volume::double precision as quote_volume,
  buy_volume::double precision as buy_volume, (quote_volume / nullif(volume, 0))::double precision as vwap,
  trades::bigint as trades, run_id
from bars_rollup_${level}`,
  )
  .join('\nunion all')

/** Views for dashboards and users' own queries: their columns stay, however the tables change. */
export const views = `
create view ohlcv_data as ${ohlcvBars};

create view trades_stream as
select event_time as time, symbol, venue as exchange, price, size, aggressor as side, trade_id, source,
  time as received_at, run_id
from trades;

create view kline_data as
select open_time as time, symbol, venue as exchange, timeframe, open, high, low, close, volume, quote_volume,
  buy_volume, trades, origin, source, time as closed_at, run_id
from bars;
`
