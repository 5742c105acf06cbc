import {
  cancelReasons,
  field,
  orderStates,
  stateSchema,
  zeroCounts,
  type CancelReason,
  type OrderIntent,
  type OrderState,
  type StateOf,
  type InstrumentId,
} from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import { isDeclared, isWorking, type TransitionRefusal } from './order-transitions.ts'
import { remainingUnits, type Order } from './order.ts'

/** Working orders of one instrument and the units that they reserve. */
export interface WorkingOrders {
  /** In the order of approval. */
  readonly orders: readonly Order[]
  readonly buyUnits: bigint
  readonly sellUnits: bigint
}

/** Counts by the last state of each order. */
export type OrderCounts = Readonly<Record<OrderState, number>>

/** The saved state of the store. */
export const orderStoreSchema = stateSchema({
  /** In the order of receipt. */
  orders: field.list(
    stateSchema({
      intent: field.event('orderIntent'),
      quantityScale: field.count,
      state: field.oneOf(orderStates),
      stateUs: field.timeUs,
      prevStateUs: field.timeUs,
      quantityUnits: field.units,
      filledUnits: field.units,
      ackUs: field.timeUs,
      cancelReason: field.orNull(field.oneOf(cancelReasons)),
      amendingToUnits: field.orNull(field.units),
    }),
  ),
  /** Ids of working orders in the order of approval. */
  workingIds: field.list(field.text),
  ended: field.list(stateSchema({ intentId: field.text, endedUs: field.timeUs })),
  counts: field.countsOf(orderStates),
  refusedTransitions: field.count,
})
export type OrderStoreSnapshot = StateOf<typeof orderStoreSchema>

const nothingReceived: OrderStoreSnapshot = {
  orders: [],
  workingIds: [],
  ended: [],
  counts: zeroCounts(orderStates),
  refusedTransitions: 0,
}

type MutableOrder = { -readonly [Field in keyof Order]: Order[Field] }
interface MutableWorking {
  readonly orders: Order[]
  buyUnits: bigint
  sellUnits: bigint
}

/**
 * All orders of a run that can still change, and counts of all orders ever received.
 *
 * Invariants
 * 1. An order changes state along `orderTransitions` only; any other transition is refused, counted and changes nothing.
 * 2. The reserved units of an instrument are the sum of the remaining units of its working orders: 0 when all have ended.
 * 3. The counts sum to the number of orders received.
 * 4. A quantity never grows, and is never lowered below the filled quantity. No amendment is under way for an order that has
 *    ended or is unknown.
 * 5. An ended order is remembered for `retentionUs`, for late fills and repeated intents.
 */
export class OrderStore {
  readonly #retentionUs: number
  readonly #orders = new Map<string, MutableOrder>()
  readonly #working = new Map<string, MutableWorking>()
  readonly #ended: { readonly intentId: string; readonly endedUs: number }[]
  readonly #counts: Record<OrderState, number>
  #refusedTransitions: number

