import type { AlertRule } from '../alert.ts'
import { lastingStateExpr, reconciliationDifferences, tradingState, unrealizedLoss } from '../lasting-states.ts'
import { pictures } from '../pictures.ts'
import { promql } from '../promql/promql.ts'
import { duration, type Thresholds } from '../thresholds.ts'

const plane = 'order'

/** Cancelled by the venue; every other reason is our own decision, and no failure. */
const NOT_BY_US = 'immediate_or_cancel'

/** Alerts about orders, and the resulting positions and results. */
export function orderAlerts(thresholds: Thresholds): AlertRule[] {
  return [
    ...tradingStateAlerts(thresholds),
    intentsIgnored(thresholds),
    ...orderFlowAlerts(thresholds),
    ...positionAlerts(thresholds),
  ]
}

/** What the strategy plane wants does not even come to be judged: dropped as duplicates, or not read. */
function intentsIgnored({ intentsIgnored }: Thresholds): AlertRule {
  const over = duration(intentsIgnored.overSeconds)
  return {
    name: 'IntentsIgnored',
    severity: 'critical',
    plane,
    expr: promql`
      sum(increase(triplane_stage_out_total{service="strategy_plane", stage="intents"}[${over}])) > 0
      and on ()
      sum(increase(triplane_stage_in_total{service="order_plane", stage="risk"}[${over}])) == 0
      and on ()
      time() - max(process_start_time_seconds{service=~"strategy_plane|order_plane"}) > ${intentsIgnored.settledSeconds}
    `,
    for: duration(intentsIgnored.forSeconds),
    summary: 'Intents are published, and the order plane neither orders nor refuses.',
    description: `The strategy plane has published {{ $value | humanize }} intents in ${over}, and the order plane has judged none.`,
    picture: pictures.ordersSubmitted,
  }
}

function tradingStateAlerts(thresholds: Thresholds): AlertRule[] {
  const { tradingReducing, noTradingActivity } = thresholds
  const idle = duration(noTradingActivity.overSeconds)
  return [
    {
      name: 'TradingHalted',
      severity: 'critical',
      plane,
      expr: lastingStateExpr(tradingState('halted'), thresholds),
      everySeconds: 1,
      summary: 'Trading is halted.',
      description:
        'The order plane {{ $labels.instance }} is halted: nothing is approved, working orders are cancelled.',
      picture: pictures.tradingState,
    },
    {
      name: 'TradingHalted',
      severity: 'warning',
      plane,
      expr: lastingStateExpr(tradingState('reducing'), thresholds),
      for: duration(tradingReducing.forSeconds),
      summary: 'Trading is reducing: positions may only be closed.',
      description:
        'The order plane {{ $labels.instance }} is reducing: opening orders are refused, closing orders pass.',
      picture: pictures.tradingState,
    },
    {
      name: 'NoTradingActivity',
      severity: 'warning',
      plane,
      // A plane that has not run this long, or a market that has not been open this long, is not idle yet.
      expr: promql`
        (sum(increase(orders_submitted_total[${idle}])) or vector(0)) == 0
        and on ()
        max(min_over_time(orders_trading_state{state="active"}[${idle}])) == 1
        and on ()
        max(min_over_time(source_exchange_symbol:data_session_open:max[${idle}])) == 1
        and on ()
        time() - min(process_start_time_seconds{service="order_plane"}) > ${noTradingActivity.overSeconds}
      `,
      everySeconds: 30,
      summary: 'No order has been submitted for hours although trading is active and a market is open.',
      description: `Not one order in ${idle}, while trading was active and a session open all the time.`,
      picture: pictures.ordersSubmitted,
    },
  ]
}

