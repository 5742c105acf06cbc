import type {
  BrokerReject,
  CancelReason,
  EventDraft,
  OrderEvent,
  OrderIntent,
  OrderState,
  RiskCode,
} from '@triplane/contracts'
import { formatFixed } from '@triplane/kernel'

/** An order as the order plane knows it. Only the `OrderStore` writes to it. */
export interface Order {
  readonly intent: OrderIntent
  /** Decimal digits of its quantities; 0 for an instrument that nobody knows. */
  readonly quantityScale: number
  readonly state: OrderState
  /** Market time at which the state, and the one before, was entered. */
  readonly stateUs: number
  readonly prevStateUs: number
  /** What was approved, after sizing; 0 before. */
  readonly quantityUnits: bigint
  readonly filledUnits: bigint
  /** Market time of the acknowledgement, or of the first fill when that was first; 0 before. */
  readonly ackUs: number
  /** Why we asked for its cancellation. */
  readonly cancelReason: CancelReason | undefined
}

/** Units that it may still trade. */
export function remainingUnits(order: Order): bigint {
  return order.filledUnits < order.quantityUnits ? order.quantityUnits - order.filledUnits : 0n
}

/** The event that says that the order is in its state. `effectUs` is when its readers act on it. */
export function orderEvent(
  order: Order,
  effectUs: number,
  reason?: RiskCode | BrokerReject | CancelReason,
): EventDraft<OrderEvent> {
  const { intent, quantityScale } = order
  return {
    type: 'orderEvent',
    intentId: intent.intentId,
    strategy: intent.strategy,
    instrument: intent.instrument,
    effectUs,
    state: order.state,
    ...(reason && { reason }),
    side: intent.side,
    orderType: intent.orderType,
    quantity: order.quantityUnits > 0n ? formatFixed(order.quantityUnits, quantityScale) : intent.quantity,
    requestedQuantity: intent.quantity,
    filledQuantity: formatFixed(order.filledUnits, quantityScale),
    ...(intent.limitPrice !== undefined && { limitPrice: intent.limitPrice }),
    tsIntentUs: intent.effectUs,
    tsStateUs: order.stateUs,
    tsPrevStateUs: order.prevStateUs,
  }
}

/** Where an order that works is by what the broker has told of it. */
export function lastKnownState({ filledUnits, ackUs }: Order): 'unknown' | 'acknowledged' | 'partially_filled' {
  if (filledUnits > 0n) return 'partially_filled'
  return ackUs > 0 ? 'acknowledged' : 'unknown'
}
