import type { Topic } from '@triplane/contracts'
import type { KafkaMessage } from 'kafkajs'
import type { BusRecord } from '../bus.ts'
import { decodeHeaders, unknownOrigin } from './record-headers.ts'

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] }

const empty = Buffer.alloc(0)

/**
 * The record of a message, whatever its contents: without a valid origin in its headers it has the producer '' and the sequence
 * 0, and `decodeRecord` refuses it.
 */
export function readRecord(topic: Topic, partition: number, message: KafkaMessage): BusRecord<Buffer> {
  const { runId, producer, seq, tsSentUs, traceparent, watermark } = decodeHeaders(message.headers) ?? unknownOrigin
  const record: Mutable<BusRecord<Buffer>> = {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString('utf8') ?? '',
    runId,
    producer,
    seq,
    tsSentUs,
    events: message.value ?? empty,
  }
  if (traceparent !== undefined) record.traceparent = traceparent
  if (watermark !== undefined) record.watermark = watermark
  return record
}
