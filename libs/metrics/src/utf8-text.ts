const ZERO = '0'.charCodeAt(0)
const NEW_LINE = '\n'.charCodeAt(0)
const INT_END = 2 ** 31
/** The longest text of a number. */
const MAX_DIGITS = 32
const NOTHING = Buffer.alloc(0)

/** Encodes numbers and copies encoded text straight into the bytes to send, without building a string. */
export class Utf8Text {
  readonly #capacity: number
  #bytes = NOTHING
  #length = 0

  /** `capacity` is the expected maximum length of a text, in bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Bytes since the last `take`. */
  get length(): number {
    return this.#length
  }

  add(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Adds a line: its beginning, and a number in Prometheus' format. */
  addLine(head: Uint8Array, value: number): void {
    this.add(head)
    this.#makeRoom(MAX_DIGITS)
    if (value >= 0 && value < INT_END && (value | 0) === value) this.#addInt(value | 0)
    else this.#addAscii(value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : `${value}`)
    this.#bytes[this.#length++] = NEW_LINE
  }

  /** Returns the bytes added since the last call. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#bytes = NOTHING
    this.#length = 0
    return taken
  }

  #addInt(value: number): void {
    let digits = 1
    for (let power = 10; power <= value; power *= 10) digits++
    this.#length += digits
    let at = this.#length
    do {
      const tens = (value / 10) | 0
      this.#bytes[--at] = ZERO + value - tens * 10
      value = tens
    } while (value > 0)
  }

  #addAscii(text: string): void {
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i)
  }

  #makeRoom(length: number): void {
    const needed = this.#length + length
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#capacity, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
