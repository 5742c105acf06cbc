import type { EventDraft, Fill } from '@triplane/contracts'
import { slippageBps } from '../costs/slippage.ts'
import type { VenueReply } from '../matching/venue.ts'
import { quantityUnitsOf, type TradingTerms } from '../trading-terms.ts'
import { isWorking } from './order-transitions.ts'
import type { Order } from './order.ts'

/** The venue's word that an order traded. */
export type FillReply = VenueReply & { readonly type: 'filled' }

/**
 * The fill to book and to publish, before it is added to its order, which is undefined when it was forgotten. `effectUs`
 * is when its readers act on it.
 */
export function fillEvent(
  reply: FillReply,
  order: Order | undefined,
  terms: TradingTerms,
  effectUs: number,
): EventDraft<Fill> {
  const { order: intent, quantity, filledQuantity } = reply
  const filledUnits = quantityUnitsOf(filledQuantity, terms)
  return {
    type: 'fill',
    fillId: reply.fillId,
    intentId: intent.intentId,
    strategy: intent.strategy,
    venue: intent.venue,
    symbol: intent.symbol,
    effectUs,
    side: intent.side,
    quantity,
    price: reply.price,
    fee: reply.fee,
    liquidity: reply.liquidity,
    status: filledUnits >= quantityUnitsOf(intent.quantity, terms) ? 'FILLED' : 'PARTIAL_FILL',
    decisionMid: intent.decisionMid,
    slippageBps: slippageBps(intent.side, Number(reply.price), intent.decisionMid),
    first: filledUnits === quantityUnitsOf(quantity, terms),
    ...((!order || !isWorking(order.state)) && { isLate: true }),
    tsIntentUs: intent.effectUs,
    tsAckUs: order?.ackUs || reply.atUs,
    tsVenueUs: reply.venueUs,
  }
}
