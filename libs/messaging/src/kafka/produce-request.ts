import type { IHeaders, Message } from 'kafkajs'
import { sizeOfBytes, sizeOfVarint, type FrameWriter, type RecordBytes } from './frame-writer.ts'

const PRODUCE = 0
const MAGIC = 2
const TRANSACTIONAL = 16
/** Most that a partition takes besides its records, and a request besides its texts and topics. */
const BATCH_BYTES = 80
const REQUEST_BYTES = 64

/** What kafkajs hands over to be produced (`Broker.produce`). */
export interface ProduceRequest {
  readonly acks: number
  readonly timeout: number
  readonly transactionalId?: string | null | undefined
  /** Of an idempotent producer; it goes as `firstSequence` of each partition with its batch. */
  readonly producerId?: { toString(): string } | undefined
  readonly producerEpoch?: number | undefined
  readonly topicData: readonly TopicData[]
}

interface TopicData {
  readonly topic: string
  readonly partitions: readonly PartitionData[]
}

interface PartitionData {
  readonly partition: number
  readonly firstSequence?: number | undefined
  readonly messages: readonly Message[]
}

/** The head of a request, which the connection knows. */
export interface FrameHead {
  /** 3 to 7: the bytes are the same. */
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
}

/**
 * A whole Produce request in one pass, without compression, in a writer that is empty: the bytes that kafkajs 2.2.4 makes
 * of it in about seven copies. Timestamps have as many digits as one another, as those of the years 2001 to 2286 have.
 */
export function writeProduce(writer: FrameWriter, head: FrameHead, request: ProduceRequest): void {
  const { acks, timeout, transactionalId, producerId = -1, producerEpoch = 0, topicData } = request
  const origin: Origin = {
    attributes: transactionalId ? TRANSACTIONAL : 0,
    producerId: BigInt(producerId.toString()),
    producerEpoch,
  }
  writer.reserve(REQUEST_BYTES + mostBytesOf(head.clientId) + mostBytesOf(transactionalId))
  writer.length = 4
  writer.int16(PRODUCE)
  writer.int16(head.apiVersion)
  writer.int32(head.correlationId)
  writer.string(head.clientId)
  writer.string(transactionalId)
  writer.int16(acks)
  writer.int32(timeout)
  writer.int32(topicData.length)
  for (const { topic, partitions } of topicData) {
    writer.reserve(REQUEST_BYTES + mostBytesOf(topic))
    writer.string(topic)
    writer.int32(partitions.length)
    for (const data of partitions) writeBatch(writer, data, origin)
  }
  writer.putInt32(0, writer.length - 4)
}

interface Origin {
  readonly attributes: number
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** A partition and its one batch of records, with the CRC of all behind it. */
function writeBatch(
  writer: FrameWriter,
  { partition, firstSequence = 0, messages }: PartitionData,
  origin: Origin,
): void {
  const nowMs = Date.now()
  const { firstMs, lastMs } = spanOf(messages, nowMs)
  writer.reserve(BATCH_BYTES)
  writer.int32(partition)
  const sizeAt = writer.length
  writer.length += 4
  writer.int64(0)
  const lengthAt = writer.length
  writer.length += 4
  writer.int32(0)
  writer.int8(MAGIC)
  const crcAt = writer.length
  writer.length += 4
  writer.int16(origin.attributes)
  writer.int32(messages.length - 1)
  writer.int64(firstMs)
  writer.int64(lastMs)
  writer.bigInt64(origin.producerId)
  writer.int16(origin.producerEpoch)
  writer.int32(firstSequence)
  writer.int32(messages.length)
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i] as Message
    writeRecord(writer, message, i, timeOf(message, nowMs) - firstMs)
  }
  writer.putInt32(sizeAt, writer.length - sizeAt - 4)
  writer.putInt32(lengthAt, writer.length - lengthAt - 4)
  writer.putInt32(crcAt, writer.crcSince(crcAt + 4))
}

function writeRecord(writer: FrameWriter, message: Message, offsetDelta: number, timestampDelta: number): void {
  const { key, value, headers = {} } = message
  const names = Object.keys(headers)
  const count = countOf(headers, names)
  let size = 1 + sizeOfVarint(timestampDelta) + sizeOfVarint(offsetDelta) + sizeOfVarint(count)
  size += sizeOfBytes(key) + sizeOfBytes(value)
  for (const name of names) size += sizeOfHeader(name, headers[name])

  writer.reserve(sizeOfVarint(size) + size)
  writer.varint(size)
  writer.int8(0)
  writer.varint(timestampDelta)
  writer.varint(offsetDelta)
  writer.bytes(key)
  writer.bytes(value)
  writer.varint(count)
  for (const name of names) writeHeader(writer, name, headers[name])
}

type HeaderValue = IHeaders[string]

/** A header that came more than once is as many headers. */
function countOf(headers: IHeaders, names: readonly string[]): number {
  let count = 0
  for (const name of names) {
    const value = headers[name]
    count += Array.isArray(value) ? value.length : 1
  }
  return count
}

function sizeOfHeader(name: string, value: HeaderValue): number {
  if (!Array.isArray(value)) return sizeOfBytes(name) + sizeOfBytes(value)
  return value.reduce<number>((sum, each) => sum + sizeOfBytes(name) + sizeOfBytes(each), 0)
}

function writeHeader(writer: FrameWriter, name: string, value: HeaderValue): void {
  for (const each of Array.isArray(value) ? value : ([value] as readonly RecordBytes[])) {
    writer.bytes(name)
    writer.bytes(each)
  }
}

/** Times of the earliest and the latest message that has one, milliseconds; now where none has. */
function spanOf(messages: readonly Message[], nowMs: number): { readonly firstMs: number; readonly lastMs: number } {
  let firstMs = Infinity
  let lastMs = -Infinity
  for (const { timestamp } of messages) {
    if (timestamp === undefined) continue
    firstMs = Math.min(firstMs, Number(timestamp))
    lastMs = Math.max(lastMs, Number(timestamp))
  }
  return firstMs <= lastMs ? { firstMs, lastMs } : { firstMs: nowMs, lastMs: nowMs }
}

function timeOf({ timestamp }: Message, nowMs: number): number {
  return timestamp === undefined ? nowMs : Number(timestamp)
}

function mostBytesOf(text: string | null | undefined): number {
  return 3 * (text?.length ?? 0)
}
