import type { IHeaders } from 'kafkajs'
import type { Watermark } from '../bus.ts'
import type { FrameReader } from './frame-reader.ts'
import { isSame, type TextCache } from './text-cache.ts'

/** The origin of a record, from its headers. */
export interface RecordOrigin {
  readonly runId: string
  readonly producer: string
  readonly seq: number
  readonly tsSentUs: number
  readonly traceparent: string | undefined
  readonly watermark: Watermark | undefined
}

/** The origin of a record whose headers have no valid one. */
export const unknownOrigin: RecordOrigin = {
  runId: '',
  producer: '',
  seq: 0,
  tsSentUs: 0,
  traceparent: undefined,
  watermark: undefined,
}

/** Headers of a record: `run`, `producer`, `seq`, `ts` and, if present, `traceparent`, `wm` and `final`. */
export function encodeHeaders(origin: RecordOrigin): IHeaders {
  const { runId, producer, seq, tsSentUs, traceparent, watermark } = origin
  const headers: IHeaders = { run: runId, producer, seq: String(seq), ts: String(tsSentUs) }
  if (traceparent !== undefined) headers['traceparent'] = traceparent
  if (watermark !== undefined) {
    headers['wm'] = String(watermark.throughUs)
    if (watermark.final) headers['final'] = '1'
  }
  return headers
}

/** In the order in which a producer writes them: a header is looked for at its own place first. */
const names = ['run', 'producer', 'seq', 'ts', 'traceparent', 'wm', 'final'].map((name) => Buffer.from(name))
const [RUN, PRODUCER, SEQ, TS, TRACEPARENT, WATERMARK, FINAL] = [0, 1, 2, 3, 4, 5, 6] as const
/** Instead of a length: the header is not there, or it is there without a text of its own (null, or more than once). */
const ABSENT = -1
const NO_TEXT = -2
/** As many digits as a safe integer has: what they come to is exact, or not safe either. */
const SAFE_DIGITS = 16

/** Reads the origin of records out of their headers, as bytes. */
export class HeaderReader {
  readonly #texts: TextCache
  readonly #at = new Int32Array(names.length)
  readonly #lengths = new Int32Array(names.length)

  constructor(texts: TextCache) {
    this.#texts = texts
  }

  /** The origin of the record whose headers begin here; undefined when one is missing or invalid. */
  read(reader: FrameReader): RecordOrigin | undefined {
    this.#find(reader)
    const { bytes } = reader
    const runId = this.#knownText(bytes, RUN)
    const producer = this.#knownText(bytes, PRODUCER)
    const seq = this.#integer(bytes, SEQ)
    const tsSentUs = this.#integer(bytes, TS)
    if (!runId || !producer || seq === undefined || tsSentUs === undefined) return undefined

    const traceparent = this.#text(bytes, TRACEPARENT)
    if (this.#lengths[WATERMARK] === ABSENT)
      return { runId, producer, seq, tsSentUs, traceparent, watermark: undefined }
    const throughUs = Number(this.#text(bytes, WATERMARK) || NaN)
    if (Number.isNaN(throughUs)) return undefined
    const watermark = { throughUs, final: this.#text(bytes, FINAL) === '1' }
    return { runId, producer, seq, tsSentUs, traceparent, watermark }
  }

  /** Notes where the value of each header lies. */
  #find(reader: FrameReader): void {
    this.#lengths.fill(ABSENT)
    const count = reader.varint()
    for (let i = 0; i < count && reader.at < reader.bytes.length; i++) {
      const nameLength = Math.max(0, reader.varint())
      const nameAt = reader.at
      reader.at += nameLength
      const length = reader.varint()
      const which = this.#nameAt(reader.bytes, nameAt, nameLength, i)
      if (which >= 0) {
        this.#at[which] = reader.at
        this.#lengths[which] = length < 0 || this.#lengths[which] !== ABSENT ? NO_TEXT : length
      }
      reader.at += Math.max(0, length)
    }
  }

  #nameAt(bytes: Buffer, at: number, length: number, guess: number): number {
    const guessed = names[guess]
    if (guessed !== undefined && isSame(guessed, bytes, at, length)) return guess
    return names.findIndex((name) => isSame(name, bytes, at, length))
  }

  /** A text that comes again and again. */
  #knownText(bytes: Buffer, which: number): string | undefined {
    const length = this.#lengths[which] as number
    const at = this.#at[which] as number
    return length < 0 ? undefined : this.#texts.text(bytes, at, at + length)
  }

  #text(bytes: Buffer, which: number): string | undefined {
    const length = this.#lengths[which] as number
    const at = this.#at[which] as number
    return length < 0 ? undefined : bytes.toString('utf8', at, at + length)
  }

  #integer(bytes: Buffer, which: number): number | undefined {
    const length = this.#lengths[which] as number
    const at = this.#at[which] as number
    if (length > 0 && length <= SAFE_DIGITS) {
      const number = digitsAt(bytes, at, at + length)
      if (number >= 0 && Number.isSafeInteger(number)) return number
    }
    const text = this.#text(bytes, which)
    if (!text) return undefined
    const number = Number(text)
    return Number.isSafeInteger(number) && number >= 0 ? number : undefined
  }
}

/** The number that the bytes are in digits; -1 when one is none. */
function digitsAt(bytes: Buffer, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - 48
    if (!(digit >= 0 && digit <= 9)) return -1
    number = number * 10 + digit
  }
  return number
}
