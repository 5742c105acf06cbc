import { readText } from './wire-text.ts'
import { WORD } from './wire-layout.ts'

/** What is read of a record, and what is wrong with it: checked once, when an event is read whole. */
export class WireReader {
  readonly bytes: Buffer
  readonly view: DataView
  /** The record's dictionary. */
  labels: readonly string[] = []
  /** Behind the object that was read last. */
  next = 0
  /** The first thing that cannot be read: "Expected X, was Y". */
  problem: string | undefined
  /** Something was read that the schema does not allow. */
  isWrong = false

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Notes what cannot be read; the first one counts. */
  fail(problem: string): undefined {
    this.problem ??= problem
    return undefined
  }

  /** The text of so many bytes at `at`, which has to end before `end`; `next` is behind its word. '' when it cannot be read. */
  text(at: number, length: number, end: number): string {
    if (length > end - at) {
      this.fail(`Expected a text of ${length} bytes, was ${end - at} left`)
      return ''
    }
    this.next = at + Math.ceil(length / WORD) * WORD
    return readText(this.bytes, at, at + length) ?? this.fail('Expected UTF-8, was other bytes') ?? ''
  }

  /** So many doubles at `at`, before `end`; `next` is behind them. */
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
      // What is finite gives 0, anything else NaN.
      sum += number - number
      numbers.push(number)
    }
    if (sum !== 0) this.isWrong = true
    this.next = at + count * WORD
    return numbers
  }
}
