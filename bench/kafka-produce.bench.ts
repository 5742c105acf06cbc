// Book deltas into Kafka: through the port, which makes records of many events, and with kafkajs alone, one event per record.
import { topics } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { createKafkaBus, type KafkaBusOptions } from '@triplane/messaging'
import { Partitioners } from 'kafkajs'
import { runBench } from './harness.ts'
import { bareKafka, benchBrokers, someDeltas, withBroker } from './kafka-server.ts'

const DELTAS = 20_000
/** Events between two turns of the event loop, and in one send of kafkajs. */
const TURN = 500
const PREFIX = 'produce.'
/** Of kafkajs alone, which makes it itself. */
const ALONE = PREFIX + 'alone'

const deltas = someDeltas(DELTAS)

await withBroker(() =>
  runBench({
    title: `Into Kafka: ${DELTAS} book deltas of ten levels a side, acknowledged`,
    items: DELTAS,
    item: 'delta',
    contenders: [
      { name: 'the port', prepare: () => throughThePort({}) },
      { name: 'the port, gzip', prepare: () => throughThePort({ compression: 'gzip' }) },
      { name: 'kafkajs, a record each', prepare: kafkajsAlone },
    ],
    expected: DELTAS,
    goals: [{ than: 'kafkajs, a record each', timesFaster: 2 }],
  }),
)

async function throughThePort(options: Partial<KafkaBusOptions>) {
  const bus = await createKafkaBus({
    brokers: benchBrokers(),
    clientId: 'bench',
    nowUs: () => systemClock.nowUs(),
    topicPrefix: PREFIX,
    ...options,
  })
  const producer = bus.producer({ name: 'bench', runId: 'bench' })
  return async () => {
    for (let start = 0; start < DELTAS; start += TURN) {
      for (const delta of deltas.slice(start, start + TURN)) producer.send(topics.market, delta.instrument, [delta])
      if (producer.buffered > 4) await producer.flush()
    }
    await producer.flush()
    return DELTAS
  }
}

/** In a process where nothing has changed kafkajs: the port would have it write its requests in one pass. */
async function kafkajsAlone() {
  const kafka = bareKafka()
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic: ALONE }] })
  await admin.disconnect()
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  return async () => {
    for (let start = 0; start < DELTAS; start += TURN) {
      const messages = deltas.slice(start, start + TURN).map((delta) => ({
        key: delta.instrument,
        value: JSON.stringify(delta),
        headers: { run: 'bench', producer: 'bench', seq: String(delta.seq), ts: String(systemClock.nowUs()) },
      }))
      await producer.send({ topic: ALONE, messages })
    }
    return DELTAS
  }
}
