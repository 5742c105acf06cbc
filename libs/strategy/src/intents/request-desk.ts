import {
  field,
  stateSchema,
  sides,
  type CancelReason,
  type Fill,
  type InstrumentId,
  type OrderEvent,
  type StateOf,
} from '@triplane/contracts'
import { formatFixed } from '@triplane/kernel'
import { limitPrice, notional, quantityWorth, type TradingTerms } from '@triplane/instruments'
import type { OrderLimits, RequestedOrder } from '../strategies/strategy.ts'
import { LiveOrders, liveOrdersSchema, type DeskOutbox, type LiveOrder } from './live-orders.ts'
import type { OrderDeskConfig } from './order-desk.ts'
import { orderIntent } from './order-intent.ts'

/** The strategy and the instrument. */
interface RequestDeskScope {
  readonly strategy: string
  readonly instrument: InstrumentId
  readonly terms: TradingTerms
}

/** What the desk needs to send orders. */
export interface RequestMarket {
  /** The strategy's position, signed base units. */
  readonly position: bigint
  /** The most that may be sold, base units; undefined with margin. */
  readonly sellable: bigint | undefined
  readonly bid: number
  readonly ask: number
  /** Market time of the quote. */
  readonly quotedUs: number
}

const requestSchema = stateSchema({
  key: field.text,
  side: field.oneOf(sides),
  units: field.units,
  limitPrice: field.text,
  timeInForce: field.oneOf(['GTC', 'IOC']),
  /** An IOC order that was sent. */
  isSent: field.flag,
})

/** A request desk as it is saved. */
export const requestDeskSchema = stateSchema({
  nextIntentUs: field.timeUs,
  requests: field.list(requestSchema),
  /** The key that each live order works under. */
  keys: field.list(stateSchema({ intentId: field.text, key: field.text })),
  orders: liveOrdersSchema,
})
export type RequestDeskSnapshot = StateOf<typeof requestDeskSchema>

/** A request in units and ticks. */
interface Request {
  readonly key: string
  readonly side: 'BUY' | 'SELL'
  readonly units: bigint
  readonly limitPrice: string
  readonly timeInForce: 'GTC' | 'IOC'
  isSent: boolean
}

/**
 * Works the orders that one strategy requests for one instrument.
 *
 * Invariants
 * 1. Each key has at most one order under way; one that differs from its request is cancelled, and the next waits for its end.
 * 2. If every order under way filled, the strategy would hold at most `maxPositionUsd` on either side; no order is worth more
 *    than `maxOrderUsd`. A request is cut to what fits, in whole lots, and not sent when that is below the venue's minimum.
 */
export class RequestDesk {
  readonly #scope: RequestDeskScope
  #limits: OrderLimits
  readonly #config: OrderDeskConfig
  readonly #orders: LiveOrders
  readonly #keys: Map<string, string>
  #requests: Request[]
  #nextIntentUs: number

  constructor(
    scope: RequestDeskScope,
    limits: OrderLimits,
    config: OrderDeskConfig,
    saved: RequestDeskSnapshot = { nextIntentUs: 0, requests: [], keys: [], orders: [] },
  ) {
    this.#scope = scope
    this.#limits = limits
    this.#config = config
    this.#orders = new LiveOrders(scope.terms.quantityScale, saved.orders)
    this.#keys = new Map(saved.keys.map(({ intentId, key }) => [intentId, key]))
    this.#requests = saved.requests.map((request) => ({ ...request, units: BigInt(request.units) }))
    this.#nextIntentUs = saved.nextIntentUs
  }

  get strategy(): string {
    return this.#scope.strategy
  }

  /** Replaces the limits. Live orders were sent within the old ones: cancel them. */
  limit(limits: OrderLimits): void {
    this.#limits = limits
  }

