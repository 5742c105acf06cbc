import { StorageError } from '../storage-error.ts'
import { numericOf } from './numeric.ts'

/** How a value is written: `time` is integer microseconds, `latin1` a string with one character per byte. */
export type ColumnKind = 'text' | 'integer' | 'double' | 'numeric' | 'boolean' | 'time' | 'json' | 'latin1'

/** What comes before the rows. */
export const copyHeader: Buffer = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
/** What comes after them: -1 instead of the number of a row's fields. */
export const copyTrailer: Buffer = Buffer.from([0xff, 0xff])

/** Instead of a field's length. */
const NULL = -1
const HIGH_WORD = 2 ** 32
/** Postgres counts from the year 2000. */
const POSTGRES_EPOCH_US = Date.UTC(2000, 0, 1) * 1000
/** The one version that there is of jsonb's binary form. */
const JSONB_VERSION = 1
/** Texts up to this length are copied faster here than by a call of Buffer's. */
const SHORT_TEXT = 24
const EVERY_NUL = /\0/g
const FIRST_BYTES = 16_384

/**
 * Rows in Postgres' binary COPY format, in one buffer that grows. A file of that format is `copyHeader`, the bytes of any number of
 * these, `copyTrailer`.
 */
export class CopyRows {
  #bytes: Buffer
  #view: DataView
  #end = 0

  constructor(firstBytes = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(firstBytes)
    this.#view = viewOf(this.#bytes)
  }

  /** The rows so far. Valid until the next one is added. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end)
  }

  /** Begins a row of so many fields. */
  row(fields: number): void {
    this.#need(2)
    this.#view.setInt16(this.#end, fields)
    this.#end += 2
  }

  /**
   * Adds a field; absent values are null, -0 is 0. Text loses NUL, which Postgres cannot store. Throws StorageError `rejected` for
   * what is no value of its kind.
   */
  add(kind: ColumnKind, value: unknown): void {
    if (value === undefined) return this.#length(NULL)
    switch (kind) {
      case 'integer':
        return this.#integer(value as number)
      case 'time':
        return this.#integer((value as number) - POSTGRES_EPOCH_US)
      case 'double':
        this.#length(8)
        this.#view.setFloat64(this.#end, (value as number) + 0)
        this.#end += 8
        return
      case 'boolean':
        this.#length(1)
        this.#bytes[this.#end++] = value === true ? 1 : 0
        return
      case 'text':
        return this.#text(value as string)
      case 'numeric':
        return this.#numeric(value as string)
      case 'json':
        return this.#json(jsonOf(value))
      case 'latin1':
        this.#length((value as string).length)
        this.#end += this.#bytes.write(value as string, this.#end, 'latin1')
        return
    }
  }

  #integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new StorageError('rejected', `Expected a safe integer, was ${value}`)
    this.#length(8)
    const high = Math.floor(value / HIGH_WORD)
    this.#view.setInt32(this.#end, high)
    this.#view.setUint32(this.#end + 4, value - high * HIGH_WORD)
    this.#end += 8
  }

  #text(text: string): void {
    if (text.length > SHORT_TEXT) return this.#anyText(text)
    this.#length(text.length)
    const bytes = this.#bytes
    const start = this.#end
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 0 || code > 0x7f) {
        this.#end = start - 4
        return this.#anyText(text)
      }
      bytes[start + i] = code
    }
    this.#end = start + text.length
  }

  #anyText(text: string): void {
    const stored = text.includes('\0') ? text.replace(EVERY_NUL, '\uFFFD') : text
    const length = Buffer.byteLength(stored)
    this.#length(length)
    this.#end += this.#bytes.write(stored, this.#end, 'utf8')
  }

  #json(text: string): void {
    const length = Buffer.byteLength(text)
    this.#length(1 + length)
    this.#bytes[this.#end++] = JSONB_VERSION
    this.#end += this.#bytes.write(text, this.#end, 'utf8')
  }

  #numeric(decimal: string): void {
    const numeric = numericOf(decimal)
    if (numeric === undefined) throw new StorageError('rejected', `Expected a decimal, was ${decimal.slice(0, 40)}`)
    const { digits, weight, sign, scale } = numeric
    this.#length(8 + 2 * digits.length)
    this.#view.setInt16(this.#end, digits.length)
    this.#view.setInt16(this.#end + 2, weight)
    this.#view.setUint16(this.#end + 4, sign)
    this.#view.setInt16(this.#end + 6, scale)
    this.#end += 8
    for (const digit of digits) {
      this.#view.setInt16(this.#end, digit)
      this.#end += 2
    }
  }

  /** The length of a field, and room for it. */
  #length(bytes: number): void {
    this.#need(4 + Math.max(bytes, 0))
    this.#view.setInt32(this.#end, bytes)
    this.#end += 4
  }

  #need(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#end + bytes))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
    this.#view = viewOf(larger)
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** Without NULs, which jsonb refuses as text does. */
function jsonOf(value: unknown): string {
  const text = JSON.stringify(value)
  if (!text.includes('\\u0000')) return text
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'string' ? field.replace(EVERY_NUL, '\uFFFD') : field,
  )
}
