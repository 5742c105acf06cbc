import {
  enteredStates,
  riskCodes,
  tradingStates,
  type BrokerReject,
  type CancelReason,
  type ExecutionEvent,
  type Fill,
  type Instrument,
  type OrderEvent,
  type OrderIntent,
  type RiskCode,
} from '@triplane/contracts'
import { isWorking } from '@triplane/execution'
import { numberFromMoney } from '@triplane/ledger'
import { reconciliations, type OrderPlaneConfig, type OrderPlaneCore } from '@triplane/order-core'
import { defaultStrategies } from '@triplane/strategy'
import { createPlaneMetrics, type Metrics, type PlaneMetricsOptions } from '@triplane/metrics'
import { instrumentLabels, labelsOf, type InstrumentLabels, type MarketLabels } from '../instrument-labels.ts'

type OrderMetrics = Metrics<'order_plane'>

const openStates = enteredStates.filter(isWorking)

/** The metrics of the order plane, with every series initialised. */
export function createOrderMetrics(options: PlaneMetricsOptions): OrderMetrics {
  return createPlaneMetrics(
    'order_plane',
    { strategies: defaultStrategies, ...options },
    ({ stageIn, stageOut, stageRefused, open, reconciliationRuns }) => {
      stageIn.of({ stage: 'risk' })
      stageOut.of({ stage: 'risk' })
      for (const result of reconciliations) reconciliationRuns.of({ result })
      for (const reason of riskCodes) stageRefused.of({ stage: 'risk', reason })
      for (const market of instrumentLabels(options.instruments).values())
        for (const state of openStates) open.of({ ...market, state })
    },
  )
}

const seconds = (fromUs: number, toUs: number) => Math.max(0, toUs - fromUs) / 1e6

/**
 * Gives the function that records each output of the order plane. Gauges are read from the core before each scrape.
 * Latencies are market time.
 */
export function exportOrderPlane(
  metrics: OrderMetrics,
  core: OrderPlaneCore,
  instruments: readonly Instrument[],
  { krwPerUsd }: Pick<OrderPlaneConfig, 'krwPerUsd'>,
): (event: ExecutionEvent) => void {
  const labels = instrumentLabels(instruments)
  const interrupted = new Set<string>()
  metrics.beforeScrape(() => measure(metrics, core, labels, krwPerUsd))
  return (event) => {
    if (event.type !== 'orderEvent' && event.type !== 'fill') return
    const market = labelsOf(labels, event.instrument)
    if (event.type === 'orderEvent') return recordOrder(metrics, event, market, interrupted)
    recordFill(metrics, event, market, {
      notionalUsd: core.notionalUsd(event),
      feeUsd: core.feeUsd(event),
      krwPerUsd,
    })
  }
}

/** Counts a duplicate intent. It becomes no order, so no event reports it. */
export function countDuplicate(metrics: OrderMetrics, { strategy }: OrderIntent): void {
  metrics.stageIn.inc({ stage: 'risk' })
  recordDenial(metrics, strategy, 'duplicate')
}

function recordDenial(metrics: OrderMetrics, strategy: string, reason: RiskCode): void {
  metrics.riskRejections.inc({ strategy, check_type: reason })
  metrics.stageRefused.inc({ stage: 'risk', reason })
}

