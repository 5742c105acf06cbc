import { timeframes, type NormalizeRefusal, type Timeframe } from '@triplane/contracts'
import { parseRfc3339Us } from '@triplane/kernel'
import { describeValue } from '@triplane/market-data'

/** A JSON object from the wire. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The latest time in milliseconds that is still exact in microseconds. */
const MAX_TIME_MS = Math.floor(Number.MAX_SAFE_INTEGER / 1000)
/** 16 digits: as microseconds in 2001, as milliseconds in the far future. */
const MIN_TIME_US = 1e15

/**
 * Microseconds of a time on the wire, which is in milliseconds or, when a client requested `timeUnit=MICROSECOND`, 16 digits of
 * microseconds; NaN for an integer that is neither.
 */
export function timeUsOf(wireTime: number): number {
  if (wireTime <= MAX_TIME_MS) return wireTime * 1000
  return wireTime >= MIN_TIME_US && wireTime <= Number.MAX_SAFE_INTEGER ? wireTime : Number.NaN
}

const DIGITS = /^\d+$/
const DECIMAL = /^-?\d+(?:\.\d+)?$/

/**
 * Reads typed fields of a JSON object. The first missing or invalid one is remembered as `problem`; values read after that are
 * meaningless.
 */
export class FieldReader {
  problem: { readonly code: NormalizeRefusal; readonly detail: string } | undefined
  readonly #fields: JsonObject

  constructor(fields: JsonObject) {
    this.#fields = fields
  }

  /** A count or an id: an integer from `atLeast` that a double represents exactly. */
  integer(key: string, atLeast = 0): number {
    const value = this.#fields[key]
    return Number.isSafeInteger(value) && (value as number) >= atLeast
      ? (value as number)
      : this.#expected(key, `an integer >= ${atLeast}`)
  }

  /** A time, milliseconds or microseconds on the wire, in microseconds. */
  timeUs(key: string): number {
    const timeUs = timeUsOf(this.integer(key))
    return Number.isNaN(timeUs) ? this.#expected(key, 'a time in milliseconds or microseconds') : timeUs
  }

  /** A time in a string, in seconds of which up to six digits behind the point count, in microseconds. */
  secondsUs(key: string): number {
    const timeUs = Math.round(this.decimal(key) * 1e6)
    if (this.problem || (timeUs >= 0 && Number.isSafeInteger(timeUs))) return timeUs
    return this.#expected(key, 'a time in seconds')
  }

  /** A time in a string, RFC 3339 with any fraction of a second, in whole microseconds. */
  rfc3339Us(key: string): number {
    const value = this.#fields[key]
    const timeUs = typeof value === 'string' ? parseRfc3339Us(value) : undefined
    return timeUs !== undefined && timeUs >= 0 ? timeUs : this.#expected(key, 'a time as RFC 3339 has it')
  }

  /** A count or an id in a string of digits: an integer that a double represents exactly. */
  integerText(key: string): number {
    const value = this.#fields[key]
    const integer = typeof value === 'string' && DIGITS.test(value) ? Number(value) : NaN
    return Number.isSafeInteger(integer) ? integer : this.#expected(key, 'an integer >= 0')
  }

  /** A finite plain decimal in a string. */
  decimal(key: string): number {
    const value = parseDecimal(this.#fields[key])
    return value ?? this.#expected(key, 'a decimal string')
  }

  flag(key: string): boolean {
    const value = this.#fields[key]
    if (typeof value === 'boolean') return value
    this.#expected(key, 'true or false')
    return false
  }

  timeframe(key: string): Timeframe {
    return this.oneOf(key, timeframes)
  }

  /** One of a list of texts. */
  oneOf<const Values extends readonly [string, ...string[]]>(key: string, values: Values): Values[number] {
    const value = this.#fields[key]
    const found = values.find((one) => one === value)
    if (found !== undefined) return found
    this.#expected(key, `one of ${values.join(' ')}`)
    return values[0]
  }

  /** Book levels as price, size, price, size, ... Ignores anything after the size of a level. */
  levels(key: string): number[] {
    const levels = this.#fields[key]
    const flat: number[] = []
    if (!Array.isArray(levels)) {
      this.#expected(key, 'an array of levels')
      return flat
    }
    for (const level of levels as readonly unknown[]) {
      const price = Array.isArray(level) ? parseDecimal(level[0]) : undefined
      const size = Array.isArray(level) ? parseDecimal(level[1]) : undefined
      if (price === undefined || size === undefined) {
        this.#refuse('bad_field', `Expected every level of ${key} to be a price and a size as decimal strings`)
        return flat
      }
      flat.push(price, size)
    }
    return flat
  }

  #expected(key: string, expected: string): number {
    const value = this.#fields[key]
    const code = value === undefined ? 'missing_field' : 'bad_field'
    this.#refuse(code, `Expected ${key} to be ${expected}, was ${describeValue(value)}`)
    return NaN
  }

  #refuse(code: NormalizeRefusal, detail: string): void {
    this.problem ??= { code, detail }
  }
}

function parseDecimal(value: unknown): number | undefined {
  if (typeof value !== 'string' || !DECIMAL.test(value)) return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}
