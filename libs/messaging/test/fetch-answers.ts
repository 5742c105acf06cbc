import { gzipSync } from 'node:zlib'
import type { Topic } from '@triplane/contracts'
import type { Message } from 'kafkajs'
import type { BusRecord } from '../src/index.ts'
import { FrameWriter } from '../src/kafka/frame-writer.ts'
import { writeProduce } from '../src/kafka/produce-request.ts'
import { BatchReader } from '../src/kafka/record-batch.ts'
import { TextCache } from '../src/kafka/text-cache.ts'

/** Where the batch of a request to produce begins that has one partition of the topic `t`, and no names. */
const BATCH_AT = 41
const HEAD_BYTES = 61

export interface BatchFields {
  readonly isGzip?: boolean
  readonly isTransactional?: boolean
  /** A control batch has one message, with the type in its key. */
  readonly isControl?: boolean
  readonly producerId?: number
  /** Offset of the last record that there was, when the log has dropped the end of the batch. */
  readonly lastOffset?: number
}

/** A batch as a log holds it, whose first record has `firstOffset`. */
export function aBatch(firstOffset: number, messages: readonly Message[], fields: BatchFields = {}): Buffer {
  const { isGzip, isTransactional, isControl, producerId = -1, lastOffset = firstOffset + messages.length - 1 } = fields
  const writer = new FrameWriter(Buffer.alloc(1024))
  const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }]
  const head = { apiVersion: 7, correlationId: 1, clientId: '' }
  writeProduce(writer, head, { acks: -1, timeout: 0, producerId, topicData })
  const plain = Buffer.from(writer.written().subarray(BATCH_AT))
  const batch = isGzip ? Buffer.concat([plain.subarray(0, HEAD_BYTES), gzipSync(plain.subarray(HEAD_BYTES))]) : plain
  batch.writeBigInt64BE(BigInt(firstOffset), 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt16BE((isGzip ? 1 : 0) | (isTransactional ? 16 : 0) | (isControl ? 32 : 0), 21)
  batch.writeInt32BE(lastOffset - firstOffset, 23)
  return batch
}

/** The control batch at the end of a transaction. */
export function anEnd(offset: number, producerId: number, type: 'abort' | 'commit'): Buffer {
  const key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1])
  return aBatch(offset, [{ key, value: Buffer.alloc(6) }], { isTransactional: true, isControl: true, producerId })
}

/** The record of a message at `offset`, as a consumer reads it. */
export function recordOf(topic: Topic, partition: number, offset: number, message: Message): BusRecord<Buffer> {
  return recordsIn(topic, partition, aBatch(offset, [message]), offset)[0] as BusRecord<Buffer>
}

/** The records of batches, from offset `asked` on, as a consumer reads them. */
export function recordsIn(topic: Topic, partition: number, bytes: Buffer, asked = 0): BusRecord<Buffer>[] {
  const records: BusRecord<Buffer>[] = []
  const place = { topic, partition, arrives: () => 'take' as const, passes: () => undefined }
  const fetched = { bytes, from: 0, to: bytes.length }
  new BatchReader(new TextCache()).read(fetched, asked, place, (record) => records.push(record))
  return records
}

export interface AnsweredPartition {
  readonly topic: string
  readonly partition?: number
  readonly errorCode?: number
  readonly highWatermark?: number
  readonly aborted?: readonly { readonly producerId: number; readonly firstOffset: number }[]
  readonly records?: Buffer
}

/** An answer to Fetch 11, behind its correlation id. */
export function anAnswer(partitions: readonly AnsweredPartition[], { throttleMs = 0, errorCode = 0 } = {}): Buffer {
  const writer = new FrameWriter(Buffer.alloc(1024))
  writer.int32(throttleMs)
  writer.int16(errorCode)
  writer.int32(0)
  writer.int32(partitions.length)
  for (const answered of partitions) writePartition(writer, answered)
  return Buffer.from(writer.written())
}

function writePartition(writer: FrameWriter, answered: AnsweredPartition): void {
  const { topic, partition = 0, errorCode = 0, highWatermark = 0, aborted, records = Buffer.alloc(0) } = answered
  writer.reserve(200 + 3 * topic.length + 16 * (aborted?.length ?? 0) + records.length)
  writer.string(topic)
  writer.int32(1)
  writer.int32(partition)
  writer.int16(errorCode)
  writer.int64(highWatermark)
  writer.int64(highWatermark)
  writer.int64(0)
  writer.int32(aborted ? aborted.length : -1)
  for (const { producerId, firstOffset } of aborted ?? []) {
    writer.int64(producerId)
    writer.int64(firstOffset)
  }
  writer.int32(-1)
  writer.int32(records.length)
  records.copy(writer.buffer, writer.length)
  writer.length += records.length
}