function orderFlowAlerts(thresholds: Thresholds): AlertRule[] {
  const { highOrderErrorRate, lowOrderSuccessRate, highTradeLatency } = thresholds
  const errorsOver = duration(highOrderErrorRate.overSeconds)
  const ordersOver = duration(lowOrderSuccessRate.overSeconds)
  const notCancelled = promql`
    (
      sum by (strategy) (increase(orders_submitted_total[${ordersOver}]))
      - (
        sum by (strategy) (increase(orders_cancelled_total{reason!="${NOT_BY_US}"}[${ordersOver}]))
        or
        sum by (strategy) (increase(orders_submitted_total[${ordersOver}])) * 0
      )
    )
  `
  return [
    {
      name: 'HighOrderErrorRate',
      severity: 'warning',
      plane,
      expr: promql`
        60 * (
          (sum(rate(orders_rejected_total[${errorsOver}])) or vector(0))
          + (sum(rate(orders_errors_total[${errorsOver}])) or vector(0))
        ) > ${highOrderErrorRate.abovePerMinute}
      `,
      for: duration(highOrderErrorRate.forSeconds),
      summary: 'Orders are rejected or fail on their way.',
      description: `{{ printf "%.4g" $value }} orders a minute are rejected or fail, the limit is ${highOrderErrorRate.abovePerMinute}.`,
      picture: pictures.refusals,
    },
    {
      name: 'LowOrderSuccessRate',
      severity: 'warning',
      plane,
      expr: promql`
        sum by (strategy) (increase(orders_filled_total{status="FILLED"}[${ordersOver}]))
        / ${notCancelled} < ${lowOrderSuccessRate.belowRatio}
        and
        ${notCancelled} >= ${lowOrderSuccessRate.leastOrders}
      `,
      for: duration(lowOrderSuccessRate.forSeconds),
      everySeconds: 30,
      summary: 'Too few of the orders that we did not cancel are filled.',
      description: `{{ $value | humanizePercentage }} of the orders of {{ $labels.strategy }} are filled, of those that we did not cancel.`,
      picture: pictures.orderSuccess,
    },
    {
      name: 'HighTradeLatency',
      severity: 'error',
      plane,
      expr: promql`
        histogram_quantile(
          ${highTradeLatency.quantile},
          sum by (le) (rate(trading_order_latency_seconds_bucket[${duration(highTradeLatency.overSeconds)}]))
        ) > ${highTradeLatency.aboveSeconds}
      `,
      for: duration(highTradeLatency.forSeconds),
      summary: 'Orders are acknowledged late.',
      description: 'The 95th percentile of intent to acknowledgement is {{ $value | humanizeDuration }}.',
      picture: pictures.acknowledgement,
    },
  ]
}

function positionAlerts(thresholds: Thresholds): AlertRule[] {
  const { largePosition, highUnrealizedLoss } = thresholds
  return [
    {
      name: 'LargePositionOpened',
      severity: 'warning',
      plane,
      expr: `max by (exchange, symbol) (abs(trading_position_value_krw)) > ${largePosition.aboveKrw}`,
      summary: 'A position is larger than the limit.',
      description:
        'The position in {{ $labels.symbol }} at {{ $labels.exchange }} is worth {{ $value | humanize }} KRW, long or short.',
      picture: pictures.positionValue,
    },
    {
      name: 'HighUnrealizedLoss',
      severity: 'critical',
      plane,
      expr: lastingStateExpr(unrealizedLoss, thresholds),
      for: duration(highUnrealizedLoss.forSeconds),
      summary: 'An open position loses more than the limit.',
      description:
        'The position in {{ $labels.symbol }} at {{ $labels.exchange }} has an unrealised result of {{ $value | humanize }} KRW.',
      picture: pictures.unrealizedPnl,
    },
    {
      name: 'ReconciliationDifferences',
      severity: 'critical',
      plane,
      expr: lastingStateExpr(reconciliationDifferences, thresholds),
      for: duration(thresholds.reconciliationDifferences.forSeconds),
      summary: 'The ledgers of the order plane and of the strategy plane differ.',
      description:
        '{{ $value | humanize }} differences of kind {{ $labels.kind }} between {{ $labels.instance }} and the strategy plane.',
      picture: pictures.reconciliation,
    },
  ]
}
