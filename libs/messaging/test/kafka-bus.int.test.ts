import { randomUUID } from 'node:crypto'
import { systemClock } from '@triplane/kernel'
import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { createKafkaBus } from '../src/index.ts'
import { busContract } from './bus-contract.ts'
import { decoded } from './kafka-decoded.ts'

jest.setTimeout(120_000)

describeWithDocker(['kafka'], 'on a broker', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  beforeAll(async () => {
    kafka = await startKafka()
  }, 180_000)
  afterAll(() => kafka?.remove())

  busContract('the Kafka bus', async ({ partitions }) => {
    const bus = await createKafkaBus({
      brokers: [kafka.brokers],
      clientId: 'test',
      nowUs: systemClock.nowUs,
      partitions: (topic) => (topic.compacted ? 1 : partitions),
      topicPrefix: `${randomUUID().slice(0, 8)}.`,
    })
    return decoded(bus)
  })
})
