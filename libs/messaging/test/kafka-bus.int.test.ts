import { randomUUID } from 'node:crypto'
import { systemClock } from '@triplane/kernel'
import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { createKafkaBus } from '../src/index.ts'
import { busContract, data, group, range, sendOrders, symbols, type CreateBus } from './bus-contract.ts'
import { decoded } from './kafka-decoded.ts'

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
})
