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
/** ... two times (16), producer (8), its epoch (2), its sequence (4), count (4), records. */
const PRODUCER_AT = 43
const COUNT_AT = 57
const HEAD_BYTES = 61

const FORMAT = 2
const CODEC_BITS = 7
const TRANSACTIONAL_BIT = 16
const CONTROL_BIT = 32
const GZIP = 1
/** Type of the control record at the end of a transaction that was taken back. */
const ABORT = 0

/** A transaction that was taken back: its producer's records from this offset on, up to its end, are not to be seen. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** The records of a partition in an answer: batches from `from` to before `to`, the last one of which may be cut. */
export interface FetchedRecords {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
  readonly aborted: readonly AbortedTransaction[]
}

/** Where the records belong. */
export interface RecordPlace {
  readonly topic: Topic
  readonly partition: number
  /** Judges the record at `offset`. */
  arrives(offset: number): Arrival
}

type Push = (record: BusRecord<Buffer>) => void

/** A batch's records: `count` of them, up to `end` of what `reader` reads. */
interface Batch {
  readonly reader: FrameReader
  readonly end: number
  readonly count: number
  readonly firstOffset: number
  readonly asked: number
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] }

const empty = Buffer.alloc(0)

/**
 * Reads records of Kafka's format 2 in one pass, and only what of them is needed. Values are views of the answer; gzip is unpacked.
 * Control records, and those of transactions that were taken back, are passed over. What it cannot read (other codecs, older
 * formats, broken bytes) it refuses by throwing `KafkaJSNotImplemented`, with which a consumer crashes and says so. Sums are not
 * checked, nor does kafkajs.
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
   */
  read({ bytes, from, to, aborted }: FetchedRecords, asked: number, place: RecordPlace, push: Push) {
    let open = aborted
    let next = asked
    for (let at = from; at + FORMAT_AT < to;) {
      const format = bytes[at + FORMAT_AT]
      if (format !== FORMAT) throw refused(`format ${FORMAT}`, format)
      const head = new FrameReader(bytes, at)
      const firstOffset = head.int64()
      const end = at + LENGTH_END + head.int32()
      if (end > to) break
      if (end < at + HEAD_BYTES) throw refused(`a batch of at least ${HEAD_BYTES} bytes`, end - at)
      head.at = at + ATTRIBUTES_AT
      const attributes = head.int16()
      const lastOffset = firstOffset + head.int32()
      head.at = at + PRODUCER_AT
      const producerId = head.int64()
      const isAborted = ({ producerId: id, firstOffset: since }: AbortedTransaction) =>
        id === producerId && since <= lastOffset
      if (attributes & CONTROL_BIT) {
        if (isAbort(bytes, at)) open = open.filter((one) => !isAborted(one))
      } else if (!(attributes & TRANSACTIONAL_BIT) || !open.some(isAborted)) {
        head.at = at + COUNT_AT
        const count = head.int32()
        const reader = unpacked(head, end, attributes & CODEC_BITS)
        const batch = { reader, end: reader === head ? end : reader.bytes.length, count, firstOffset, asked }
        if (!this.#readBatch(batch, place, push)) return undefined
      }
      next = Math.max(next, lastOffset + 1)
      at = end
    }
    return next
  }

  /** False when the place wants to be asked for again. */
  #readBatch({ reader, end, count, firstOffset, asked }: Batch, place: RecordPlace, push: Push): boolean {
    for (let i = 0; i < count; i++) {
      const size = reader.varint()
      const recordEnd = reader.at + size
      if (size <= 0 || recordEnd > end) throw refused('records within their batch', `${count}, the ${i}th too long`)
      reader.at++
      reader.skipVarint()
      const offset = firstOffset + reader.varint()
      if (offset < asked) {
        reader.at = recordEnd
        continue
      }
      const record = this.#readRecord(reader, offset, place)
      if (reader.at > recordEnd) throw refused('a record of its own length', 'longer')
      reader.at = recordEnd
      const arrival = place.arrives(offset)
      if (arrival === 'again') return false
      if (arrival === 'take') push(record)
    }
    return true
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

/** The records behind the head of a batch, unpacked if need be. */
function unpacked(head: FrameReader, end: number, codec: number): FrameReader {
  if (codec === 0) return head
  if (codec !== GZIP) throw refused('no codec but gzip', codec)
  try {
    return new FrameReader(gunzipSync(head.bytes.subarray(head.at, end)))
  } catch (error) {
    throw refused('gzip', String(error))
  }
}

/** Whether the control record of the batch at `at` ends a transaction that was taken back. Its key: version and type, two bytes each. */
function isAbort(bytes: Buffer, at: number): boolean {
  const reader = new FrameReader(bytes, at + HEAD_BYTES)
  reader.varint()
  reader.at++
  reader.skipVarint()
  reader.varint()
  reader.varint()
  reader.int16()
  return reader.int16() === ABORT
}

function refused(expected: string, was: unknown): Error {
  return unreadable(`Expected records with ${expected}, was ${String(was)}`)
}
