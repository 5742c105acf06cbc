import kafkajs from 'kafkajs'
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js'
import type { BusRecord } from '../bus.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import { readFetchAnswer } from './fetch-answer.ts'
import type { BatchReader } from './record-batch.ts'

const OFFSET_OUT_OF_RANGE = 1

/** Where fetched records go. */
export interface FetchSink {
  /** Whether more may be asked for. */
  readonly hasRoom: boolean
  /** Resolves when there is room, or after `ms`. */
  roomWithin(ms: number): Promise<void>
  /** The partitions to read. */
  owned(): readonly AssignedPartition[]
  /** The partition of a topic by its broker name. */
  at(name: string, partition: number): AssignedPartition | undefined
  push(record: BusRecord<Buffer>, place: AssignedPartition): void
  /** Called when offsets are missing in front of those that came: they are asked for again. */
  onMissing(place: AssignedPartition): void
}

/**
 * Puts what an answer brings into the sink, and says for each partition where the next read begins. Throws what the broker refuses,
 * when the rest is taken: as kafkajs does, whose group knows how to go on.
 */
export function takeAnswer(payload: Buffer, sink: FetchSink, batches: BatchReader): void {
  let refusal: Error | undefined
  const errorCode = readFetchAnswer(payload, (answer) => {
    const place = sink.at(answer.topic, answer.partition)
    if (!place?.isOwned || place.askFrom === undefined) return
    if (answer.errorCode !== 0) {
      refusal ??= refusalOf(answer.errorCode, answer)
      // Where the log begins, or ends, is the group's to say then.
      if (answer.errorCode === OFFSET_OUT_OF_RANGE) place.askFrom = undefined
      return
    }
    place.endOffset = Math.max(place.endOffset, answer.highWatermark)
    const next = batches.read(answer, place.askFrom, place, (record) => sink.push(record, place))
    if (next === undefined) sink.onMissing(place)
    place.askFrom = next ?? place.expected
  })
  if (errorCode !== 0) throw createErrorFromCode(errorCode)
  if (refusal) throw refusal
}

function refusalOf(code: number, at: { readonly topic: string; readonly partition: number }): Error {
  const error = createErrorFromCode(code)
  return code === OFFSET_OUT_OF_RANGE ? new kafkajs.KafkaJSOffsetOutOfRange(error, at) : error
}
