// Book deltas from Kafka, decoded and validated: records of many events through the port, and single-event records with kafkajs
// alone.
import { isEvent, topics } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { createKafkaBus, decodeRecord } from '@triplane/messaging'
import { runBench } from './harness.ts'
import { bareKafka, benchBrokers, someDeltas, withBroker } from './kafka-server.ts'

const DELTAS = 20_000
const PREFIX = `consume-${process.pid}.`
const SINGLES = `${PREFIX}singles`
const GROUP = { topics: [topics.market], from: 'earliest' } as const

let runs = 0
const newGroup = () => `bench-${process.pid}-${++runs}`

await withBroker(() =>
  runBench({
    title: `Out of Kafka: ${DELTAS} book deltas of ten levels a side, decoded and validated`,
    items: DELTAS,
    item: 'delta',
    contenders: [
      { name: 'the port', prepare: throughThePort },
      { name: 'kafkajs, a record each', prepare: kafkajsAlone },
    ],
    expected: DELTAS,
    goals: [{ than: 'kafkajs, a record each', timesFaster: 1 }],
  }),
)

async function throughThePort() {
  const options = { brokers: benchBrokers(), clientId: 'bench', nowUs: () => systemClock.nowUs(), topicPrefix: PREFIX }
  const bus = await createKafkaBus(options)
  const producer = bus.producer({ name: 'bench', runId: 'bench' })
  for (const delta of someDeltas(DELTAS)) producer.send(topics.market, delta.instrument, [delta])
  await producer.flush()
  return async () => {
    const consumer = bus.consumer({ ...GROUP, group: newGroup() })
    let seen = 0
    while (seen < DELTAS) {
      await consumer.arrived()
      for (const record of consumer.take()) {
        const decoded = decodeRecord(record)
        if (decoded.ok) seen += decoded.value.length
      }
      await consumer.commit()
    }
    await consumer.close()
    return seen
  }
}

async function kafkajsAlone() {
  const kafka = bareKafka()
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic: SINGLES, numPartitions: 4 }] })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  const messages = someDeltas(DELTAS).map((delta) => ({ key: delta.instrument, value: JSON.stringify(delta) }))
  for (let start = 0; start < DELTAS; start += 500)
    await producer.send({ topic: SINGLES, messages: messages.slice(start, start + 500) })
  return async () => {
    const consumer = kafka.consumer({ groupId: newGroup(), maxWaitTimeInMs: 100 })
    await consumer.connect()
    await consumer.subscribe({ topics: [SINGLES], fromBeginning: true })
    let seen = 0
    await new Promise<void>((resolve) => {
      void consumer.run({
        autoCommit: false,
        eachBatch: async (payload) => {
          for (const message of payload.batch.messages) {
            if (isEvent(JSON.parse((message.value as Buffer).toString('utf8')))) seen++
          }
          payload.resolveOffset(payload.batch.lastOffset())
          await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets())
          if (seen >= DELTAS) resolve()
        },
      })
    })
    await consumer.disconnect()
    return seen
  }
}