  constructor(retentionUs: number, saved: OrderStoreSnapshot = nothingReceived) {
    this.#retentionUs = retentionUs
    this.#counts = { ...saved.counts }
    this.#ended = [...saved.ended]
    this.#refusedTransitions = saved.refusedTransitions
    for (const order of saved.orders) {
      this.#orders.set(order.intent.intentId, {
        ...order,
        quantityUnits: BigInt(order.quantityUnits),
        filledUnits: BigInt(order.filledUnits),
        cancelReason: order.cancelReason ?? undefined,
        amendingToUnits: order.amendingToUnits === null ? undefined : BigInt(order.amendingToUnits),
      })
    }
    for (const intentId of saved.workingIds) this.#reserve(this.#orders.get(intentId) as Order)
  }

  /** Adds a new order. Its id must not be known. */
  receive(intent: OrderIntent, quantityScale: number, nowUs: number): Order {
    invariant(!this.#orders.has(intent.intentId), 'a received order is new', intent.intentId)
    this.#forgetEnded(nowUs)
    const order: MutableOrder = {
      intent,
      quantityScale,
      state: 'received',
      stateUs: nowUs,
      prevStateUs: intent.effectUs,
      quantityUnits: 0n,
      filledUnits: 0n,
      ackUs: 0,
      cancelReason: undefined,
      amendingToUnits: undefined,
    }
    this.#orders.set(intent.intentId, order)
    this.#counts.received++
    return order
  }

  /** Enters `approved` with the quantity after sizing, and reserves it. */
  approve(order: Order, quantityUnits: bigint, nowUs: number): TransitionRefusal | undefined {
    const refusal = this.enter(order, 'approved', nowUs)
    if (refusal) return refusal
    ;(order as MutableOrder).quantityUnits = quantityUnits
    this.#reserve(order)
    return undefined
  }

  /** Enters a state, or refuses and counts the refusal. A state's time is never before that of the previous state. */
  enter(order: Order, state: OrderState, atUs: number): TransitionRefusal | undefined {
    const from = order.state
    if (!isDeclared(from, state)) {
      this.#refusedTransitions++
      return { code: 'undeclared_transition', intentId: order.intent.intentId, from, to: state }
    }
    const writable = order as MutableOrder
    writable.state = state
    writable.prevStateUs = order.stateUs
    writable.stateUs = Math.max(atUs, order.stateUs)
    if (state === 'unknown' || !isWorking(state)) writable.amendingToUnits = undefined
    this.#counts[from]--
    this.#counts[state]++
    if (isWorking(from) && !isWorking(state)) this.#release(order)
    if (!isWorking(state) && from !== 'cancelled' && from !== 'expired') {
      this.#ended.push({ intentId: order.intent.intentId, endedUs: atUs })
    }
    return undefined
  }

  /** Notes that the venue has the order. */
  noteAcknowledged(order: Order, atUs: number): void {
    if (order.ackUs === 0) (order as MutableOrder).ackUs = atUs
  }

  /** Notes why we request to cancel or lower it; undefined when the cancellation was refused. */
  noteCancelReason(order: Order, reason: CancelReason | undefined): void {
    ;(order as MutableOrder).cancelReason = reason
  }

  /** Notes the quantity that we request to lower it to; undefined when the request was refused or may be lost. */
  noteAmending(order: Order, quantityUnits: bigint | undefined): void {
    ;(order as MutableOrder).amendingToUnits = quantityUnits
  }

  /** Lowers its quantity, and the reserved units with it. Ignores a larger quantity: that report is outdated. */
  amend(order: Order, quantityUnits: bigint): void {
    const { filledUnits, amendingToUnits } = order
    const before = remainingUnits(order)
    const writable = order as MutableOrder
    const lowered = quantityUnits > filledUnits ? quantityUnits : filledUnits
    if (lowered < order.quantityUnits) writable.quantityUnits = lowered
    if (amendingToUnits !== undefined && quantityUnits <= amendingToUnits) writable.amendingToUnits = undefined
    if (isWorking(order.state)) this.#addReserved(order, remainingUnits(order) - before)
  }

  /** Adds a fill, whatever the state: a trade is final. The reserved units shrink by it. */
  addFill(order: Order, units: bigint, atUs: number): void {
    const before = remainingUnits(order)
    ;(order as MutableOrder).filledUnits += units
    this.noteAcknowledged(order, atUs)
    if (isWorking(order.state)) this.#addReserved(order, remainingUnits(order) - before)
  }

  /** The order with this id; undefined once it is forgotten. */
  get(intentId: string): Order | undefined {
    return this.#orders.get(intentId)
  }

  /** Working orders of an instrument: one object for the life of the store, so look it up once. */
  working(instrument: InstrumentId): WorkingOrders {
    return this.#workingOf(instrument)
  }

  /** All working orders. */
  open(): readonly Order[] {
    return Array.from(this.#working.values(), ({ orders }) => orders).flat()
  }

  get counts(): OrderCounts {
    return this.#counts
  }

  get refusedTransitions(): number {
    return this.#refusedTransitions
  }

  snapshot(): OrderStoreSnapshot {
    return {
      orders: Array.from(this.#orders.values(), ({ cancelReason, amendingToUnits, ...order }) => ({
        ...order,
        quantityUnits: String(order.quantityUnits),
        filledUnits: String(order.filledUnits),
        cancelReason: cancelReason ?? null,
        amendingToUnits: amendingToUnits === undefined ? null : String(amendingToUnits),
      })),
      workingIds: this.open().map(({ intent }) => intent.intentId),
      ended: [...this.#ended],
      counts: { ...this.#counts },
      refusedTransitions: this.#refusedTransitions,
    }
  }

  #reserve(order: Order): void {
    this.#workingOf(order.intent.instrument).orders.push(order)
    this.#addReserved(order, remainingUnits(order))
  }

  #release(order: Order): void {
    const { orders } = this.#workingOf(order.intent.instrument)
    orders.splice(orders.indexOf(order), 1)
    this.#addReserved(order, -remainingUnits(order))
  }

  #addReserved(order: Order, units: bigint): void {
    const working = this.#workingOf(order.intent.instrument)
    if (order.intent.side === 'BUY') working.buyUnits += units
    else working.sellUnits += units
  }

  #workingOf(instrument: InstrumentId): MutableWorking {
    let working = this.#working.get(instrument)
    if (!working) {
      working = { orders: [], buyUnits: 0n, sellUnits: 0n }
      this.#working.set(instrument, working)
    }
    return working
  }

  #forgetEnded(nowUs: number): void {
    let forgotten = 0
    for (const { intentId, endedUs } of this.#ended) {
      if (endedUs > nowUs - this.#retentionUs) break
      this.#orders.delete(intentId)
      forgotten++
    }
    if (forgotten > 0) this.#ended.splice(0, forgotten)
  }
}