  /** Replaces the requested orders. */
  request(orders: readonly RequestedOrder[]): void {
    const { terms } = this.#scope
    this.#requests = orders.map(({ key, side, quantity, limitPrice: price, timeInForce }) => ({
      key,
      side,
      units: BigInt(Math.max(0, Math.floor(quantity / terms.lotSize))) * terms.lotUnits,
      limitPrice: limitPrice(price, side, 0, terms),
      timeInForce,
      isSent: false,
    }))
  }

  /** Applies an order event. True when the order has ended. */
  follow(event: OrderEvent): boolean {
    return this.#forget(event.intentId, this.#orders.follow(event))
  }

  /** Adds a booked fill. True when its order has ended. */
  fill(fill: Fill): boolean {
    return this.#forget(fill.intentId, this.#orders.fill(fill))
  }

  /**
   * Cancels orders no longer requested and sends the requested ones; while `isReducing`, only those that reduce the
   * position.
   */
  pursue(market: RequestMarket, isReducing: boolean, nowUs: number, outbox: DeskOutbox): void {
    this.#orders.release(nowUs, this.#config.answerGraceMs * 1000)
    this.#cancel((order) => !this.#serves(order), 'replaced', nowUs, outbox)
    if (nowUs < this.#nextIntentUs) return
    for (const request of this.#requests) {
      const isUnderWay = this.#orders.all.some(({ intentId }) => this.#keys.get(intentId) === request.key)
      if (isUnderWay || (request.timeInForce === 'IOC' && request.isSent)) continue
      this.#send(request, market, isReducing, nowUs, outbox)
    }
  }

  /** Requests the cancellation of all; repeats it when there was no answer. */
  cancelAll(reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    this.#cancel(() => true, reason, nowUs, outbox)
  }

  /** Takes all reported fills as booked, when the ledger was adopted with them. */
  settle(): void {
    this.#orders.settle()
    for (const intentId of this.#keys.keys()) if (!this.#orders.has(intentId)) this.#keys.delete(intentId)
  }

  snapshot(): RequestDeskSnapshot {
    return {
      nextIntentUs: this.#nextIntentUs,
      requests: this.#requests.map((request) => ({ ...request, units: String(request.units) })),
      keys: Array.from(this.#keys, ([intentId, key]) => ({ intentId, key })),
      orders: this.#orders.snapshot(),
    }
  }

  #forget(intentId: string, hasEnded: boolean): boolean {
    if (hasEnded) this.#keys.delete(intentId)
    return hasEnded
  }

  /** Whether an order matches the request under its key, also when it was cut down or partially filled. */
  #serves({ intentId, side, limitPrice: limit, quantity }: LiveOrder): boolean {
    const request = this.#requests.find(({ key }) => key === this.#keys.get(intentId))
    return request?.side === side && Number(request.limitPrice) === limit && quantity <= request.units
  }

  #cancel(isMeant: (order: LiveOrder) => boolean, reason: CancelReason, nowUs: number, outbox: DeskOutbox): void {
    const { instrument } = this.#scope
    const graceUs = this.#config.answerGraceMs * 1000
    this.#orders.cancel(isMeant, { instrument, reason, nowUs, graceUs }, outbox)
  }

  #send(request: Request, market: RequestMarket, isReducing: boolean, nowUs: number, outbox: DeskOutbox): void {
    const { strategy, instrument, terms } = this.#scope
    const { key, side, limitPrice: limit, timeInForce } = request
    const units = this.#fitting(request, market, isReducing)
    if (units <= 0n || notional(units, Number(limit), terms) < terms.minNotional) return
    const quantity = formatFixed(units, terms.quantityScale)
    const order = { side, orderType: 'LIMIT', quantity, limitPrice: limit, timeInForce } as const
    const { bid, ask, quotedUs } = market
    const { validityMs } = this.#config
    const decided = { instrument, bid, ask, quotedUs, nowUs, validityMs, seq: outbox.nextSeq }
    const intent = orderIntent({ ...order, postOnly: timeInForce === 'GTC', reduceOnly: false }, { strategy }, decided)
    request.isSent = true
    this.#nextIntentUs = nowUs + this.#config.minIntervalMs * 1000
    this.#keys.set(intent.intentId, key)
    this.#orders.add(intent)
    outbox.add(intent)
  }

  /** The units of a request within the limits, in whole lots. */
  #fitting({ side, units, limitPrice: limit }: Request, market: RequestMarket, isReducing: boolean): bigint {
    const { terms } = this.#scope
    const { position, sellable } = market
    const price = Number(limit)
    // Below the first tick there is no price.
    if (price <= 0) return 0n
    const sign = side === 'BUY' ? 1n : -1n
    const working = this.#orders.all.reduce(
      (sum, order) => (order.side === side ? sum + order.quantity - order.booked : sum),
      0n,
    )
    const most = (usd: number) => quantityWorth(usd, price, terms)
    const room = [units, most(this.#limits.maxOrderUsd), most(this.#limits.maxPositionUsd) - position * sign - working]
    if (side === 'SELL' && sellable !== undefined) room.push(sellable - working)
    if (isReducing) room.push(position * -sign - working)
    const least = room.reduce((min, one) => (one < min ? one : min))
    return least - (least % terms.lotUnits)
  }
}
