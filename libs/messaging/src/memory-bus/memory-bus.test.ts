import { topics } from '@triplane/contracts'
import { aKillSwitch } from '@triplane/testing'
import { busContract, collect, sendTrades } from '../../test/bus-contract.ts'
import type { BusRecord } from '../bus.ts'
import { createMemoryBus, type MemoryBusOptions } from './memory-bus.ts'

busContract('the memory bus', ({ partitions }) =>
  createMemoryBus({ nowUs: () => 1_000_000, partitions: (topic) => (topic.compacted ? 1 : partitions) }),
)

const seqs = (records: readonly BusRecord[]) => records.map((record) => record.seq)
const data = { name: 'data', runId: 'run-1' }
const strategy = { group: 'strategy', topics: [topics.market], from: 'earliest' as const }

function aBus(options: Partial<MemoryBusOptions> = {}) {
  return createMemoryBus({ nowUs: () => 1_000_000, ...options })
}

describe('memory bus', () => {
  it('delivers synchronously, in send order over all topics of a subscription', () => {
    const bus = aBus()
    const producer = bus.producer(data)
    const consumer = bus.consumer({ ...strategy, topics: [topics.market, topics.killSwitch] })
    sendTrades(producer, 'SPY', 1, 1)
    producer.send(topics.killSwitch, 'account/pnl', [aKillSwitch({ seq: 2, switchType: 'pnl' })])
    sendTrades(producer, 'SPY', 3, 1)
    expect(seqs(consumer.take())).toEqual([1, 2, 3])
  })

  it('delivers the kept records of all its topics to a late consumer in send order', () => {
    const bus = aBus({ partitions: () => 3 })
    const producer = bus.producer(data)
    const symbols = ['BTC/USDT', 'ETH/USDT', 'SPY', 'TSLA']
    for (let seq = 1; seq <= 40; seq++) sendTrades(producer, symbols[seq % 4] as string, seq, 1)
    expect(seqs(bus.consumer(strategy).take())).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  })

  it('has one member of a group at a time, which another may follow', async () => {
    const bus = aBus()
    const member = bus.consumer(strategy)
    expect(() => bus.consumer(strategy)).toThrow(/one member at a time, was strategy/)
    await member.close()
    sendTrades(bus.producer(data), 'SPY', 1, 1)
    expect(seqs(bus.consumer(strategy).take())).toEqual([1])
  })

  it('keeps the uncommitted records of a slow group, whatever the retention', () => {
    const bus = aBus({ retainRecords: 2 })
    const slow = bus.consumer(strategy)
    const quick = bus.consumer({ ...strategy, group: 'quick' })
    const producer = bus.producer(data)
    for (let i = 0; i < 50; i++) {
      sendTrades(producer, 'SPY', i * 10 + 1, 10)
      quick.take()
      void quick.commit()
    }
    expect(slow.take()).toHaveLength(500)
  })

  it('keeps the newest records for a late consumer, and drops older ones', async () => {
    const bus = aBus({ retainRecords: 10 })
    const consumer = bus.consumer(strategy)
    const producer = bus.producer(data)
    for (let seq = 1; seq <= 1000; seq++) {
      sendTrades(producer, 'SPY', seq, 1)
      consumer.take()
      await consumer.commit()
    }
    const late = bus.consumer({ ...strategy, group: 'late' }).take()
    expect(late.length).toBeGreaterThanOrEqual(10)
    expect(late.length).toBeLessThanOrEqual(21)
    expect(late.at(-1)?.seq).toBe(1000)
  })

  it('counts the records missed by a group without members', async () => {
    const bus = aBus({ retainRecords: 10 })
    const producer = bus.producer(data)
    const before = bus.consumer(strategy)
    sendTrades(producer, 'SPY', 1, 1)
    before.take()
    await before.commit()
    await before.close()
    sendTrades(producer, 'SPY', 2, 100)
    const after = bus.consumer(strategy)
    const records = after.take()
    expect(after.stats(0)).toMatchObject([{ skipped: 100 - records.length }])
    expect(records.at(-1)?.seq).toBe(101)
  })

  it('makes senders wait for the slowest group, in order, and never drops', async () => {
    const bus = aBus({ retainRecords: 1, maxUncommittedRecords: 4 })
    const producer = bus.producer(data)
    const consumer = bus.consumer(strategy)
    sendTrades(producer, 'SPY', 1, 10)
    expect(producer.buffered).toBe(6)
    expect(producer.stats()).toEqual([{ topic: topics.market.name, produced: 4, buffered: 6, errors: 0 }])
    const flushed = producer.flush()
    const got: number[] = []
    while (got.length < 10) {
      got.push(...seqs(await collect(consumer, 2)))
      await consumer.commit()
    }
    await flushed
    expect(got).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(producer.buffered).toBe(0)
  })

  it('refuses events from a sender that ignores back-pressure', () => {
    const bus = aBus({ maxUncommittedRecords: 2, maxBufferedRecords: 3 })
    bus.consumer(strategy)
    const producer = bus.producer(data)
    sendTrades(producer, 'SPY', 1, 3)
    expect(producer.isHalfFull).toBe(false)
    sendTrades(producer, 'SPY', 4, 2)
    expect(producer.isHalfFull).toBe(true)
    expect(() => sendTrades(producer, 'SPY', 6, 1)).toThrow(/await flush/)
    expect(producer.stats()).toEqual([{ topic: topics.market.name, produced: 2, buffered: 3, errors: 1 }])
  })

  it('lets a sender continue when the slow consumer leaves', async () => {
    const bus = aBus({ retainRecords: 1, maxUncommittedRecords: 2 })
    const slow = bus.consumer(strategy)
    const producer = bus.producer(data)
    sendTrades(producer, 'SPY', 1, 5)
    const flushed = producer.flush()
    await slow.close()
    await flushed
    expect(producer.buffered).toBe(0)
  })

  it('compacts to the newest record of each key, keeping offsets', async () => {
    const bus = aBus({ retainRecords: 5 })
    const producer = bus.producer(data)
    producer.send(topics.killSwitch, 'account/manual', [aKillSwitch({ seq: 1, switchType: 'manual' })])
    for (let seq = 2; seq <= 500; seq++)
      producer.send(topics.killSwitch, 'account/pnl', [aKillSwitch({ seq, switchType: 'pnl' })])
    const consumer = bus.consumer({ group: 'late', topics: [topics.killSwitch], from: 'earliest' })
    const records = consumer.take()
    expect(records.length).toBeLessThan(10)
    expect(records[0]).toMatchObject({ key: 'account/manual', offset: 0 })
    expect(records.at(-1)).toMatchObject({ key: 'account/pnl', offset: 499 })
    await consumer.commit()
    producer.send(topics.killSwitch, 'account/pnl', [aKillSwitch({ seq: 501, switchType: 'pnl' })])
    expect(seqs(consumer.take())).toEqual([501])
  })

  it('stays correct when a consumer is always slightly behind', () => {
    const bus = aBus()
    const producer = bus.producer(data)
    const consumer = bus.consumer(strategy)
    sendTrades(producer, 'SPY', 1, 10)
    const got: number[] = []
    for (let i = 0; i < 5000; i++) {
      sendTrades(producer, 'SPY', 11 + i, 1)
      got.push(...seqs(consumer.take(1)))
      void consumer.commit()
    }
    got.push(...seqs(consumer.take()))
    expect(got).toEqual(Array.from({ length: 5010 }, (_, i) => i + 1))
  })
})
