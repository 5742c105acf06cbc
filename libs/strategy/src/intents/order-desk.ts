import {
  field,
  stateSchema,
  type CancelReason,
  type Fill,
  type OrderEvent,
  type StateOf,
  type InstrumentId,
} from '@triplane/contracts'
import { fixed } from '@triplane/kernel'
import type { TradingTerms } from '@triplane/instruments'
import { LiveOrders, liveOrdersSchema, type DeskOutbox, type LiveOrder } from './live-orders.ts'
import { orderIntent, type Owners } from './order-intent.ts'
import { planOrder, servesTarget, type OrderPlan, type PlannedOrder, type TargetPosition } from './order-planner.ts'

/** Settings of an order desk. Times are market time. */
export interface OrderDeskConfig extends OrderPlan {
  /** How long after the decision an intent is refused as expired. */
  readonly validityMs: number
  /** Minimum time between two intents. */
  readonly minIntervalMs: number
  /** How long past its validity an unanswered intent counts, and how long to wait for the answer to a cancellation. */
  readonly answerGraceMs: number
}

/** The instrument, and how its orders are attributed. */
export interface OrderDeskScope {
  readonly instrument: InstrumentId
  readonly terms: TradingTerms
  /** Which strategies own an order of a signed quantity in base units. */
  readonly ownersOf: (quantity: bigint) => Owners
  /** Whether an unknown order of a strategy belongs to this desk, sent before a restart. */
  readonly isOwn: (strategy: string) => boolean
}

/** An order desk as it is saved. */
export const orderDeskSchema = stateSchema({ nextIntentUs: field.timeUs, orders: liveOrdersSchema })
export type OrderDeskSnapshot = StateOf<typeof orderDeskSchema>

/**
 * Brings the position of one instrument to its target through orders, for strategies that set targets.
 *
 * Invariant: it sends an intent only when no order is live, so live orders never overshoot the target together.
 */
export class OrderDesk {
  readonly #scope: OrderDeskScope
  readonly #config: OrderDeskConfig
  readonly #orders: LiveOrders
  #nextIntentUs: number

  constructor(
    scope: OrderDeskScope,
    config: OrderDeskConfig,
    { nextIntentUs, orders }: OrderDeskSnapshot = { nextIntentUs: 0, orders: [] },
  ) {
    this.#scope = scope
    this.#config = config
    this.#orders = new LiveOrders(scope.terms.quantityScale, orders)
    this.#nextIntentUs = nextIntentUs
  }

  /** Applies an order event. True when the order has ended and the next may be sent. */
  follow(event: OrderEvent): boolean {
    return (this.#orders.has(event.intentId) || this.#scope.isOwn(event.strategy)) && this.#orders.follow(event)
  }

  /** Adds a booked fill. True when its order has ended and the next may be sent. */
  fill(fill: Fill): boolean {
    return this.#orders.fill(fill)
  }

  /**
   * Sends the next order towards the target, cancels one that no longer serves it, or does nothing. True when no order
   * is live.
   */
  pursue(aim: TargetPosition, isReducing: boolean, nowUs: number, outbox: DeskOutbox): boolean {
    const { terms } = this.#scope
    this.#orders.release(nowUs, this.#config.answerGraceMs * 1000)
    if (this.#orders.all.length > 0) {
      const serves = this.#orders.all.every((order) => servesTarget(order, aim, terms, this.#config, isReducing))
      if (!serves) this.cancelAll('replaced', nowUs, outbox)
      return false
    }
    if (nowUs < this.#nextIntentUs) return true
    const order = planOrder(aim, terms, this.#config, isReducing)
    if (order) this.#send(order, aim, nowUs, outbox)
    return !order
  }

  /** Requests the cancellation of resting orders; repeats it when there was no answer. */
  cancelAll(reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    this.#cancel(() => true, reason, nowUs, outbox)
  }

  /** The same, for orders that do not bring the position (signed base units) nearer to 0. */
  cancelOpening(position: bigint, reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    const closes = position > 0n ? 'SELL' : position < 0n ? 'BUY' : undefined
    this.#cancel(({ side }) => side !== closes, reason, nowUs, outbox)
  }

  #cancel(isMeant: (order: LiveOrder) => boolean, reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    const { instrument } = this.#scope
    const graceUs = this.#config.answerGraceMs * 1000
    this.#orders.cancel(isMeant, { instrument, reason, nowUs, graceUs }, outbox)
  }

  /** Takes all reported fills as booked, when the ledger was adopted with them. */
  settle(): void {
    this.#orders.settle()
  }

  snapshot(): OrderDeskSnapshot {
    return { nextIntentUs: this.#nextIntentUs, orders: this.#orders.snapshot() }
  }

  #send(order: PlannedOrder, aim: TargetPosition, nowUs: number, outbox: DeskOutbox): void {
    const { instrument, terms } = this.#scope
    const quantity = fixed(order.quantity, terms.quantityScale)
    const owners = this.#scope.ownersOf(order.side === 'BUY' ? quantity : -quantity)
    const { bid, ask, quotedUs } = aim
    const { validityMs } = this.#config
    const decided = { instrument, bid, ask, quotedUs, nowUs, validityMs, seq: outbox.nextSeq }
    const intent = orderIntent(order, owners, decided)
    this.#nextIntentUs = nowUs + this.#config.minIntervalMs * 1000
    this.#orders.add(intent)
    outbox.add(intent)
  }
}
