import type { EventDraft, Fill } from '@triplane/contracts'
import { formatFixed, invariant, parseFixed } from '@triplane/kernel'

/** A strategy's share of an order, a fill or a cross: signed base units, as a decimal. */
export interface Share {
  readonly strategy: string
  readonly quantity: string
}

/**
 * Divides `total` in proportion to `weights`, in whole units that sum to it exactly: each is rounded down, then the largest
 * remainders get the remaining units (Hamilton's method), the first of equals first. Weights may have either sign; their sum
 * must not be 0, unless `total` is.
 */
export function divide(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  if (total === 0n && sum === 0n) return weights.map(() => 0n)
  invariant(sum !== 0n, 'what is divided has weights with a sum')
  const [whole, scale] = sum < 0n ? [-total, -sum] : [total, sum]
  const parts = weights.map((weight) => floorDivide(whole * weight, scale))
  let left = total - parts.reduce((all, { quotient }) => all + quotient, 0n)
  const byRemainder = parts
    .map((_, i) => i)
    .sort((a, b) => compare(remainderOf(parts, b), remainderOf(parts, a)) || a - b)
  for (const i of byRemainder) {
    if (left === 0n) break
    const part = parts[i]
    if (part) part.quotient += 1n
    left -= 1n
  }
  return parts.map(({ quotient }) => quotient)
}

/** A share in units. */
export interface Portion {
  readonly strategy: string
  readonly units: bigint
}

export const unitsOf = ({ units }: Portion) => units

/** Shares in units; undefined if one has more digits than `quantityScale`. */
export function readShares(shares: readonly Share[], quantityScale: number): Portion[] | undefined {
  const portions: Portion[] = []
  for (const { strategy, quantity } of shares) {
    const units = parseFixed(quantity, quantityScale)
    if (!units.ok) return undefined
    portions.push({ strategy, units: units.value })
  }
  return portions
}

export function sumOf(portions: readonly Portion[]): bigint {
  return portions.reduce((sum, { units }) => sum + units, 0n)
}

/**
 * The shares of a fill of `quantity`, signed units, of an order with these shares. They sum to it exactly. Undefined if the
 * order's shares cannot be read, or sum to 0 or to the other side.
 */
export function sharesOfFill(quantity: bigint, order: readonly Share[], quantityScale: number): Share[] | undefined {
  const portions = readShares(order, quantityScale)
  if (!portions || sumOf(portions) * quantity <= 0n) return undefined
  const parts = divide(quantity, portions.map(unitsOf))
  return portions.map(({ strategy }, i) => ({ strategy, quantity: formatFixed(parts[i] ?? 0n, quantityScale) }))
}

/** Divides a fill of `signed` units among strategies. If its shares do not sum to it, all of it belongs to its strategy. */
export function sharesIn(
  { strategy, shares }: EventDraft<Fill>,
  signed: bigint,
  quantityScale: number,
): readonly Portion[] {
  const portions = shares && readShares(shares, quantityScale)
  return portions && sumOf(portions) === signed ? portions : [{ strategy, units: signed }]
}

function remainderOf(parts: readonly { readonly remainder: bigint }[], i: number): bigint {
  return parts[i]?.remainder ?? 0n
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Divides, rounding toward minus infinity; the divisor must be above 0. */
function floorDivide(dividend: bigint, divisor: bigint): { quotient: bigint; readonly remainder: bigint } {
  const remainder = ((dividend % divisor) + divisor) % divisor
  return { quotient: (dividend - remainder) / divisor, remainder }
}
