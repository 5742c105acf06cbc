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

/** How an order desk works. Times are market time. */
export interface OrderDeskConfig extends OrderPlan {
  /** An intent is refused as expired so long after the decision. */
  readonly validityMs: number
  /** Least time between two intents. */
  readonly minIntervalMs: number
  /** How long past its time an unanswered intent still counts, and an unanswered cancel is waited for. */
  readonly answerGraceMs: number
}

/** Orders on what. */
export interface OrderDeskScope {
  readonly instrument: InstrumentId
  readonly terms: TradingTerms
  /** Whose an order of a signed quantity, base units, is. */
  readonly ownersOf: (quantity: bigint) => Owners
  /** Whether an order of a strategy that the desk does not know is one of its own, sent before a restart. */
  readonly isOwn: (strategy: string) => boolean
}

/** An order desk as it is saved. */
export const orderDeskSchema = stateSchema({ nextIntentUs: field.timeUs, orders: liveOrdersSchema })
export type OrderDeskSnapshot = StateOf<typeof orderDeskSchema>

/**
 * Brings the position of one instrument to its target by orders, for the strategies that want it.
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

  /** Follows an order into its new state. True when the order has ended and the next may be sent. */
  follow(event: OrderEvent): boolean {
    return (this.#orders.has(event.intentId) || this.#scope.isOwn(event.strategy)) && this.#orders.follow(event)
  }

  /** Counts a fill that has been booked. True when its order has ended and the next may be sent. */
  fill(fill: Fill): boolean {
    return this.#orders.fill(fill)
  }

  /** Sends the next order toward the target, or cancels what no longer serves it, or does nothing. True when none is under way. */
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

  /** Asks to cancel what rests; asks again when there was no answer. */
  cancelAll(reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    this.#cancel(() => true, reason, nowUs, outbox)
  }

  /** The same for what does not bring the position, signed base units, nearer to 0. */
  cancelOpening(position: bigint, reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    const closes = position > 0n ? 'SELL' : position < 0n ? 'BUY' : undefined
    this.#cancel(({ side }) => side !== closes, reason, nowUs, outbox)
  }

  #cancel(isMeant: (order: LiveOrder) => boolean, reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    const { instrument } = this.#scope
    const graceUs = this.#config.answerGraceMs * 1000
    this.#orders.cancel(isMeant, { instrument, reason, nowUs, graceUs }, outbox)
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
