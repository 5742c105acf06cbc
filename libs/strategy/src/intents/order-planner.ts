import type { OrderIntent } from '@triplane/contracts'
import { formatFixed } from '@triplane/kernel'
import { limitPrice, notional, quantityWorth, worthUsd, type TradingTerms } from '@triplane/instruments'
import type { LiveOrder } from './live-orders.ts'

/** How the difference between target and position becomes orders. */
export interface OrderPlan {
  /** Smaller differences are ignored; to close the whole position, the instrument's minimum suffices. */
  readonly minTradeUsd: number
  /** Larger differences are split into several orders, one after the other; the last includes a small remainder. */
  readonly maxOrderUsd: number
  /** From this difference on an order crosses the spread; below it, it rests at the touch as a maker. */
  readonly urgentTradeUsd: number
  /** How far past the touch a crossing order may trade. */
  readonly collarTicks: number
  /** How far behind the touch a resting order is replaced. */
  readonly repriceBps: number
}

/** The current position and its target. */
export interface TargetPosition {
  /** Signed. */
  readonly targetUsd: number
  /** Signed base units. */
  readonly position: bigint
  /** Other strategies trade the instrument too, so an order may not only reduce. */
  readonly isShared?: boolean
  readonly bid: number
  readonly ask: number
  /** Market time of the quote. */
  readonly quotedUs: number
}

/** The part of an intent that the planner decides. */
export type PlannedOrder = Pick<
  OrderIntent,
  'side' | 'orderType' | 'quantity' | 'timeInForce' | 'postOnly' | 'reduceOnly'
> & {
  readonly limitPrice: string
}

/**
 * The next order on the way from position to target; undefined when none is worth sending. It assumes that no other order is
 * live, so it cannot overshoot. While `isReducing` it clips the target to one that reduces the position.
 *
 * Invariants
 * 1. A target on the other side of zero takes one order, which may close and open at once.
 * 2. No order is smaller than the venue's minimum, and none leaves a difference too small to trade alone.
 * 3. Dust, a position too small to be closed, is ignored in the difference.
 */
export function planOrder(
  aim: TargetPosition,
  terms: TradingTerms,
  plan: OrderPlan,
  isReducing = false,
): PlannedOrder | undefined {
  const { position } = aim
  const gap = targetOf(aim, terms, isReducing) - position
  const order = orderOver(gap, aim, terms, plan)
  const crosses = closes(gap, position) && magnitude(gap) > magnitude(position)
  return order ?? (crosses ? orderOver(-position, aim, terms, plan) : undefined)
}

function orderOver(gap: bigint, aim: TargetPosition, terms: TradingTerms, plan: OrderPlan): PlannedOrder | undefined {
  if (gap === 0n) return undefined
  const { position, isShared = false, bid, ask } = aim
  const judged = isDust(position, bid, terms) ? gap + position : gap
  const closesAll = gap === -position
  if (!closesAll && worthUsd(magnitude(judged), bid, terms) < plan.minTradeUsd) return undefined

  const next = nextQuantity(magnitude(gap), aim, terms, plan)
  // A position traded in finer lots has a part that cannot be traded now.
  const quantity = next - (next % terms.lotUnits)
  const side = gap > 0n ? 'BUY' : 'SELL'
  const isUrgent = worthUsd(magnitude(gap), bid, terms) >= plan.urgentTradeUsd
  const [near, far] = side === 'BUY' ? [bid, ask] : [ask, bid]
  const limit = isUrgent ? limitPrice(far, side, plan.collarTicks, terms) : limitPrice(near, side, 0, terms)
  const reduceOnly = !isShared && closes(gap, position) && quantity <= magnitude(position)
  const isTaken =
    (reduceOnly && terms.exemptsReduceOnly) || notional(quantity, Number(limit), terms) >= terms.minNotional
  if (quantity === 0n || !isTaken) return undefined
  return {
    side,
    orderType: 'LIMIT',
    quantity: formatFixed(quantity, terms.quantityScale),
    limitPrice: limit,
    timeInForce: isUrgent ? 'IOC' : 'GTC',
    postOnly: !isUrgent,
    reduceOnly,
  }
}

/** At most the largest order, plus a remainder that could not be traded alone. */
function nextQuantity(missing: bigint, { bid, ask }: TargetPosition, terms: TradingTerms, plan: OrderPlan): bigint {
  const most = quantityWorth(plan.maxOrderUsd, ask, terms)
  const rest = missing - most
  const isSliver = worthUsd(rest, bid, terms) < plan.minTradeUsd || notional(rest, bid, terms) < terms.minNotional
  return isSliver ? missing : most
}

/**
 * True while a live order serves the target: the right side, no more than is missing (within a minimum trade, because a
 * target in USD moves with the price), and near the touch if it rests.
 */
export function servesTarget(
  order: LiveOrder,
  aim: TargetPosition,
  terms: TradingTerms,
  plan: OrderPlan,
  isReducing = false,
): boolean {
  const { bid, ask } = aim
  const gap = targetOf(aim, terms, isReducing) - aim.position
  const direction = order.side === 'BUY' ? 1n : -1n
  const beyond = order.quantity - order.booked - gap * direction
  if (gap * direction <= 0n || worthUsd(beyond, bid, terms) >= plan.minTradeUsd) return false
  if (!order.rests) return true
  const behind = order.side === 'BUY' ? bid - order.limitPrice : order.limitPrice - ask
  return behind * 10_000 <= plan.repriceBps * bid
}

/**
 * The target in base units; flat when it is too small to be traded. While reducing it lies between flat and the
 * position.
 */
function targetOf({ targetUsd, position, bid, ask }: TargetPosition, terms: TradingTerms, isReducing: boolean): bigint {
  if (targetUsd === 0) return 0n
  const asked = quantityWorth(targetUsd, (bid + ask) / 2, terms)
  const target = notional(magnitude(asked), bid, terms) < terms.minNotional ? 0n : asked
  if (!isReducing) return target
  if (target < 0n !== position < 0n) return 0n
  return magnitude(target) < magnitude(position) ? target : position
}

/** A position below the smallest order the venue accepts. */
function isDust(position: bigint, bid: number, terms: TradingTerms): boolean {
  return position !== 0n && !terms.exemptsReduceOnly && notional(magnitude(position), bid, terms) < terms.minNotional
}

function closes(gap: bigint, position: bigint): boolean {
  return position !== 0n && position < 0n !== gap < 0n
}

function magnitude(quantity: bigint): bigint {
  return quantity < 0n ? -quantity : quantity
}
