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

/** An order in the order plane. Only the `OrderStore` writes to it. */
export interface Order {
  readonly intent: OrderIntent
  /** Decimal digits of its quantities; 0 for an unknown instrument. */
  readonly quantityScale: number
  readonly state: OrderState
  /** Market time at which the current and the previous state were entered. */
  readonly stateUs: number
  readonly prevStateUs: number
  /** The approved quantity, after sizing and lowering; 0 before approval. */
  readonly quantityUnits: bigint
  readonly filledUnits: bigint
  /** Market time of the acknowledgement, or of the first fill if that came first; 0 before. */
  readonly ackUs: number
  /** Why we requested to cancel or lower it. */
  readonly cancelReason: CancelReason | undefined
  /** The quantity that we requested to lower it to, until the broker answers. */
  readonly amendingToUnits: bigint | undefined
}

/** Units that the order may still trade. */
export function remainingUnits({ quantityUnits, filledUnits }: Order): bigint {
  return filledUnits < quantityUnits ? quantityUnits - filledUnits : 0n
}

/** Units that the order may still trade once its pending amendment, if there is one, has taken effect. */
export function keptUnits({ quantityUnits, amendingToUnits = quantityUnits, filledUnits }: Order): bigint {
  return filledUnits < amendingToUnits ? amendingToUnits - filledUnits : 0n
}

/** The event that publishes the order's state. `effectUs` is when its readers act on it. */
export function orderEvent(
  order: Order,
  effectUs: number,
  reason?: RiskCode | BrokerReject | CancelReason,
): EventDraft<OrderEvent> {
  const { intent, quantityScale, quantityUnits, filledUnits } = order
  const event: Mutable<EventDraft<OrderEvent>> = {
    type: 'orderEvent',
    seq: 0,
    intentId: intent.intentId,
    strategy: intent.strategy,
    instrument: intent.instrument,
    effectUs,
    state: order.state,
    side: intent.side,
    orderType: intent.orderType,
    quantity: quantityUnits > 0n ? formatFixed(quantityUnits, quantityScale) : intent.quantity,
    requestedQuantity: intent.quantity,
    filledQuantity: filledUnits === 0n ? '0' : formatFixed(filledUnits, quantityScale),
    tsIntentUs: intent.effectUs,
    tsStateUs: order.stateUs,
    tsPrevStateUs: order.prevStateUs,
  }
  // Spreading them in would cost as much as all the rest.
  if (intent.limitPrice !== undefined) event.limitPrice = intent.limitPrice
  if (reason !== undefined) event.reason = reason
  return event
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] }

/** The state of a working order according to the broker's reports. */
export function lastKnownState({ filledUnits, ackUs }: Order): 'unknown' | 'acknowledged' | 'partially_filled' {
  if (filledUnits > 0n) return 'partially_filled'
  return ackUs > 0 ? 'acknowledged' : 'unknown'
}
