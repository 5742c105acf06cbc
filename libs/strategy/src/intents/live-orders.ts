import {
  isKnownCode,
  field,
  sides,
  stateSchema,
  type CancelIntent,
  type CancelReason,
  type EventDraft,
  type Fill,
  type InstrumentId,
  type OrderEvent,
  type OrderIntent,
  type OrderState,
  type StateOf,
} from '@triplane/contracts'
import { fixed } from '@triplane/kernel'

/** An order of ours that may still fill, or whose fills are not all booked. */
export interface LiveOrder {
  readonly intentId: string
  readonly strategy: string
  readonly side: OrderIntent['side']
  /** Base units after sizing. */
  readonly quantity: bigint
  /** Base units filled as the order plane reports them, and those whose fills have arrived. */
  readonly reported: bigint
  readonly booked: bigint
  /** 0 for an order without a limit. */
  readonly limitPrice: number
  /** It rests in the book until it is cancelled. */
  readonly rests: boolean
  /** The order plane has answered. */
  readonly isAnswered: boolean
  /** The order plane has reported its end. */
  readonly hasEnded: boolean
  readonly validUntilUs: number
  /** When its cancellation was last requested; 0 when never. */
  readonly cancelSentUs: number
}

/** Which orders to cancel, why and when. */
interface Cancelling {
  readonly instrument: InstrumentId
  readonly reason: CancelReason
  readonly nowUs: number
  readonly graceUs: number
}

/** What a desk needs of an outbox. */
export interface DeskOutbox {
  readonly nextSeq: number
  add(draft: EventDraft<OrderIntent | CancelIntent>): void
}

type Entry = { -readonly [Field in keyof LiveOrder]: LiveOrder[Field] }

/** Live orders as they are saved. */
export const liveOrdersSchema = field.list(
  stateSchema({
    intentId: field.text,
    strategy: field.text,
    side: field.oneOf(sides),
    quantity: field.units,
    reported: field.units,
    booked: field.units,
    limitPrice: field.real,
    rests: field.flag,
    isAnswered: field.flag,
    hasEnded: field.flag,
    validUntilUs: field.timeUs,
    cancelSentUs: field.timeUs,
  }),
)
export type LiveOrdersSnapshot = StateOf<typeof liveOrdersSchema>

const endStates: readonly OrderState[] = ['denied', 'filled', 'cancelled', 'rejected', 'expired']

/**
 * The live orders of one instrument, maintained from the order plane's events.
 *
 * Invariants
 * 1. An intent counts from the moment it is emitted, answered or not.
 * 2. An order leaves once its end and all its fills have been seen, in any order; so position plus live orders never counts a
 *    fill twice or misses one.
 * 3. An unanswered intent leaves once its validity and the grace period after it have passed.
 * 4. An unknown order (sent before a restart) is adopted from its events.
 */
export class LiveOrders {
  readonly #quantityScale: number
  #orders: Entry[]

  constructor(quantityScale: number, snapshot: LiveOrdersSnapshot = []) {
    this.#quantityScale = quantityScale
    this.#orders = snapshot.map((order) => ({
      ...order,
      quantity: BigInt(order.quantity),
      reported: BigInt(order.reported),
      booked: BigInt(order.booked),
    }))
  }

  get all(): readonly LiveOrder[] {
    return this.#orders
  }

  /** Whether an order with this id is live. */
  has(intentId: string): boolean {
    return this.#find(intentId) !== undefined
  }

  /** Adds an intent as it is emitted. */
  add(intent: OrderIntent): void {
    this.#orders.push({
      intentId: intent.intentId,
      strategy: intent.strategy,
      side: intent.side,
      quantity: fixed(intent.quantity, this.#quantityScale),
      reported: 0n,
      booked: 0n,
      limitPrice: Number(intent.limitPrice ?? 0),
      rests: intent.timeInForce === 'GTC',
      isAnswered: false,
      hasEnded: false,
      validUntilUs: intent.validUntilUs,
      cancelSentUs: 0,
    })
  }

  /** Applies an order event. True when the order is no longer live. */
  follow(event: OrderEvent): boolean {
    // An unknown state is not an end.
    const hasEnded = isKnownCode(endStates, event.state)
    let order = this.#find(event.intentId)
    if (!order) {
      if (hasEnded) return false
      order = this.#takeOver(event)
    }
    order.isAnswered = true
    order.hasEnded = hasEnded
    order.quantity = fixed(event.quantity, this.#quantityScale)
    order.reported = fixed(event.filledQuantity, this.#quantityScale)
    return this.#leaveWhenSettled(order)
  }

  /** Adds a booked fill. True when the order is no longer live. */
  fill(fill: Fill): boolean {
    const order = this.#find(fill.intentId)
    if (!order) return false
    order.booked += fixed(fill.quantity, this.#quantityScale)
    return this.#leaveWhenSettled(order)
  }

  /**
   * Requests the cancellation of the resting orders that match; repeats the request after `graceUs` without an answer.
   */
  cancel(
    isMeant: (order: LiveOrder) => boolean,
    { instrument, reason, nowUs, graceUs }: Cancelling,
    outbox: DeskOutbox,
  ): void {
    for (const order of this.#orders) {
      const { intentId, strategy, rests, hasEnded, cancelSentUs } = order
      if (!rests || hasEnded || nowUs < cancelSentUs + graceUs || !isMeant(order)) continue
      order.cancelSentUs = nowUs
      outbox.add({ type: 'cancelIntent', seq: 0, intentId, strategy, instrument, effectUs: nowUs, reason })
    }
  }

  /** Drops intents without an answer whose validity ended before `timeUs - graceUs`. */
  release(timeUs: number, graceUs: number): void {
    if (this.#orders.length === 0) return
    this.#orders = this.#orders.filter((order) => order.isAnswered || timeUs <= order.validUntilUs + graceUs)
  }

  /** Takes all fills as booked that were reported: the ledger was adopted with them. Orders that have ended leave. */
  settle(): void {
    for (const order of this.#orders) order.booked = order.reported
    this.#orders = this.#orders.filter(({ hasEnded }) => !hasEnded)
  }

  snapshot(): LiveOrdersSnapshot {
    return this.#orders.map((order) => ({
      ...order,
      quantity: String(order.quantity),
      reported: String(order.reported),
      booked: String(order.booked),
    }))
  }

  #find(intentId: string): Entry | undefined {
    return this.#orders.find((order) => order.intentId === intentId)
  }

  #takeOver(event: OrderEvent): Entry {
    const order: Entry = {
      intentId: event.intentId,
      strategy: event.strategy,
      side: event.side,
      quantity: 0n,
      reported: 0n,
      booked: fixed(event.filledQuantity, this.#quantityScale),
      limitPrice: Number(event.limitPrice ?? 0),
      rests: true,
      isAnswered: true,
      hasEnded: false,
      validUntilUs: event.effectUs,
      cancelSentUs: 0,
    }
    this.#orders.push(order)
    return order
  }

  #leaveWhenSettled(order: Entry): boolean {
    if (!order.hasEnded || order.booked < order.reported) return false
    this.#orders.splice(this.#orders.indexOf(order), 1)
    return true
  }
}
