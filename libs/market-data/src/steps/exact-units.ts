/** More digits than a double of a price or size can represent. */
const MOST_DECIMALS = 15

/** True when `value` is a whole number of units; there are `scale` (a power of ten) units in 1. */
export function isWhole(value: number, scale: number): boolean {
  // A decimal with that many digits is the double nearest to an integer divided by the scale, which is what this division
  // yields.
  return Math.round(value * scale) / scale === value
}

/** The number of decimal digits needed to write `value`: at least `atLeast`, at most 15. */
export function decimalsFor(value: number, atLeast: number): number {
  let decimals = atLeast
  while (decimals < MOST_DECIMALS && !isWhole(value, scaleOf(decimals))) decimals++
  return decimals
}

/** Units in 1: ten to the power of `decimals`. */
export function scaleOf(decimals: number): number {
  return Number(`1e${decimals}`)
}
