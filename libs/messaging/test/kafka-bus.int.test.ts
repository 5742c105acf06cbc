import { randomUUID } from 'node:crypto'
import { topics } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs'
import { createKafkaBus, decodeRecord, readToEnd, type BusRecord, type KafkaBus } from '../src/index.ts'
import { busContract, data, group, range, sendOrders, symbols, type CreateBus } from './bus-contract.ts'
import { decoded } from './kafka-decoded.ts'
import { foreignCodecs, installForeignCodecs } from './storing-codecs.ts'

jest.setTimeout(120_000)

describeWithDocker(['kafka'], 'on a broker', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  beforeAll(async () => {
    kafka = await startKafka()
  }, 180_000)
  afterAll(() => kafka?.remove())

  const createBus: CreateBus = async ({ partitions }) => {
    const bus = await createKafkaBus({
      brokers: [kafka.brokers],
      clientId: 'test',
      nowUs: systemClock.nowUs,
      partitions: (topic) => (topic.compacted ? 1 : partitions),
      topicPrefix: `${randomUUID().slice(0, 8)}.`,
    })
    return decoded(bus)
  }

  busContract('the Kafka bus', createBus)

  it('shares the partitions among the members of a group', async () => {
    const bus = await createBus({ partitions: 4 })
    const producer = bus.producer(data)
    const members = [bus.consumer(group('strategy')), bus.consumer(group('strategy'))]
    let seq = 0
    let owners: Set<number>[]
    // A joining member takes over uncommitted records, so the first rounds may go to both.
    do {
      const missing = new Set(range(seq + 1, symbols.length))
      for (const symbol of symbols) sendOrders(producer, symbol, ++seq, 1)
      owners = [new Set(), new Set()]
      while (missing.size > 0) {
        await Promise.race(members.map((member) => member.arrived()))
        members.forEach((member, i) => {
          for (const record of member.take()) {
            if (missing.delete(record.seq)) owners[i]?.add(record.partition)
          }
        })
      }
      await Promise.all(members.map((member) => member.commit()))
    } while (owners.some((owned) => owned.size === 0))
    const [first, second] = owners as [Set<number>, Set<number>]
    expect([...first].filter((partition) => second.has(partition))).toEqual([])
    await bus.close()
  })

  describe('and a topic that others write to', () => {
    const topic = topics.runs
    const topicPrefix = `${randomUUID().slice(0, 8)}.`
    const name = topicPrefix + topic.name
    let bus: KafkaBus
    let client: Kafka

    beforeAll(async () => {
      installForeignCodecs()
      bus = await createKafkaBus({
        brokers: [kafka.brokers],
        clientId: 'test',
        nowUs: systemClock.nowUs,
        topicPrefix,
      })
      client = new Kafka({
        clientId: 'raw',
        brokers: [kafka.brokers],
        logLevel: logLevel.NOTHING,
        retry: { retries: 30 },
      })
    })
    afterAll(() => bus.close())

    /** Acts with a producer of kafkajs'. */
    async function raw(act: (producer: ReturnType<Kafka['producer']>) => Promise<void>, transactionalId?: string) {
      const producer = client.producer(transactionalId === undefined ? {} : { transactionalId, maxInFlightRequests: 1 })
      await producer.connect()
      await act(producer)
      await producer.disconnect()
    }

    /** Everything on the topic, as it decodes: its key, or the code of what cannot be read. */
    async function all(): Promise<readonly string[]> {
      const found: string[] = []
      const see = (record: BusRecord<Buffer>) => {
        const decoded = decodeRecord(record)
        found.push(record.key || (decoded.ok ? 'nothing' : decoded.error.code))
      }
      await readToEnd(bus, { group: `reader-${Math.random()}`, topics: [topic] }, see)
      return found
    }

    it('goes on behind a batch in a codec that we cannot read, which our topics do not keep', async () => {
      const send = (key: string) =>
        raw(async (producer) => {
          for (const compression of Object.values(foreignCodecs))
            await producer.send({ topic: name, compression, messages: [{ key, value: 'x'.repeat(200_000) }] })
        })
      await send('ours')
      const admin = client.admin()
      await admin.connect()
      const configEntries = [{ name: 'compression.type', value: 'producer' }]
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }],
      })
      await admin.disconnect()
      await send('theirs')
      await raw(
        async (producer) => void (await producer.send({ topic: name, messages: [{ key: 'behind', value: '' }] })),
      )
      expect(await all()).toEqual(['ours', 'ours', 'ours', 'bad_batch', 'bad_batch', 'bad_batch', 'behind'])
    })

    it('reads what is in and behind an open transaction, and ends where one ended', async () => {
      const before = await all()
      await raw(async (producer) => {
        const transaction = await producer.transaction()
        await transaction.send({ topic: name, messages: [{ key: 'open', value: '' }] })
        await raw(async (other) => void (await other.send({ topic: name, messages: [{ key: 'later', value: '' }] })))
        expect((await all()).slice(before.length)).toEqual(['open', 'later'])
        await transaction.abort()
      }, randomUUID())
      expect((await all()).slice(before.length)).toEqual(['open', 'later'])
      const consumer = bus.consumer({ group: 'holes', topics: [topic], from: [] })
      while (consumer.hasMore(topic, 0)) {
        await Promise.race([consumer.arrived(), new Promise((resolve) => setTimeout(resolve, 100))])
        consumer.take()
      }
      expect(consumer.stats(0)).toEqual([expect.objectContaining({ skipped: 0, lagRecords: 0 })])
    })
  })
})
