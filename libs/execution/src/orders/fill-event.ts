import type { EventDraft, Fill, OrderIntent } from '@triplane/contracts'
import { sharesOfFill } from '@triplane/ledger'
import { quantityUnitsOf, type TradingTerms } from '@triplane/instruments'
import { slippageBps } from '../costs/slippage.ts'
import type { BrokerReport } from '../brokers/broker.ts'
import { isWorking } from './order-transitions.ts'
import type { Order } from './order.ts'

/** A broker's report that an order traded. */
export type FillReport = Extract<BrokerReport, { readonly type: 'filled' }>

/**
 * The fill to book and publish, built before it is added to its order; `order` is undefined for a forgotten one. `effectUs`
 * is when its readers act on it.
 */
export function fillEvent(
  report: FillReport,
  order: Order | undefined,
  terms: TradingTerms,
  effectUs: number,
): EventDraft<Fill> {
  const { order: intent, quantity, filledQuantity } = report
  const filledUnits = quantityUnitsOf(filledQuantity, terms)
  const orderUnits = order ? order.quantityUnits : quantityUnitsOf(intent.quantity, terms)
  return {
    type: 'fill',
    seq: 0,
    fillId: report.fillId,
    intentId: intent.intentId,
    strategy: intent.strategy,
    ...dividedBy(intent, quantity, terms),
    instrument: intent.instrument,
    effectUs,
    side: intent.side,
    quantity,
    price: report.price,
    fee: report.fee,
    liquidity: report.liquidity,
    status: filledUnits >= orderUnits ? 'FILLED' : 'PARTIAL_FILL',
    decisionMid: intent.decisionMid,
    slippageBps: slippageBps(intent.side, Number(report.price), intent.decisionMid),
    first: filledUnits === quantityUnitsOf(quantity, terms),
    ...((!order || !isWorking(order.state)) && { isLate: true }),
    tsIntentUs: intent.effectUs,
    tsAckUs: order?.ackUs || report.atUs,
    tsVenueUs: report.venueUs,
  }
}

/** Divides a fill among the strategies that share its order, whose quantity sizing may have reduced. */
function dividedBy({ shares, side }: OrderIntent, filled: string, terms: TradingTerms): Pick<Fill, 'shares'> {
  if (!shares) return {}
  const units = quantityUnitsOf(filled, terms)
  const divided = sharesOfFill(side === 'BUY' ? units : -units, shares, terms.quantityScale)
  return divided ? { shares: divided } : {}
}
