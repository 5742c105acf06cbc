import type { FrameWriter } from './frame-writer.ts'

const FETCH = 1
/** The version that is spoken: the newest of kafkajs, of Kafka 2.3 and later. */
const VERSION = 11

/** The kind of request, for the connection's queue. */
export const fetchApi = { apiKey: FETCH, apiVersion: VERSION, apiName: 'Fetch' } as const

/** What a read asks for. */
export interface FetchRequest {
  readonly maxWaitTime: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly maxBytesPerPartition: number
  /** 1: without records of transactions that are open or were taken back. */
  readonly isolationLevel: number
  /** In the order in which the answer is filled, up to `maxBytes`. */
  readonly partitions: readonly WantedPartition[]
}

interface WantedPartition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** Most that a request takes besides its texts, and a partition does. */
const REQUEST_BYTES = 64
const PARTITION_BYTES = 40

/** A whole request to fetch, without a session, in a writer that is empty: each partition under its own topic. */
export function writeFetch(
  writer: FrameWriter,
  head: { readonly correlationId: number; readonly clientId: string },
  request: FetchRequest,
): void {
  const { partitions } = request
  writer.reserve(REQUEST_BYTES + 3 * head.clientId.length)
  writer.length = 4
  writer.int16(FETCH)
  writer.int16(VERSION)
  writer.int32(head.correlationId)
  writer.string(head.clientId)
  // Of no replica.
  writer.int32(-1)
  writer.int32(request.maxWaitTime)
  writer.int32(request.minBytes)
  writer.int32(request.maxBytes)
  writer.int8(request.isolationLevel)
  // No session, and none wanted.
  writer.int32(0)
  writer.int32(-1)
  writer.int32(partitions.length)
  for (const { topic, partition, offset } of partitions) {
    writer.reserve(PARTITION_BYTES + 3 * topic.length)
    writer.string(topic)
    writer.int32(1)
    writer.int32(partition)
    writer.int32(-1)
    writer.int64(offset)
    writer.int64(-1)
    writer.int32(request.maxBytesPerPartition)
  }
  writer.reserve(REQUEST_BYTES)
  // Nothing forgotten; no rack.
  writer.int32(0)
  writer.string('')
  writer.putInt32(0, writer.length - 4)
}
