import type { OrderState } from '@triplane/contracts'

/**
 * All transitions that an order may make; any other is refused. `partially_filled` enters itself at each partial fill.
 * `pending_cancel` returns to the previous state when the cancellation is refused.
 * `cancelled` and `expired` can still become `filled`, by a fill that was under way when the order ended.
 */
export const orderTransitions: Readonly<Record<OrderState, readonly OrderState[]>> = {
  received: ['approved', 'denied', 'cancelled'],
  denied: [],
  approved: ['submitted', 'denied', 'cancelled'],
  submitted: [
    'acknowledged',
    'partially_filled',
    'filled',
    'pending_cancel',
    'cancelled',
    'rejected',
    'expired',
    'unknown',
  ],
  acknowledged: ['partially_filled', 'filled', 'pending_cancel', 'cancelled', 'expired', 'unknown'],
  partially_filled: ['partially_filled', 'filled', 'pending_cancel', 'cancelled', 'expired', 'unknown'],
  filled: [],
  pending_cancel: ['acknowledged', 'partially_filled', 'filled', 'cancelled', 'rejected', 'expired', 'unknown'],
  cancelled: ['filled'],
  rejected: [],
  expired: ['filled'],
  unknown: ['acknowledged', 'partially_filled', 'filled', 'pending_cancel', 'cancelled', 'rejected', 'expired'],
}

/** States in which an order can still trade normally: its remaining quantity is reserved. */
const working: ReadonlySet<OrderState> = new Set([
  'approved',
  'submitted',
  'acknowledged',
  'partially_filled',
  'pending_cancel',
  'unknown',
])

/** The refusal of an undeclared transition. */
export interface TransitionRefusal {
  readonly code: 'undeclared_transition'
  readonly intentId: string
  readonly from: OrderState
  readonly to: OrderState
}

/** True when an order may go from one state to the other. */
export function isDeclared(from: OrderState, to: OrderState): boolean {
  return orderTransitions[from].includes(to)
}

/** True while the order's remaining quantity counts as exposure. */
export function isWorking(state: OrderState): boolean {
  return working.has(state)
}
