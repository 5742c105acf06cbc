import type { BrokerReject, CancelReason, ExecutionEvent, OrderState, Outbox, RiskCode } from '@triplane/contracts'
import { orderEvent, type Order, type OrderStore } from '@triplane/execution'

/** The market time of a core, microseconds. */
export interface CoreTime {
  readonly nowUs: () => number
  /** When outputs of now take effect. */
  readonly effectUs: () => number
}

/** Publishes each state that an order enters. */
export class PublishedOrders {
  readonly #orders: OrderStore
  readonly #outbox: Outbox<ExecutionEvent>
  readonly #time: CoreTime

  constructor(orders: OrderStore, outbox: Outbox<ExecutionEvent>, time: CoreTime) {
    this.#orders = orders
    this.#outbox = outbox
    this.#time = time
  }

  /** Enters a state and publishes it. A transition that the store refuses is counted there and not published. */
  enter(order: Order, state: OrderState, atUs: number, reason?: RiskCode | BrokerReject | CancelReason): void {
    if (!this.#orders.enter(order, state, atUs)) this.publish(order, reason)
  }

  /** Publishes the order's current state. */
  publish(order: Order, reason?: RiskCode | BrokerReject | CancelReason): void {
    this.#outbox.add(orderEvent(order, this.#time.effectUs(), reason))
  }
}
