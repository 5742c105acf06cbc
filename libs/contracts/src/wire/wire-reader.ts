import { readText } from './wire-text.ts'
import { WORD } from './wire-layout.ts'

/** The reader of a record, and the problem it found, which is checked once per event. */
export class WireReader {
  readonly bytes: Buffer
  readonly view: DataView
  /** The record's dictionary. */
  labels: readonly string[] = []
  /** The position behind the last object read. */
  next = 0
  /** The first problem: "Expected X, was Y". */
  problem: string | undefined
  /** Something was read that the schema does not allow. */
  isWrong = false

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Notes a problem; the first one counts. */
  fail(problem: string): undefined {
    this.problem ??= problem
    return undefined
  }

  /**
   * The text of `length` bytes at `at`, which must end before `end`; `next` is then behind its word. '' when it cannot be read.
   */
  text(at: number, length: number, end: number): string {
    if (length > end - at) {
      this.fail(`Expected a text of ${length} bytes, was ${end - at} left`)
      return ''
    }
    this.next = at + Math.ceil(length / WORD) * WORD
    return readText(this.bytes, at, at + length) ?? this.fail('Expected UTF-8, was other bytes') ?? ''
  }

  /** `count` doubles at `at`, before `end`; `next` is then behind them. */
  numbers(at: number, count: number, end: number): number[] {
    const numbers: number[] = []
    if (count > (end - at) / WORD) {
      this.fail(`Expected ${count} numbers, was ${end - at} bytes left`)
      return numbers
    }
    const { view } = this
    let sum = 0
    for (let i = 0; i < count; i++) {
      const number = view.getFloat64(at + i * WORD, true)
      // 0 for a finite number, NaN for any other.
      sum += number - number
      numbers.push(number)
    }
    if (sum !== 0) this.isWrong = true
    this.next = at + count * WORD
    return numbers
  }
}
