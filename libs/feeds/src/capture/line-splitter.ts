/** Longest line that is kept whole, bytes. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024
/** What is kept of a longer line, bytes. */
const KEPT_OF_TOO_LONG_BYTES = 4096

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Receives one line, without its line break. For a line that was too long: its first bytes, and its full length in `lineBytes`.
 */
export type TakeLine = (bytes: Buffer, start: number, end: number, lineBytes: number) => void

/**
 * Splits chunks into lines without copying; only a line that crosses a chunk's border is copied, once. Skips empty lines.
 *
 * Invariants
 * 1. The lines do not depend on how the bytes are divided into chunks.
 * 2. At most `MAX_LINE_BYTES` and one chunk are in memory.
 */
export class LineSplitter {
  readonly #take: TakeLine
  #open: Buffer[] = []
  #openBytes = 0

  constructor(take: TakeLine) {
    this.#take = take
  }

  /** Hands over the lines that end in `chunk`, and keeps its rest. */
  push(chunk: Buffer): void {
    let start = 0
    if (this.#openBytes > 0) {
      const newline = chunk.indexOf(NEWLINE)
      if (newline < 0) return this.#keep(chunk)
      this.#keep(chunk.subarray(0, newline))
      this.end()
      start = newline + 1
    }
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start)
      if (newline < 0) break
      this.#emit(chunk, start, newline)
      start = newline + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  /** Hands over the last line if it has no line break. */
  end(): void {
    if (this.#openBytes === 0) return
    const lineBytes = this.#openBytes
    const line = this.#open.length === 1 ? (this.#open[0] as Buffer) : Buffer.concat(this.#open)
    this.#open = []
    this.#openBytes = 0
    if (lineBytes <= MAX_LINE_BYTES) this.#emit(line, 0, line.length)
    else this.#take(line, 0, Math.min(line.length, KEPT_OF_TOO_LONG_BYTES), lineBytes)
  }

  #keep(part: Buffer): void {
    this.#openBytes += part.length
    if (this.#openBytes <= MAX_LINE_BYTES || this.#open.length === 0) this.#open.push(part)
    else this.#open.length = 1
  }

  #emit(bytes: Buffer, start: number, end: number): void {
    const last = bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
    if (last > start) this.#take(bytes, start, last, last - start)
  }
}
