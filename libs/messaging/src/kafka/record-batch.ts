import { gunzipSync } from 'node:zlib'
import type { Topic } from '@triplane/contracts'
import type { BusRecord } from '../bus.ts'
import type { Arrival } from './assigned-partition.ts'
import { FrameReader } from './frame-reader.ts'
import { HeaderReader, unknownOrigin } from './record-headers.ts'
import type { TextCache } from './text-cache.ts'
import { unreadable } from './unreadable.ts'

/** A batch: first offset (8), length (4), epoch (4), format (1), sum (4), attributes (2), last offset's delta (4), ... */
const LENGTH_END = 12
const FORMAT_AT = 16
const ATTRIBUTES_AT = 21
const LAST_DELTA_AT = 23
/** ... two times (16), producer (8), its epoch (2), its sequence (4), count (4), records. */
const COUNT_AT = 57
const HEAD_BYTES = 61

const FORMAT = 2
const CODEC_BITS = 7
const CONTROL_BIT = 32
const GZIP = 1
/** The names of the codecs, for people. */
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
/** What a batch may unpack to: no batch of ours, which the topics bound, comes near it. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024

/** The records of a partition in an answer: batches from `from` to before `to`, the last one of which may be cut. */
export interface FetchedRecords {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
}

/** Where the records belong. */
export interface RecordPlace {
  readonly topic: Topic
  readonly partition: number
  /** Judges the record at `offset`, or the one that stands for all up to `through`. */
  arrives(offset: number, through?: number): Arrival
  /** What lies from `offset` through `through` is nobody's to see. */
  passes(offset: number, through: number): void
}

type Push = (record: BusRecord<Buffer>) => void

/** A batch: bytes from `at` to before `end` of an answer, with the offsets from `firstOffset` through `lastOffset`. */
interface Batch {
  readonly bytes: Buffer
  readonly at: number
  readonly end: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly asked: number
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] }

const empty = Buffer.alloc(0)

/**
 * Reads records of Kafka's format 2 in one pass, and only what of them is needed. Values are views of the answer; gzip is unpacked.
 * Control records are passed over; those of transactions are read at once, whatever becomes of these: nothing of ours is written in
 * one, and one that is left open must not hold back what is behind it. What cannot be read (other codecs, older formats, broken
 * bytes) ends nothing: one record with a `problem` stands for it, and what is behind it is read. Sums are not checked, nor does
 * kafkajs.
 */
export class BatchReader {
  readonly #texts: TextCache
  readonly #headers: HeaderReader

  constructor(texts: TextCache) {
    this.#texts = texts
    this.#headers = new HeaderReader(texts)
  }

  /**
   * Gives `push` the records from offset `asked` on that `place` takes: a batch may begin before it. Returns the offset to ask for
   * next: the one behind the last whole batch, `asked` when there is none, undefined when the place wants to be asked for again.
   * Throws when a batch does not say where the next one begins, which a broker checks before it takes one.
   */
  read({ bytes, from, to }: FetchedRecords, asked: number, place: RecordPlace, push: Push): number | undefined {
    let next = asked
    for (let at = from; at + FORMAT_AT < to;) {
      const head = new FrameReader(bytes, at)
      const firstOffset = head.int64()
      const end = at + LENGTH_END + head.int32()
      if (end > to) break
      if (end <= at + FORMAT_AT) throw unreadable(`Expected a batch of records, was ${end - at} bytes`)
      head.at = at + LAST_DELTA_AT
      const delta = isWhole(bytes, at, end) ? Math.max(0, head.int32()) : 0
      const batch = { bytes, at, end, firstOffset, lastOffset: firstOffset + delta, asked }
      if (!this.#readBatch(batch, place, push)) return undefined
      next = Math.max(next, batch.lastOffset + 1)
      at = end
    }
    return next
  }

  /** False when the place wants to be asked for again. */
  #readBatch(batch: Batch, place: RecordPlace, push: Push): boolean {
    const { bytes, at, end, firstOffset, lastOffset, asked } = batch
    if (lastOffset < asked) return true
    const first = Math.max(asked, firstOffset)
    if (bytes[at + FORMAT_AT] !== FORMAT)
      return this.#refuse(batch, first, place, push, `Expected records with format 2, was ${bytes[at + FORMAT_AT]}`)
    if (!isWhole(bytes, at, end))
      return this.#refuse(batch, first, place, push, `Expected at least ${HEAD_BYTES} bytes, was ${end - at}`)
    const head = new FrameReader(bytes, at + ATTRIBUTES_AT)
    const attributes = head.int16()
    head.at = at + COUNT_AT
    const count = head.int32()
    if (attributes & CONTROL_BIT || count === 0) {
      place.passes(first, lastOffset)
      return true
    }
    const reader = unpacked(head, end, attributes & CODEC_BITS)
    if (typeof reader === 'string') return this.#refuse(batch, first, place, push, reader)
    return this.#readRecords(batch, { reader, end: reader === head ? end : reader.bytes.length, count }, place, push)
  }

