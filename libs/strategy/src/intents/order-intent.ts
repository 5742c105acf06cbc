import type { InstrumentId, OrderIntent } from '@triplane/contracts'
import type { PlannedOrder } from './order-planner.ts'

/** Whose an order is. */
export type Owners = Pick<OrderIntent, 'strategy' | 'shares'>

/** Where and when an order is decided, and on which quote. */
interface Decided {
  readonly instrument: InstrumentId
  readonly bid: number
  readonly ask: number
  /** Market time of the quote. */
  readonly quotedUs: number
  readonly nowUs: number
  readonly validityMs: number
  /** The sequence that the intent will get. */
  readonly seq: number
}

/**
 * The intent of an order. Its id is `<strategy>-<its sequence number>`, NET for one of several: unique within a run, the same in every
 * replay.
 */
export function orderIntent(order: PlannedOrder, owners: Owners, decided: Decided): OrderIntent {
  const { instrument, bid, ask, quotedUs, nowUs, validityMs, seq } = decided
  return {
    type: 'orderIntent',
    seq: 0,
    intentId: `${owners.strategy}-${seq}`,
    ...owners,
    instrument,
    effectUs: nowUs,
    ...order,
    decisionMid: (bid + ask) / 2,
    decisionRecvUs: quotedUs,
    validUntilUs: nowUs + validityMs * 1000,
  }
}
