import type { OrderIntent } from '@triplane/contracts'
import { formatFixed } from '@triplane/kernel'
import type { LiveOrder } from './live-orders.ts'
import { limitPrice, quantityWorth, worthUsd, type TradingTerms } from './trading-terms.ts'

/** How differences between target and position become orders. */
export interface OrderPlan {
  /** Smaller differences are left alone; closing all that is held only has to reach the instrument's minimum. */
  readonly minTradeUsd: number
  /** A larger difference is traded in several orders, one after the other. */
  readonly maxOrderUsd: number
  /** From this difference on an order crosses the spread; below it rests at the touch and only makes. */
  readonly urgentTradeUsd: number
  /** How far beyond the touch a crossing order may trade. */
  readonly collarTicks: number
  /** A resting order so far behind the touch no longer serves. */
  readonly repriceBps: number
}

/** Where we are and where we want to be. */
export interface Want {
  /** Signed. */
  readonly targetUsd: number
  /** Signed base units. */
  readonly position: bigint
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
 * The next order on the way from position to target; undefined when none is worth sending. It assumes that no other order
 * is live, so it cannot overshoot. An order that reduces never opens: a flip goes through flat, in two orders.
 */
export function planOrder(want: Want, terms: TradingTerms, plan: OrderPlan): PlannedOrder | undefined {
  const { position, bid, ask } = want
  let gap = gapOf(want, terms)
  const reduceOnly = position !== 0n && position < 0n !== gap < 0n
  const closesAll = reduceOnly && magnitude(gap) >= magnitude(position)
  if (closesAll) gap = -position

  const gapUsd = worthUsd(magnitude(gap), bid, terms)
  const leastUsd = closesAll ? terms.minNotionalUsd : Math.max(plan.minTradeUsd, terms.minNotionalUsd)
  const most = quantityWorth(plan.maxOrderUsd, ask, terms)
  const quantity = magnitude(gap) < most ? magnitude(gap) : most
  if (quantity === 0n || gapUsd < leastUsd) return undefined

  const side = gap > 0n ? 'BUY' : 'SELL'
  const isUrgent = gapUsd >= plan.urgentTradeUsd
  const [near, far] = side === 'BUY' ? [bid, ask] : [ask, bid]
  return {
    side,
    orderType: 'LIMIT',
    quantity: formatFixed(quantity, terms.quantityScale),
    limitPrice: isUrgent ? limitPrice(far, side, plan.collarTicks, terms) : limitPrice(near, side, 0, terms),
    timeInForce: isUrgent ? 'IOC' : 'GTC',
    postOnly: !isUrgent,
    reduceOnly,
  }
}

/**
 * True while a live order is on the way to the target: right side, not more than is missing (by less than a minimum trade,
 * because a target in USD moves with the price), and near the touch if it rests.
 */
export function servesTarget(order: LiveOrder, want: Want, terms: TradingTerms, plan: OrderPlan): boolean {
  const { bid, ask } = want
  const gap = gapOf(want, terms)
  const direction = order.side === 'BUY' ? 1n : -1n
  const beyond = order.quantity - order.booked - gap * direction
  if (gap * direction <= 0n || worthUsd(beyond, bid, terms) >= plan.minTradeUsd) return false
  if (!order.rests) return true
  const behind = order.side === 'BUY' ? bid - order.limitPrice : order.limitPrice - ask
  return behind * 10_000 <= plan.repriceBps * bid
}

/** Signed base units that are missing to the target. */
function gapOf({ targetUsd, position, bid, ask }: Want, terms: TradingTerms): bigint {
  return quantityWorth(targetUsd, (bid + ask) / 2, terms) - position
}

function magnitude(quantity: bigint): bigint {
  return quantity < 0n ? -quantity : quantity
}
