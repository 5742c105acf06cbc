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
  /** What was approved, after sizing, less what it was lowered by; 0 before. */
  readonly quantityUnits: bigint
  readonly filledUnits: bigint
  /** Market time of the acknowledgement, or of the first fill when that was first; 0 before. */
  readonly ackUs: number
  /** Why we asked for its cancellation, or for less of it. */
  readonly cancelReason: CancelReason | undefined
  /** What we asked the broker to lower its quantity to, until that is answered. */
  readonly amendingToUnits: bigint | undefined
}

/** Units that it may still trade. */
export function remainingUnits({ quantityUnits, filledUnits }: Order): bigint {
  return filledUnits < quantityUnits ? quantityUnits - filledUnits : 0n
}

/** Units that it may still trade once the amendment that is under way, if one is, has happened. */
export function keptUnits({ quantityUnits, amendingToUnits = quantityUnits, filledUnits }: Order): bigint {
  return filledUnits < amendingToUnits ? amendingToUnits - filledUnits : 0n
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
