import {
  brokerRejects,
  cancelReasons,
  enteredStates,
  orderTypes,
  riskCodes,
  sides,
  tradingStates,
} from '@triplane/contracts'
import { among, counter, gauge, histogram, measurement, planned, within } from '../definition.ts'
import { market } from './market.ts'

/** 0.5 s is the SLO of submit to acknowledgement, 1 s the alert on intent to acknowledgement. */
const LATENCY_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SLIPPAGE_BPS = [-25, -10, -5, -2, -0.5, 0, 0.5, 2, 5, 10, 25, 50]
/** From a frame's hand-over to the gate's approval: in one process, or in three over a broker. */
const TICK_TO_ORDER_SECONDS = [
  5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 1.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 1,
]

const direction = among('direction', sides)
const action = among('action', sides)
const byOrder = ['strategy', ...market] as const
const vital = { priority: 'vital' } as const

/** The metrics of the order plane. Within a priority, the last is dropped first over the cap. */
export const orderPlaneCatalog = {
  received: counter('orders_received_total', 'Intents received.', byOrder, vital),
  submitted: counter(
    'orders_submitted_total',
    'Orders submitted.',
    [...byOrder, among('order_type', orderTypes), direction],
    vital,
  ),
  filled: counter(
    'orders_filled_total',
    'FILLED once an order, when it is complete; PARTIAL_FILL once a partial fill; REJECTED once an order that the broker rejected.',
    [...byOrder, direction, among('status', ['FILLED', 'PARTIAL_FILL', 'REJECTED'])],
    vital,
  ),
  lateFills: counter(
    'orders_late_fills_total',
    'Fills whose order had ended before; booked like any other.',
    byOrder,
    vital,
  ),
  rejected: counter(
    'orders_rejected_total',
    'Orders rejected by the broker.',
    [...byOrder, among('reason', brokerRejects)],
    vital,
  ),
  errors: planned(
    counter(
      'orders_errors_total',
      'Faults on the way to the broker, not refusals.',
      [within('kind', ['timeout', 'connection', 'protocol', 'journal', 'unknown_outcome'])],
      vital,
    ),
  ),
  cancelled: counter(
    'orders_cancelled_total',
    'Orders cancelled.',
    [...byOrder, among('reason', cancelReasons)],
    vital,
  ),
  submitToAck: histogram(
    'orders_submit_to_ack_latency_seconds',
    'Submit to acknowledgement.',
    byOrder,
    LATENCY_SECONDS,
  ),
  orderLatency: histogram('trading_order_latency_seconds', 'Intent to acknowledgement.', market, LATENCY_SECONDS),
  intentToSubmit: histogram('orders_intent_to_submit_latency_seconds', 'Intent to submit.', byOrder, LATENCY_SECONDS),
  ackToFill: histogram(
    'orders_ack_to_fill_latency_seconds',
    'Acknowledgement to first fill.',
    byOrder,
    LATENCY_SECONDS,
  ),
  totalFillLatency: histogram('orders_total_fill_latency_seconds', 'Intent to last fill.', byOrder, LATENCY_SECONDS),
  slippage: histogram(
    'orders_slippage_bps',
    'Fill against mid at decision in basis points; positive is a cost.',
    [...byOrder, direction],
    SLIPPAGE_BPS,
  ),
  commission: counter('orders_commission_total_usd', 'Commission paid, USD.', byOrder, vital),
  riskRejections: counter(
    'orders_risk_rejections_total',
    'Intents refused by risk.',
    ['strategy', among('check_type', riskCodes)],
    vital,
  ),
  povDownscales: counter('orders_pov_downscales_total', 'Orders cut down to the participation cap.', byOrder, vital),
  amendments: counter(
    'orders_amendments_total',
    'Orders that were to be lowered to what can still be closed, by the answer of the broker.',
    [within('outcome', ['amended', 'rejected'])],
    vital,
  ),
  open: gauge('orders_open', 'Working orders by state.', [...market, within('state', enteredStates)], vital),
  tradingState: gauge(
    'orders_trading_state',
    '1 for the trading state in force.',
    [among('state', tradingStates)],
    vital,
  ),
  reconciliationRuns: counter(
    'orders_reconciliation_runs_total',
    "Comparisons of the order plane's ledger with the strategy plane's.",
    [within('result', ['ok', 'differences', 'error'])],
    vital,
  ),
  reconciliationDifferences: gauge(
    'orders_reconciliation_differences',
    'Unresolved differences between the ledgers of the two planes.',
    [within('kind', ['order', 'fill', 'position'])],
    vital,
  ),
  tradingOrders: counter(
    'trading_orders_total',
    'Orders by the outcome that they reached.',
    [...market, action, among('status', ['submitted', 'filled', 'cancelled', 'rejected'])],
    vital,
  ),
  orderVolumeKrw: counter('trading_order_volume_krw_total', 'Notional filled, KRW.', [...market, action], vital),
  openPositions: gauge('trading_open_positions_count', 'Instruments with a position.', [], vital),
  totalPnlKrw: gauge('trading_total_pnl_krw', 'Realised PnL net of commission, KRW.', [], vital),
  unrealizedPnlKrw: gauge('trading_unrealized_pnl_krw', 'Unrealised PnL, KRW.', market, vital),
  positionValueKrw: gauge('trading_position_value_krw', 'Position value, KRW.', market, vital),
  rateUsd: gauge('trading_rate_usd', 'US dollars for one unit of a currency whose rate is fed; 0 before the first.', [
    'currency',
  ]),
  winRate: measurement('trading_win_rate', 'Share of closed round trips that made money, 0-1.'),
  tickToOrder: histogram(
    'triplane_tick_to_order_seconds',
    "A frame's hand-over to the gate's approval.",
    [],
    TICK_TO_ORDER_SECONDS,
  ),
}
