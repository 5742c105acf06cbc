/** A number as Postgres' `numeric` has it: the sum of digits to the base of 10,000, the first of them 10,000 ** weight. */
export interface Numeric {
  /** 0 to 9999 each; none at the ends is 0. */
  readonly digits: readonly number[]
  readonly weight: number
  readonly sign: typeof POSITIVE | typeof NEGATIVE
  /** Decimal places to show. */
  readonly scale: number
}

const POSITIVE = 0x0000
const NEGATIVE = 0x4000
/** Decimal places of a digit. */
const PLACES = 4
/** What Postgres stores at most. */
const MAX_PLACES = 16_383
const MAX_WHOLE_PLACES = 131_072
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/** Parses a decimal, exactly, with its places. Undefined for what is none, or has more places than Postgres stores. */
export function numericOf(decimal: string): Numeric | undefined {
  const [, minus, whole = '', fraction = ''] = DECIMAL.exec(decimal) ?? []
  if (minus === undefined || whole.length > MAX_WHOLE_PLACES || fraction.length > MAX_PLACES) return undefined
  const digits: number[] = []
  const wholeDigits = Math.ceil(whole.length / PLACES)
  // Whole places are grouped from the point to the left: the first group may be short.
  let start = whole.length - wholeDigits * PLACES
  for (; start < whole.length; start += PLACES) digits.push(Number(whole.slice(Math.max(start, 0), start + PLACES)))
  for (let at = 0; at < fraction.length; at += PLACES)
    digits.push(Number(fraction.slice(at, at + PLACES).padEnd(PLACES, '0')))

  const first = digits.findIndex((digit) => digit !== 0)
  if (first === -1) return { digits: [], weight: 0, sign: POSITIVE, scale: fraction.length }
  const last = digits.findLastIndex((digit) => digit !== 0)
  return {
    digits: digits.slice(first, last + 1),
    weight: wholeDigits - 1 - first,
    sign: minus === '-' ? NEGATIVE : POSITIVE,
    scale: fraction.length,
  }
}
