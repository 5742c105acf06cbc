import { formatFixed } from '@triplane/kernel'
import { divide, type Share } from '@triplane/ledger'
import { NET } from '../strategies/define-strategy.ts'
import type { Owners } from './order-intent.ts'

/** How far a strategy is from its target, signed base units. */
export interface Demand {
  readonly strategy: string
  readonly missing: bigint
  /** Its position, signed base units. */
  readonly held: bigint
}

/**
 * Divides an order of a signed quantity among the strategies, in proportion to what each lacks; opposing strategies get
 * shares of the opposite sign. If together they lack nothing on its side (it only reduces, or is a small remainder), it
 * goes to those that want its side, else to those whose position it reduces.
 */
export function divideOrder(quantity: bigint, demands: readonly Demand[], quantityScale: number): Owners {
  const [only] = demands
  if (only && demands.length === 1) return { strategy: only.strategy }
  const sign = quantity < 0n ? -1n : 1n
  const all = demands.map(({ missing }) => missing)
  const onSide = demands.map(({ missing }) => (missing * sign > 0n ? missing : 0n))
  const reduced = demands.map(({ held }) => (held * sign < 0n ? -held : 0n))
  // When wants nearly cancel out, proportional shares would be many times the order.
  const weights =
    2n * sum(all) * sign >= quantity * sign
      ? all
      : ([onSide, reduced].find((some) => sum(some) !== 0n) ?? demands.map(() => sign))
  const shares = sharesOf(divide(quantity, weights), demands, quantityScale)
  return shares.length === 1 && shares[0] ? { strategy: shares[0].strategy } : { strategy: NET, shares }
}

/**
 * What opposing strategies can trade with each other, in whole lots: the smaller of the two sides, divided in
 * proportion. Empty when all are on one side, or for less than a lot.
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
