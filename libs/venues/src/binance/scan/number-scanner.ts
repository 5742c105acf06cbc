/**
 * Numbers read straight from bytes, equal to `Number(text)` to the last bit.
 *
 * A decimal is an integer mantissa divided by a power of ten. A mantissa below 2^53 and a power of ten up to 10^22 are exact
 * doubles, and one division of exact doubles is correctly rounded (Clinger 1990). Anything beyond that is left to the caller's
 * slow path.
 *
 * The scanners stop at the first byte that does not belong to the number; this may be behind the end of a frame, which the
 * caller detects.
 */

const ZERO = 0x30
const POINT = 0x2e
/** Digits that always fit a 32-bit integer, which is faster to add up than a double. */
const CHUNK_DIGITS = 9
const POWERS_OF_TEN = Float64Array.from({ length: CHUNK_DIGITS + 1 }, (_, exponent) => Number(`1e${exponent}`))

/**
 * Reads `digits` or `digits.digits` at `start`, at most nine digits on either side of the point, into `into[slot]`. Returns the
 * position of the byte behind it, or -1 when there is no such number or it may not be exact.
 */
export function scanDecimal(bytes: Uint8Array, start: number, into: Float64Array, slot: number): number {
  let i = start
  let digit = (bytes[i] as number) - ZERO
  let whole = 0
  while (digit >= 0 && digit <= 9) {
    whole = (whole * 10 + digit) | 0
    digit = (bytes[++i] as number) - ZERO
  }
  const wholeDigits = i - start
  if (wholeDigits === 0 || wholeDigits > CHUNK_DIGITS) return -1
  if (digit !== POINT - ZERO) {
    into[slot] = whole
    return i
  }
  const point = i
  digit = (bytes[++i] as number) - ZERO
  let fraction = 0
  while (digit >= 0 && digit <= 9) {
    fraction = (fraction * 10 + digit) | 0
    digit = (bytes[++i] as number) - ZERO
  }
  const decimals = i - point - 1
  if (decimals === 0 || decimals > CHUNK_DIGITS) return -1
  const scale = POWERS_OF_TEN[decimals] as number
  const mantissa = whole * scale + fraction
  if (mantissa > Number.MAX_SAFE_INTEGER) return -1
  into[slot] = mantissa / scale
  return i
}

/**
 * Reads a JSON integer from 0 to 2^53 - 1 at `start` into `into[slot]`, four digits at a time. Returns the position of the byte
 * behind it, or -1. `view` is of the same bytes; it ignores those from `end` on.
 */
export function scanInteger(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  into: Float64Array,
  slot: number,
): number {
  let i = start
  let value = 0
  for (; i + 4 <= end; i += 4) {
    // One digit in each byte, the first in the lowest; the terms set the highest bit of a byte that is not a digit.
    const digits = (view.getInt32(i, true) - 0x30303030) | 0
    if (((digits | (digits + 0x76767676)) & 0x80808080) !== 0) break
    const pairs = Math.imul(digits, 10) + (digits >>> 8)
    value = value * 10_000 + Math.imul(pairs & 0xff, 100) + ((pairs >>> 16) & 0xff)
  }
  for (; i < end; i++) {
    const digit = (bytes[i] as number) - ZERO
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  // Above 2^53 a sum may be rounded, but never to below it.
  if (i === start || value > Number.MAX_SAFE_INTEGER || (bytes[start] === ZERO && i > start + 1)) return -1
  into[slot] = value
  return i
}
