import { FrameReader } from './frame-reader.ts'
import type { FetchedRecords } from './record-batch.ts'
import { unreadable } from './unreadable.ts'

/** What a broker answers of one partition. */
export interface PartitionAnswer extends FetchedRecords {
  readonly topic: string
  readonly partition: number
  /** Of the protocol; 0 for none. */
  readonly errorCode: number
  /** Offset behind the newest record. */
  readonly highWatermark: number
}

/**
 * Calls `visit` with each partition of an answer to Fetch 11, and returns the error code of the whole, 0 for none. Throws when the
 * answer is cut.
 */
export function readFetchAnswer(payload: Buffer, visit: (answer: PartitionAnswer) => void): number {
  const reader = new FrameReader(payload)
  reader.int32()
  const errorCode = reader.int16()
  reader.int32()
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.string()
    for (let partitions = reader.int32(); partitions > 0; partitions--) visit(readPartition(reader, topic))
  }
  return errorCode
}

/** How long the broker asks us to be silent, milliseconds. */
export function throttleMsOf(payload: Buffer): number {
  return new FrameReader(payload).int32()
}

function readPartition(reader: FrameReader, topic: string): PartitionAnswer {
  const partition = reader.int32()
  const errorCode = reader.int16()
  const highWatermark = reader.int64()
  reader.at += 16
  // Transactions that were taken back: (8, 8) each; of uncommitted reads there are none.
  const aborted = Math.max(0, reader.int32())
  reader.at += 16 * aborted + 4
  const size = Math.max(0, reader.int32())
  const from = reader.at
  reader.at += size
  if (reader.at > reader.bytes.length)
    throw unreadable(`Expected an answer of at least ${reader.at} bytes, was ${reader.bytes.length}`)
  return { topic, partition, errorCode, highWatermark, bytes: reader.bytes, from, to: reader.at }
}
