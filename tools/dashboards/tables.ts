import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { tablePanel } from './panels.ts'

/** Settings of a column. */
export const column = {
  unit: (unit: string): DynamicConfigValue => ({ id: 'unit', value: unit }),
  named: (name: string): DynamicConfigValue => ({ id: 'displayName', value: name }),
  width: (pixels: number): DynamicConfigValue => ({ id: 'custom.width', value: pixels }),
  hidden: { id: 'custom.hidden', value: true } as DynamicConfigValue,
  link: (title: string, url: string): DynamicConfigValue => ({
    id: 'links',
    value: [{ title, url, targetBlank: true }],
  }),
  /** A side in green or red. */
  side: {
    id: 'mappings',
    value: [
      {
        type: 'value',
        options: {
          buy: { text: 'buy', color: 'green', index: 0 },
          sell: { text: 'sell', color: 'red', index: 1 },
          BUY: { text: 'buy', color: 'green', index: 2 },
          SELL: { text: 'sell', color: 'red', index: 3 },
          bid: { text: 'bid', color: 'green', index: 4 },
          ask: { text: 'ask', color: 'red', index: 5 },
        },
      },
    ],
  } as DynamicConfigValue,
  coloured: { id: 'custom.cellOptions', value: { type: 'color-text' } } as DynamicConfigValue,
}

/** Restricts rows to the chosen run, strategies and symbols, in the shown time. */
const CHOSEN = `$__timeFilter(time) and run_id = \${run:sqlstring}
  and strategy in (\${strategy:sqlstring}) and symbol in (\${symbol:sqlstring})`

export const slowestFills = tablePanel(
  {
    title: 'Slowest fills',
    shows:
      'The fills that took longest from the intent, and from the tick to the order, each with a link to its trace.',
    worry: 'Follow the trace of the first to see where its time went.',
    unit: 'none',
    queries: [
      {
        sql: `
select time, strategy, symbol, total_seconds, tick_to_order_seconds, trace_id, fill_id
from dashboard_slowest_fills
where ${CHOSEN}
order by total_seconds desc limit 50`,
      },
    ],
    fields: {
      total_seconds: [column.named('Intent to fill'), column.unit('s')],
      tick_to_order_seconds: [column.named('Tick to order'), column.unit('s')],
      trace_id: [column.named('Trace'), column.link('Show the trace', '${traces:raw}${__data.fields.trace_id}')],
    },
    width: 12,
    height: 10,
  },
  { column: 'Intent to fill', desc: true },
)

export const recentOrders = tablePanel(
  {
    title: 'Recent orders',
    shows: 'The newest orders of the run with the last state of each.',
    worry: 'Worry at orders that stay in the state unknown, or in none of their last states for long.',
    unit: 'none',
    queries: [
      {
        sql: `
select time, strategy, exchange, symbol, side, order_type, quantity, filled_quantity, limit_price, state, reason, updated_at,
  intent_id
from dashboard_orders
where ${CHOSEN} and exchange in (\${exchange:sqlstring})
order by time desc limit 100`,
      },
    ],
    fields: { side: [column.side, column.coloured] },
    width: 12,
    height: 10,
  },
  { column: 'time', desc: true },
)

export const operatorCommands = tablePanel(
  {
    title: 'Commands of operators',
    shows: 'Who halted, resumed, re-armed or changed what, why, and with what outcome: the audit.',
    worry: 'Worry at a command that nobody remembers.',
    unit: 'none',
    queries: [
      {
        sql: `
select time, command, who, why, outcome, account, run_id
from dashboard_operator_commands
where $__timeFilter(time)
order by time desc limit 100`,
      },
    ],
    width: 24,
    height: 7,
  },
  { column: 'time', desc: true },
)
