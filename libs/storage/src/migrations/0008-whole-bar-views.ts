import { barsOf, CANDLE, candleColumns, candleOrder, levels, MORE, newestBars } from './0007-contract.ts'

/**
 * A bar of the rollups is whole when the newest bar that the data plane closed for it says so; a longer one inherits this from
 * its parts. A bar that is not closed, since the run goes on or ended in it, is not whole.
 */
const incomplete = (rolled: string) => `coalesce((
  select coalesce(closed.incomplete, false) from bars closed
  where closed.symbol = ${rolled}.symbol and closed.timeframe = ${rolled}.timeframe and closed.open_time = ${rolled}.time
    and closed.run_id = ${rolled}.run_id and closed.venue = ${rolled}.venue and closed.origin = 'trades'
  order by closed.seq desc limit 1
), true) as incomplete`

/** Bars show when they are incomplete, and when a late trade was added to them. */
export const wholeBarViews = {
  id: 8,
  name: 'whole-bar-views',
  sql: `
create or replace view dashboard_bars as
select time, symbol, exchange, timeframe, ${CANDLE}, ${MORE}, ${incomplete('rolled')}
from (${levels.map(barsOf).join('\nunion all')}) rolled;

create or replace view ohlcv_data as select *, ${incomplete('newest')} from (${newestBars(levels)}) newest;

create or replace view ohlcv_5m as select *, ${incomplete('newest')} from (${newestBars(['5m'])}) newest;

create or replace view dashboard_candles as
select ${candleColumns}, coalesce(incomplete, false) as incomplete, coalesce(revised, false) as revised
from bars;

create or replace view kline_data as
select ${candleOrder.columns}, incomplete, revised
${candleOrder.from};
`,
}
