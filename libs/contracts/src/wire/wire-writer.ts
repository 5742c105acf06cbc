import { invariant } from '@triplane/kernel'
import { mostBytesOf, writeText } from './wire-text.ts'
import { WORD } from './wire-layout.ts'

const FIRST_CAPACITY_BYTES = 512

/** A growing byte buffer of whole words; `clear` reuses the buffer. */
export class WireWriter {
  bytes: Buffer
  view: DataView
  /** Bytes written. */
  length = 0

  constructor() {
    // A small buffer comes from the pool: a record of one event is made in half the time.
    this.bytes = Buffer.allocUnsafe(FIRST_CAPACITY_BYTES)
    this.view = viewOf(this.bytes)
  }

  clear(): void {
    this.length = 0
  }

  /** Makes room for `bytes` more bytes. */
  reserve(bytes: number): void {
    if (this.length + bytes > this.bytes.length) this.#grow(this.length + bytes)
  }

  /** Appends a text, and zeros to the end of its word. Returns its length in bytes. */
  text(text: string): number {
    this.reserve(mostBytesOf(text) + WORD)
    const start = this.length
    let at = writeText(this.bytes, start, text)
    const length = at - start
    while (at % WORD !== 0) this.bytes[at++] = 0
    this.length = at
    return length
  }

  numbers(numbers: readonly number[]): void {
    this.reserve(numbers.length * WORD)
    const { view } = this
    let at = this.length
    for (let i = 0; i < numbers.length; i++) {
      // -0 is 0, as in JSON.
      view.setFloat64(at, (numbers[i] as number) + 0, true)
      at += WORD
    }
    this.length = at
  }

  /** Appends bytes unchanged: whole words. */
  append(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** The bytes written so far; valid until the next write. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length)
  }

  /** A copy of the bytes written so far. */
  copy(): Buffer {
    return Buffer.from(this.written())
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(2 * needed)
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
    this.view = viewOf(larger)
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer) => new DataView(buffer, byteOffset, length)

/** Labels and their numbers, in order of first use. */
export class Labels {
  readonly #numbers = new Map<string, number>()
  readonly #texts: string[] = []

  constructor(texts: readonly string[] = []) {
    for (const text of texts) this.numberOf(text)
  }

  get texts(): readonly string[] {
    return this.#texts
  }

  /** Forgets the labels numbered `from` and above. */
  forget(from: number): void {
    for (const label of this.#texts.splice(from)) this.#numbers.delete(label)
  }

  /** The number of a label; a new label gets the next one. */
  numberOf(label: string): number {
    let number = this.#numbers.get(label)
    if (number === undefined) {
      number = this.#texts.length
      invariant(number <= 0xffff, 'there are at most 65,536 labels')
      this.#numbers.set(label, number)
      this.#texts.push(label)
    }
    return number
  }
}
