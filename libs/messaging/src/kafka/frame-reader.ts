const TWO_TO_32 = 2 ** 32

/**
 * Reads an answer of Kafka's protocol in place: numbers big-endian, varints zigzag. It does not stop at the end of its bytes, behind
 * which everything is 0: whoever reads compares `at` with the end.
 */
export class FrameReader {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  int8(): number {
    return ((this.bytes[this.at++] as number) << 24) >> 24
  }

  int16(): number {
    const { bytes, at } = this
    this.at = at + 2
    return (((bytes[at] as number) << 24) >> 16) | (bytes[at + 1] as number)
  }

  int32(): number {
    const { bytes, at } = this
    this.at = at + 4
    return (
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
    )
  }

  /** Exact for safe integers. */
  int64(): number {
    const high = this.int32()
    return high * TWO_TO_32 + (this.int32() >>> 0)
  }

  /** A varint of at most 32 bits. */
  varint(): number {
    const { bytes } = this
    let result = 0
    let byte: number
    for (let shift = 0; ; shift += 7) {
      byte = bytes[this.at++] as number
      result |= (byte & 127) << shift
      if (!(byte & 128)) return (result >>> 1) ^ -(result & 1)
    }
  }

  /** Passes over a varint of any length. */
  skipVarint(): void {
    const { bytes } = this
    while ((bytes[this.at++] as number) & 128);
  }

  /** A text behind its length in two bytes; empty for none. */
  string(): string {
    const length = Math.max(0, this.int16())
    this.at += length
    return this.bytes.toString('utf8', this.at - length, this.at)
  }
}