  /** False when the place wants to be asked for again. */
  #readRecords(
    batch: Batch,
    { reader, end, count }: { readonly reader: FrameReader; readonly end: number; readonly count: number },
    place: RecordPlace,
    push: Push,
  ): boolean {
    const { firstOffset, lastOffset, asked } = batch
    let next = Math.max(asked, firstOffset)
    for (let i = 0; i < count; i++) {
      const size = reader.varint()
      const recordEnd = reader.at + size
      if (size <= 0 || recordEnd > end)
        return this.#refuse(batch, next, place, push, `Expected ${count} records within their batch, was ${i}`)
      reader.at++
      reader.skipVarint()
      const offset = firstOffset + reader.varint()
      if (offset < asked) {
        reader.at = recordEnd
        continue
      }
      const record = offset <= lastOffset ? this.#readRecord(reader, offset, place) : undefined
      if (record === undefined || reader.at > recordEnd)
        return this.#refuse(batch, next, place, push, `Expected a record of its own length, was another: the ${i}th`)
      reader.at = recordEnd
      const arrival = place.arrives(offset)
      if (arrival === 'again') return false
      if (arrival === 'take') push(record)
      next = offset + 1
    }
    // Compaction may have dropped the last ones.
    if (place.topic.compacted && next <= lastOffset) place.passes(next, lastOffset)
    return true
  }

  /** One record stands for what of a batch cannot be read, from `first` on. False when the place wants to be asked for again. */
  #refuse(
    { bytes, at, end, lastOffset }: Batch,
    first: number,
    place: RecordPlace,
    push: Push,
    problem: string,
  ): boolean {
    if (first > lastOffset) return true
    const arrival = place.arrives(first, lastOffset)
    const { topic, partition } = place
    const { runId, producer, seq, tsSentUs } = unknownOrigin
    const events = bytes.subarray(at, end)
    if (arrival === 'take')
      push({ topic, partition, offset: lastOffset, key: '', runId, producer, seq, tsSentUs, events, problem })
    return arrival !== 'again'
  }

  /** A record, whatever its contents: without a valid origin it has the producer '' and the sequence 0, which is refused later. */
  #readRecord(reader: FrameReader, offset: number, { topic, partition }: RecordPlace): BusRecord<Buffer> {
    const { bytes } = reader
    const keyAt = passBytes(reader)
    const key = this.#texts.text(bytes, keyAt, reader.at)
    const valueAt = passBytes(reader)
    const events = valueAt === reader.at ? empty : bytes.subarray(valueAt, reader.at)
    const { runId, producer, seq, tsSentUs, traceparent, watermark } = this.#headers.read(reader) ?? unknownOrigin
    const record: Mutable<BusRecord<Buffer>> = {
      topic,
      partition,
      offset,
      key,
      runId,
      producer,
      seq,
      tsSentUs,
      events,
    }
    if (traceparent !== undefined) record.traceparent = traceparent
    if (watermark !== undefined) record.watermark = watermark
    return record
  }
}

/** Passes over bytes behind their length, none for a negative one; returns where they begin. */
function passBytes(reader: FrameReader): number {
  const length = Math.max(0, reader.varint())
  const at = reader.at
  reader.at += length
  return at
}

/** The records behind the head of a batch, unpacked if need be; or why they cannot be. */
function unpacked(head: FrameReader, end: number, codec: number): FrameReader | string {
  if (codec === 0) return head
  if (codec !== GZIP) return `Expected no codec but gzip, was ${codecs[codec] ?? codec}`
  try {
    const packed = head.bytes.subarray(head.at, end)
    return new FrameReader(gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }))
  } catch (error) {
    return `Expected gzip, was ${String(error)}`
  }
}

/** Whether a batch has room for its head. */
const isWhole = (bytes: Buffer, at: number, end: number): boolean =>
  bytes[at + FORMAT_AT] === FORMAT && end >= at + HEAD_BYTES
