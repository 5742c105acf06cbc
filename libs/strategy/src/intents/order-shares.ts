import { formatFixed } from '@triplane/kernel'
import { divide, type Share } from '@triplane/ledger'
import { NET } from '../strategies/define-strategy.ts'
import type { Owners } from './order-intent.ts'

/** What a strategy lacks of its target, signed base units. */
export interface Demand {
  readonly strategy: string
  readonly missing: bigint
  /** What it holds, signed base units. */
  readonly held: bigint
}

/**
 * Whose an order of a signed quantity is: the strategies that want it, each in proportion to what it lacks; those that want
 * the opposite have shares against it. Where they lack nothing on its side together (an order that only reduces, a remainder that is too
 * small), it is of those who want its side, else of those whose position it reduces.
 */
export function divideOrder(quantity: bigint, demands: readonly Demand[], quantityScale: number): Owners {
  const [only] = demands
  if (only && demands.length === 1) return { strategy: only.strategy }
  const sign = quantity < 0n ? -1n : 1n
  const all = demands.map(({ missing }) => missing)
  const onSide = demands.map(({ missing }) => (missing * sign > 0n ? missing : 0n))
  const reduced = demands.map(({ held }) => (held * sign < 0n ? -held : 0n))
  // Shares of a sum that nearly cancels out would be many times the order.
  const weights =
    2n * sum(all) * sign >= quantity * sign
      ? all
      : ([onSide, reduced].find((some) => sum(some) !== 0n) ?? demands.map(() => sign))
  const shares = sharesOf(divide(quantity, weights), demands, quantityScale)
  return shares.length === 1 && shares[0] ? { strategy: shares[0].strategy } : { strategy: NET, shares }
}

/**
 * What strategies that want the opposite can trade with one another, in whole lots: the smaller of what is wanted on either side, divided
 * in proportion. Empty when all want one side, or less than a lot.
 */
export function opposingShares(demands: readonly Demand[], lotUnits: bigint, quantityScale: number): Share[] {
  const side = (sign: bigint) => demands.map(({ missing }) => (missing * sign > 0n ? missing : 0n))
  const [buys, sells] = [side(1n), side(-1n)]
  const [bought, sold] = [sum(buys), -sum(sells)]
  const smaller = bought < sold ? bought : sold
  const quantity = smaller - (smaller % lotUnits)
  if (quantity <= 0n) return []
  const [gets, gives] = [divide(quantity, buys), divide(-quantity, sells)]
  return sharesOf(
    gets.map((units, i) => units + (gives[i] ?? 0n)),
    demands,
    quantityScale,
  )
}

function sharesOf(units: readonly bigint[], demands: readonly Demand[], quantityScale: number): Share[] {
  return demands.flatMap(({ strategy }, i) => {
    const own = units[i] ?? 0n
    return own === 0n ? [] : [{ strategy, quantity: formatFixed(own, quantityScale) }]
  })
}

function sum(units: readonly bigint[]): bigint {
  return units.reduce((all, one) => all + one, 0n)
}
