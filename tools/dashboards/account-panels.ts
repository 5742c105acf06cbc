import { tablePanel, timeSeries } from './panels.ts'
import { BASIS_POINTS } from './series.ts'
import { column } from './tables.ts'

const OF_RUN = '$__timeFilter(time) and run_id = ${run:sqlstring}'
const CHOSEN = `${OF_RUN} and strategy in (\${strategy:sqlstring})
  and exchange in (\${exchange:sqlstring}) and symbol in (\${symbol:sqlstring})`

const overTime = (title: string, shows: string, worry: string, unit: string, columns: string) =>
  timeSeries(
    {
      title,
      shows,
      worry,
      unit,
      queries: [
        {
          sql: `
select $__timeGroupAlias(time, $__interval), ${columns}
from dashboard_portfolio
where ${OF_RUN}
group by 1 order by 1`,
          format: 'time_series',
        },
      ],
    },
    {},
  )

export const accountOverTime = [
  overTime(
    'Equity',
    'Equity of the account over the run, USD.',
    'Worry when it falls steadily.',
    'currencyUSD',
    'avg(equity_usd) as equity',
  ),
  overTime(
    'Profit and costs',
    'Realised profit net of fees, unrealised profit, and the fees paid since the run began, USD.',
    'Worry when fees grow faster than profit.',
    'currencyUSD',
    'avg(realized_usd) as realised, avg(unrealized_usd) as unrealised, avg(fees_usd) as fees',
  ),
  overTime(
    'Drawdown of the run',
    'Drawdown from the peak of the run, and the largest so far, 0-1.',
    'Worry when it nears the limit of the kill switch.',
    'percentunit',
    'max(drawdown_ratio) as drawdown, max(max_drawdown_ratio) as largest',
  ),
]

export const positionsNow = tablePanel(
  {
    title: 'Positions',
    shows: 'The newest positions of the run: signed quantity, and money in USD or the quote currency.',
    worry: 'Worry when one is not meant to be there.',
    unit: 'none',
    queries: [
      {
        sql: `
select distinct on (exchange, symbol) exchange, symbol, quantity, cost_basis, mark, value, realized_usd, unrealized_usd, time
from dashboard_positions
where ${OF_RUN} and symbol in (\${symbol:sqlstring}) and (exchange is null or exchange in (\${exchange:sqlstring}))
order by exchange, symbol, time desc`,
      },
    ],
    fields: Object.fromEntries(
      ['realized_usd', 'unrealized_usd'].map((name) => [name, [column.unit('currencyUSD')]] as const),
    ),
    width: 12,
  },
  { column: 'symbol', desc: false },
)

export const fillsByStrategy = tablePanel(
  {
    title: 'Fills by strategy and symbol',
    shows: 'How many fills there were, how much they moved and cost, and how late and how far off the mid they were.',
    worry: 'Worry when slippage and fees together are more than the strategy earns on a trade.',
    unit: 'none',
    queries: [
      {
        sql: `
select strategy, exchange, symbol, count(*) as fills, sum(amount) as amount, sum(fee) as fees, avg(slippage_bps) as slippage,
  avg(latency_seconds) as latency
from dashboard_fills
where ${CHOSEN}
group by strategy, exchange, symbol order by amount desc`,
      },
    ],
    fields: { slippage: [column.unit(BASIS_POINTS)], latency: [column.unit('s')] },
    width: 12,
  },
  { column: 'amount', desc: true },
)

export const recentFills = tablePanel(
  {
    title: 'Recent fills',
    shows: 'The newest 100 fills of the run.',
    worry: 'Worry when the newest is old while orders are sent.',
    unit: 'none',
    queries: [
      {
        sql: `
select time, strategy, exchange, symbol, side, quantity, price, amount, fee, liquidity, status, slippage_bps, latency_seconds,
  fill_id
from dashboard_fills
where ${CHOSEN}
order by time desc limit 100`,
      },
    ],
    fields: {
      side: [column.side, column.coloured],
      slippage_bps: [column.unit(BASIS_POINTS)],
      latency_seconds: [column.unit('s')],
    },
    width: 24,
  },
  { column: 'time', desc: true },
)
