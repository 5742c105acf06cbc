/** More digits than a double of a price or size can hold. */
const MOST_DECIMALS = 15

/** True when `value` is a whole number of units, `scale` (a power of ten) of them in 1. */
export function isWhole(value: number, scale: number): boolean {
  // A decimal of so many digits is the double nearest to an integer by the scale, and this division gives the nearest one.
  return Math.round(value * scale) / scale === value
}

/** How many decimal digits it takes to write `value`: at least `atLeast`, at most 15. */
export function decimalsFor(value: number, atLeast: number): number {
  let decimals = atLeast
  while (decimals < MOST_DECIMALS && !isWhole(value, scaleOf(decimals))) decimals++
  return decimals
}

/** Units in 1: ten to the power of `decimals`. */
export function scaleOf(decimals: number): number {
  return Number(`1e${decimals}`)
}
