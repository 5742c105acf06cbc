import { crc32c } from './crc32c.ts'

const TWO_TO_32 = 2 ** 32

/** Bytes as a record holds them; null and absent are the same. */
export type RecordBytes = string | Buffer | null | undefined

/**
 * Writes a request of Kafka's protocol into one buffer, which grows: numbers big-endian, texts in UTF-8, varints zigzag. Whoever
 * writes a record reserves its bytes first; what is below them takes no care of room.
 */
export class FrameWriter {
  #bytes: Buffer
  length = 0

  /** `bytes` is a buffer that nobody else needs any more. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }

  int8(value: number): void {
    this.#bytes[this.length++] = value
  }

  int16(value: number): void {
    this.#bytes[this.length++] = value >>> 8
    this.#bytes[this.length++] = value
  }

  int32(value: number): void {
    this.putInt32(this.length, value)
    this.length += 4
  }

  /** A safe integer. */
  int64(value: number): void {
    const high = Math.floor(value / TWO_TO_32)
    this.int32(high)
    this.int32(value - high * TWO_TO_32)
  }

  bigInt64(value: bigint): void {
    this.length = this.#bytes.writeBigInt64BE(value, this.length)
  }

  /** Fills a place that was left free. */
  putInt32(at: number, value: number): void {
    const bytes = this.#bytes
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
  }

  /** A safe integer, in as few bytes as `sizeOfVarint` says. */
  varint(value: number): void {
    const bytes = this.#bytes
    let rest = zigzag(value)
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) bytes[this.length++] = (rest % 128) | 128
    for (; rest > 127; rest >>>= 7) bytes[this.length++] = (rest & 127) | 128
    bytes[this.length++] = rest
  }

  /** A text behind its length in two bytes. */
  string(text: string | null | undefined): void {
    if (text === null || text === undefined) return this.int16(-1)
    this.int16(lengthOf(text))
    this.#text(text)
  }

  /** Bytes behind their length as a varint. */
  bytes(value: RecordBytes): void {
    if (value === null || value === undefined) return this.varint(-1)
    this.varint(lengthOf(value))
    if (typeof value === 'string') return this.#text(value)
    value.copy(this.#bytes, this.length)
    this.length += value.length
  }

  /** The CRC-32C of what was written since `from`. */
  crcSince(from: number): number {
    return crc32c(this.#bytes, from, this.length)
  }

  /** What was written; it shares its memory with the writer. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  /** The whole buffer, for the next writer. */
  get buffer(): Buffer {
    return this.#bytes
  }

  #text(text: string): void {
    const from = this.length
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) {
        this.length = from + bytes.write(text, from, 'utf8')
        return
      }
      bytes[from + i] = code
    }
    this.length = from + text.length
  }
}

export function sizeOfVarint(value: number): number {
  let size = 1
  let rest = zigzag(value)
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) size++
  for (; rest > 127; rest >>>= 7) size++
  return size
}

/** What `bytes` of a writer writes, in bytes. */
export function sizeOfBytes(value: RecordBytes): number {
  if (value === null || value === undefined) return 1
  const length = lengthOf(value)
  return sizeOfVarint(length) + length
}

/** Length in bytes. Most texts are short and ASCII, for which asking Node costs more than looking. */
function lengthOf(value: string | Buffer): number {
  if (typeof value !== 'string') return value.length
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 127) return Buffer.byteLength(value)
  return value.length
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