/** `interrupted` holds the orders whose acknowledgement, if it comes next, does not end the wait for one: it goes on from there. */
function recordOrder(
  metrics: OrderMetrics,
  order: OrderEvent,
  { exchange, symbol }: MarketLabels,
  interrupted: Set<string>,
): void {
  const { strategy, side } = order
  const wasInterrupted = interrupted.delete(order.intentId)
  const labels = { strategy, exchange, symbol }
  switch (order.state) {
    case 'received':
      metrics.received.inc(labels)
      metrics.stageIn.inc({ stage: 'risk' })
      return
    case 'denied':
      return recordDenial(metrics, strategy, order.reason as RiskCode)
    case 'approved':
      metrics.stageOut.inc({ stage: 'risk' })
      if (order.reason === 'participation') metrics.povDownscales.inc(labels)
      return
    case 'submitted':
      metrics.submitted.inc({ strategy, exchange, symbol, order_type: order.orderType, direction: side })
      metrics.intentToSubmit.observe(labels, seconds(order.tsIntentUs, order.tsStateUs))
      metrics.tradingOrders.inc({ exchange, symbol, action: side, status: 'submitted' })
      return
    case 'acknowledged':
      if (wasInterrupted) return
      metrics.submitToAck.observe(labels, seconds(order.tsPrevStateUs, order.tsStateUs))
      metrics.orderLatency.observe({ exchange, symbol }, seconds(order.tsIntentUs, order.tsStateUs))
      return
    case 'filled':
      metrics.totalFillLatency.observe(labels, seconds(order.tsIntentUs, order.tsStateUs))
      metrics.tradingOrders.inc({ exchange, symbol, action: side, status: 'filled' })
      return
    case 'cancelled':
      metrics.cancelled.inc({ strategy, exchange, symbol, reason: order.reason as CancelReason })
      metrics.tradingOrders.inc({ exchange, symbol, action: side, status: 'cancelled' })
      return
    case 'rejected':
      metrics.rejected.inc({ strategy, exchange, symbol, reason: order.reason as BrokerReject })
      metrics.filled.inc({ strategy, exchange, symbol, direction: side, status: 'REJECTED' })
      metrics.tradingOrders.inc({ exchange, symbol, action: side, status: 'rejected' })
      return
    case 'pending_cancel':
    case 'unknown':
      interrupted.add(order.intentId)
      return
    case 'partially_filled':
    case 'expired':
      return
  }
}

function recordFill(
  metrics: OrderMetrics,
  fill: Fill,
  { exchange, symbol }: MarketLabels,
  {
    notionalUsd,
    feeUsd,
    krwPerUsd,
  }: { readonly notionalUsd: number; readonly feeUsd: number; readonly krwPerUsd: number },
): void {
  const { strategy, side, status } = fill
  metrics.filled.inc({ strategy, exchange, symbol, direction: side, status })
  if (fill.isLate) metrics.lateFills.inc({ strategy, exchange, symbol })
  metrics.slippage.observe({ strategy, exchange, symbol, direction: side }, fill.slippageBps)
  if (feeUsd > 0) metrics.commission.inc({ strategy, exchange, symbol }, feeUsd)
  if (fill.first) metrics.ackToFill.observe({ strategy, exchange, symbol }, seconds(fill.tsAckUs, fill.tsVenueUs))
  metrics.orderVolumeKrw.inc({ exchange, symbol, action: side }, notionalUsd * krwPerUsd)
}

function measure(metrics: OrderMetrics, core: OrderPlaneCore, labels: InstrumentLabels, krwPerUsd: number): void {
  const { tradingState, open, account, roundTrips, movingRates, differences } = core.view()
  for (const state of tradingStates) metrics.tradingState.set({ state }, state === tradingState ? 1 : 0)
  for (const [id, market] of labels) {
    for (const state of openStates) {
      const count = open.filter((order) => order.state === state && order.intent.instrument === id).length
      metrics.open.set({ ...market, state }, count)
    }
  }
  let held = 0
  for (const { position, markValueUsd, unrealizedUsd } of account.positions) {
    if (position.quantity !== 0n) held++
    const market = labelsOf(labels, position.instrument)
    metrics.unrealizedPnlKrw.set(market, numberFromMoney(unrealizedUsd) * krwPerUsd)
    metrics.positionValueKrw.set(market, numberFromMoney(markValueUsd) * krwPerUsd)
  }
  metrics.openPositions.set(held)
  metrics.reconciliationDifferences.set({ kind: 'fill' }, differences.bookings)
  metrics.reconciliationDifferences.set({ kind: 'position' }, differences.positions)
  for (const { currency, usd } of movingRates) metrics.rateUsd.set({ currency }, usd)
  metrics.totalPnlKrw.set(numberFromMoney(account.realizedUsd) * krwPerUsd)
  if (roundTrips.closed > 0) metrics.winRate.set(roundTrips.won / roundTrips.closed)
}
