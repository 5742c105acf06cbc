import type { CancelReason } from '@triplane/contracts'
import { formatFixed } from '@triplane/kernel'
import { isWorking, type Broker, type Order, type OrderStore } from '@triplane/execution'
import type { CoreTime, PublishedOrders } from './published-orders.ts'

/** Requests changes of sent orders from the broker. */
export class OrderChanges {
  readonly #broker: Broker
  readonly #orders: OrderStore
  readonly #published: PublishedOrders
  readonly #time: CoreTime

  constructor(deps: {
    readonly broker: Broker
    readonly orders: OrderStore
    readonly published: PublishedOrders
    readonly time: CoreTime
  }) {
    this.#broker = deps.broker
    this.#orders = deps.orders
    this.#published = deps.published
    this.#time = deps.time
  }

  /** Requests the cancellation of a working order, once. */
  cancel(order: Order, reason: CancelReason): void {
    if (!isWorking(order.state) || order.state === 'pending_cancel') return
    const { intentId, instrument } = order.intent
    const nowUs = this.#time.nowUs()
    this.#broker.take({ type: 'cancelOrder', intentId, instrument }, nowUs)
    this.#orders.noteCancelReason(order, reason)
    this.#published.enter(order, 'pending_cancel', nowUs, reason)
  }

  /**
   * Requests to lower the quantity of a working order, the filled part included; again only for a smaller quantity. Does nothing
   * for a quantity at or above the current or already requested one; cancels the order for one at or below the filled quantity.
   */
  lower(order: Order, quantityUnits: bigint, reason: CancelReason): void {
    const { state, filledUnits, quantityScale } = order
    if (!isWorking(state) || state === 'pending_cancel') return
    if (quantityUnits <= filledUnits) return this.cancel(order, reason)
    if (quantityUnits >= (order.amendingToUnits ?? order.quantityUnits)) return
    const { intentId, instrument } = order.intent
    const quantity = formatFixed(quantityUnits, quantityScale)
    this.#broker.take({ type: 'amendOrder', intentId, instrument, quantity }, this.#time.nowUs())
    this.#orders.noteCancelReason(order, reason)
    this.#orders.noteAmending(order, quantityUnits)
  }
}
