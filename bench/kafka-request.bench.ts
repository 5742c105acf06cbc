// A request to produce, as bytes: written in one pass, and by kafkajs, from the same records. No broker, no socket.
import { wire } from '@triplane/contracts'
import { builderOf } from '@triplane/testing'
import type { Message } from 'kafkajs'
import createRequest from 'kafkajs/src/protocol/request.js'
import produce from 'kafkajs/src/protocol/requests/produce/index.js'
import { FrameWriter } from '../libs/messaging/src/kafka/frame-writer.ts'
import { writeProduce } from '../libs/messaging/src/kafka/produce-request.ts'
import { print, verdict } from './harness.ts'
import { leastUs, ROUNDS } from './least-us.ts'

const VERSION = 7
const HEAD = { apiVersion: VERSION, correlationId: 1, clientId: 'triplane-producer-data-plane' }

const quotes = Array.from({ length: 500 }, (_, i) => builderOf('quote')({ seq: i + 1 }))
const subjects = [
  { name: 'an intent', values: [wire.encodeRecord([builderOf('orderIntent')()])] },
  { name: '500 quotes of an instrument', values: [wire.encodeRecord(quotes)] },
  { name: '500 quotes of 500', values: quotes.map((quote) => wire.encodeRecord([quote])) },
]

print(`\nus of CPU a request, the least of ${ROUNDS} rounds, kafkajs / one pass`)
for (const { name, values } of subjects) {
  const request = requestOf(values)
  const { request: theirs } = produce.protocol({ version: VERSION })(request)
  const byKafkajs = async () => (await createRequest({ ...HEAD, request: theirs })).buffer
  let buffer: Buffer = Buffer.alloc(16_384)
  const inOnePass = () => {
    const writer = new FrameWriter(buffer)
    writeProduce(writer, HEAD, request)
    buffer = writer.buffer
    return writer.written()
  }
  const bytes = inOnePass()
  if (!bytes.equals(await byKafkajs())) throw new Error(`Expected the same bytes of ${name}, was not so`)
  const [before, now] = await leastUs([byKafkajs, async () => inOnePass()])
  const figures = `${before.toFixed(1)} / ${now.toFixed(1)} us (${(before / now).toFixed(1)} x)`
  print(`  ${name.padEnd(28)} ${String(bytes.length).padStart(6)} bytes   ${figures}`)
  verdict(`one pass to kafkajs, ${name}`, now / before, 1 / 3, '', 2)
}

function requestOf(values: readonly Buffer[]) {
  const messages = values.map((value, i): Message => ({
    key: 'BTC/USDT@binance_usdm',
    value,
    timestamp: '1723127400123',
    headers: { run: '2024-08-08-usdm', producer: 'data-plane', seq: String(i + 1), ts: '1723127400123456' },
  }))
  const topicData = [{ topic: 'market.events.v2', partitions: [{ partition: 0, firstSequence: 7, messages }] }]
  return { acks: -1, timeout: 10_000, producerId: '4000', producerEpoch: 0, topicData }
}
