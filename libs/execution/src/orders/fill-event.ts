import type { Fill } from '@triplane/contracts'
import { slippageBps } from '../costs/slippage.ts'
import type { VenueReply } from '../matching/venue.ts'
import type { Order } from './order.ts'

/** The venue's word that an order traded. */
export type FillReply = VenueReply & { readonly type: 'filled' }

/** The fill to book and to publish, before it is added to its order. `effectUs` is when its readers act on it. */
export function fillEvent(order: Order, units: bigint, reply: FillReply, effectUs: number): Fill {
  const { intent } = order
  return {
    type: 'fill',
    seq: 0,
    fillId: reply.fillId,
    intentId: intent.intentId,
    strategy: intent.strategy,
    venue: intent.venue,
    symbol: intent.symbol,
    effectUs,
    side: intent.side,
    quantity: reply.quantity,
    price: reply.price,
    fee: reply.fee,
    liquidity: reply.liquidity,
    status: order.filledUnits + units >= order.quantityUnits ? 'FILLED' : 'PARTIAL_FILL',
    decisionMid: intent.decisionMid,
    slippageBps: slippageBps(intent.side, Number(reply.price), intent.decisionMid),
    first: order.filledUnits === 0n,
    tsIntentUs: intent.effectUs,
    tsAckUs: order.ackUs || reply.atUs,
    tsVenueUs: reply.venueUs,
  }
}
