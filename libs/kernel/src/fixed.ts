import { invariant } from './invariant.ts'
import { err, ok, type Result } from './result.ts'

/**
 * Fixed-point numbers for what is booked: a `bigint` of minor units with `scale` decimal digits.
 * 1.5 with scale 8 is 150_000_000n. On the wire they are decimal strings.
 *
 * Invariants
 * 1. Parsing and formatting are exact: `formatFixed(parseFixed(text, s), s)` is `text` in canonical form.
 * 2. Every division rounds half to even and says so in its name.
 */

/** Decimal digits of booked money: 1e-8 of the currency. */
export const MONEY_SCALE = 8

const MAX_SCALE = 18
const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: 2 * MAX_SCALE + 1 }, (_, n) => 10n ** BigInt(n))
const POWERS_AS_NUMBERS: readonly number[] = POWERS_OF_TEN.map(Number)
/** Two decimals of at most 15 digits are two doubles: one that gives a double is what it prints as. */
const MOST_SHORT_DIGITS = 1e15 - 1
/** Prices have few decimals; a number with more is found faster by its text. */
const MOST_SHORT_DECIMALS = 8
const MINUS = 45
const POINT = 46
const ZERO = 48
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/** 10 to the power of `exponent`, an integer from 0 to 36. */
function powerOfTen(exponent: number): bigint {
  const power = POWERS_OF_TEN[exponent]
  invariant(power !== undefined, 'exponent is an integer from 0 to 36', exponent)
  return power
}

/**
 * Reads a plain decimal ("-12.340"). Refuses anything else (`not_a_decimal`) and digits below the scale that are
 * not zero (`too_precise`).
 */
export function parseFixed(text: string, scale: number): Result<bigint, 'not_a_decimal' | 'too_precise'> {
  const isNegative = text.charCodeAt(0) === MINUS
  let units = 0
  /** -1 before the decimal point. */
  let decimals = -1
  let wantsDigit = true
  let isTooPrecise = false
  for (let i = isNegative ? 1 : 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit >= 0 && digit <= 9) {
      wantsDigit = false
      if (decimals >= scale) isTooPrecise ||= digit !== 0
      else {
        units = units * 10 + digit
        if (decimals >= 0) decimals++
      }
    } else if (digit === POINT - ZERO && decimals < 0 && !wantsDigit) {
      decimals = 0
      wantsDigit = true
    } else return err('not_a_decimal')
  }
  if (wantsDigit) return err('not_a_decimal')
  if (isTooPrecise) return err('too_precise')
  units *= POWERS_AS_NUMBERS[scale - Math.max(decimals, 0)] as number
  const magnitude = Number.isSafeInteger(units) ? BigInt(units) : largeUnits(isNegative ? text.slice(1) : text, scale)
  return ok(isNegative ? -magnitude : magnitude)
}

/** Units of an unsigned decimal too large for a double to represent exactly. */
function largeUnits(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'))
}

/** States that `text` is a decimal within `scale`. Throws when the caller is wrong. */
export function fixed(text: string, scale: number): bigint {
  const parsed = parseFixed(text, scale)
  invariant(parsed.ok, `a decimal with at most ${scale} digits after the point`, text)
  return parsed.value
}

/** The canonical decimal string: no exponent, no trailing zeros after the point, no "-0". */
export function formatFixed(units: bigint, scale: number): string {
  const sign = units < 0n ? '-' : ''
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--
  return sign + digits.slice(0, point) + (end > point ? `.${digits.slice(point, end)}` : '')
}

/** `numerator / denominator` rounded half to even. The denominator must not be 0. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  invariant(denominator !== 0n, 'denominator is not 0')
  const negative = numerator < 0n !== denominator < 0n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  const quotient = n / d
  const twice = 2n * (n % d)
  const up = twice > d || (twice === d && (quotient & 1n) === 1n)
  const rounded = up ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}

/** The same value at another scale, rounded half to even when digits are lost. */
export function rescale(units: bigint, from: number, to: number): bigint {
  return to >= from ? units * powerOfTen(to - from) : divideHalfEven(units, powerOfTen(from - to))
}

/** Product of two fixed-point numbers at `scale`, rounded half to even. */
export function multiplyFixed(a: bigint, aScale: number, b: bigint, bScale: number, scale: number): bigint {
  return rescale(a * b, aScale + bScale, scale)
}

/** The crossing from booked to analytics: the nearest double. */
export function numberFromFixed(units: bigint, scale: number): number {
  const asNumber = Number(units)
  return Number.isSafeInteger(asNumber) && scale <= 22
    ? asNumber / (POWERS_AS_NUMBERS[scale] as number)
    : Number(formatFixed(units, scale))
}

/**
 * The crossing from analytics to booked: the decimal that `value` prints as, rounded half to even at `scale`.
 * Throws on NaN and infinities.
 */
export function fixedFromNumber(value: number, scale: number): bigint {
  invariant(Number.isFinite(value), 'value is finite', value)
  for (let decimals = 0; decimals <= MOST_SHORT_DECIMALS && decimals <= scale; decimals++) {
    const power = POWERS_AS_NUMBERS[decimals] as number
    const digits = Math.round(value * power)
    if (digits > MOST_SHORT_DIGITS || digits < -MOST_SHORT_DIGITS) break
    if (digits / power === value) return BigInt(digits) * powerOfTen(scale - decimals)
  }
  return fixedFromPrinted(value, scale)
}

/** The same by the text. */
function fixedFromPrinted(value: number, scale: number): bigint {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const fractionDigits = mantissa.replace('-', '').length - (mantissa.includes('.') ? 2 : 1)
  const digits = BigInt(mantissa.replace('.', ''))
  const shift = Number(exponent) - fractionDigits + scale
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  return divideHalfEven(digits, 10n ** BigInt(-shift))
}

/** The integer number of decimal digits after the point that `text`, a plain decimal such as "0.00010", needs: 4. */
export function decimalsOf(text: string): number {
  const match = DECIMAL.exec(text)
  invariant(match !== null, 'a plain decimal', text)
  return (match[3] ?? '').replace(/0+$/, '').length
}
