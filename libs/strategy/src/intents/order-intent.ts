import type { InstrumentId, OrderIntent } from '@triplane/contracts'
import type { PlannedOrder } from './order-planner.ts'

/** The strategies that own an order. */
export type Owners = Pick<OrderIntent, 'strategy' | 'shares'>

/** The instrument, time and quote of a decision. */
interface Decided {
  readonly instrument: InstrumentId
  readonly bid: number
  readonly ask: number
  /** Market time of the quote. */
  readonly quotedUs: number
  readonly nowUs: number
  readonly validityMs: number
  /** The sequence number the intent will get. */
  readonly seq: number
}

/**
 * Builds an order intent. Its id is `<strategy>-<sequence>`, NET for several strategies: unique within a run, and the
 * same in every replay.
 */
export function orderIntent(order: PlannedOrder, owners: Owners, decided: Decided): OrderIntent {
  const { instrument, bid, ask, quotedUs, nowUs, validityMs, seq } = decided
  const { strategy, shares } = owners
  return {
    type: 'orderIntent',
    seq: 0,
    intentId: `${strategy}-${seq}`,
    strategy,
    instrument,
    effectUs: nowUs,
    side: order.side,
    orderType: order.orderType,
    quantity: order.quantity,
    limitPrice: order.limitPrice,
    timeInForce: order.timeInForce,
    postOnly: order.postOnly,
    reduceOnly: order.reduceOnly,
    decisionMid: (bid + ask) / 2,
    decisionRecvUs: quotedUs,
    validUntilUs: nowUs + validityMs * 1000,
    ...(shares && { shares }),
  }
}
