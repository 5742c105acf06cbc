// An answer to a fetch, from bytes to records: in one pass, and by kafkajs, which then still has headers as bytes. No broker, no socket.
import { topics, wire } from '@triplane/contracts'
import { builderOf } from '@triplane/testing'
import Batch from 'kafkajs/src/consumer/batch.js'
import response from 'kafkajs/src/protocol/requests/fetch/v11/response.js'
import { readFetchAnswer } from '../libs/messaging/src/kafka/fetch-answer.ts'
import { BatchReader } from '../libs/messaging/src/kafka/record-batch.ts'
import { TextCache } from '../libs/messaging/src/kafka/text-cache.ts'
import { aBatch, anAnswer } from '../libs/messaging/test/fetch-answers.ts'
import { print, verdict } from './harness.ts'
import { leastUs, ROUNDS } from './least-us.ts'

const topic = topics.market
/** Partitions beside the one that has something, as a plane reads them. */
const SILENT = 6

const quotes = Array.from({ length: 500 }, (_, i) => builderOf('quote')({ seq: i + 1 }))
const subjects = [
  { name: 'nothing', values: [] },
  { name: 'an intent', values: [wire.encodeRecord([builderOf('orderIntent')()])] },
  { name: '500 quotes of an instrument', values: [wire.encodeRecord(quotes)] },
  { name: '500 quotes of 500', values: quotes.map((quote) => wire.encodeRecord([quote])) },
]
const batches = new BatchReader(new TextCache())

print(`\nus of CPU an answer, the least of ${ROUNDS} rounds, kafkajs / one pass`)
for (const { name, values } of subjects) {
  const payload = answerWith(values)
  const byKafkajs = async () => {
    const { responses } = await response.decode(payload)
    return responses
      .flatMap(({ topicName, partitions }) => partitions.map((partition) => new Batch(topicName, '0', partition)))
      .reduce((sum, { messages }) => sum + messages.length, 0)
  }
  const inOnePass = async () => {
    let records = 0
    readFetchAnswer(payload, (answer) => {
      const place = { topic, partition: answer.partition, arrives: () => 'take' as const, passes: () => undefined }
      batches.read(answer, 0, place, () => records++)
    })
    return records
  }
  const counts = [await byKafkajs(), await inOnePass()]
  if (counts.some((count) => count !== values.length))
    throw new Error(`Expected ${values.length} records, was ${counts.join()}`)
  const [before, now] = await leastUs([byKafkajs, inOnePass])
  const figures = `${before.toFixed(1)} / ${now.toFixed(1)} us (${(before / now).toFixed(1)} x)`
  print(`  ${name.padEnd(28)} ${String(payload.length).padStart(6)} bytes   ${figures}`)
  verdict(`one pass to kafkajs, ${name}`, now / before, 1 / 3, '', 2)
}

function answerWith(values: readonly Buffer[]): Buffer {
  const messages = values.map((value, i) => ({
    key: 'BTC/USDT@binance_usdm',
    value,
    timestamp: '1723127400123',
    headers: { run: '2024-08-08-usdm', producer: 'data-plane', seq: String(i + 1), ts: '1723127400123456' },
  }))
  const records = messages.length > 0 ? aBatch(0, messages) : Buffer.alloc(0)
  const silent = Array.from({ length: SILENT }, (_, i) => ({ topic: `market.other${i}.v2` }))
  return anAnswer([...silent, { topic: topic.name, records, highWatermark: messages.length }])
}
