import type { BrokerReject, CancelReason, ExecutionEvent, OrderState, Outbox, RiskCode } from '@triplane/contracts'
import { orderEvent, type Order, type OrderStore } from '@triplane/execution'

/** The market time of a core, microseconds. */
export interface CoreTime {
  readonly nowUs: () => number
  /** When what is said now takes effect. */
  readonly effectUs: () => number
}

/** Publishes the states of orders as they enter them. */
export class PublishedOrders {
  readonly #orders: OrderStore
  readonly #outbox: Outbox<ExecutionEvent>
  readonly #time: CoreTime

  constructor(orders: OrderStore, outbox: Outbox<ExecutionEvent>, time: CoreTime) {
    this.#orders = orders
    this.#outbox = outbox
    this.#time = time
  }

  /** Lets an order enter a state and says so. What the store refuses is counted there, and nothing is said. */
  enter(order: Order, state: OrderState, atUs: number, reason?: RiskCode | BrokerReject | CancelReason): void {
    if (!this.#orders.enter(order, state, atUs)) this.publish(order, reason)
  }

  /** Says in which state the order is. */
  publish(order: Order, reason?: RiskCode | BrokerReject | CancelReason): void {
    this.#outbox.add(orderEvent(order, this.#time.effectUs(), reason))
  }
}
