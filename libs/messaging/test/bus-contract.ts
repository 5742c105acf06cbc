import { topics } from '@triplane/contracts'
import { aKillSwitch, aTrade } from '@triplane/testing'
import { BusError, type Bus, type BusRecord, type Consumer, type Producer } from '../src/index.ts'

/** Makes an empty bus on which every topic has `partitions` partitions, compacted ones have one. */
export type CreateBus = (options: { readonly partitions: number }) => Bus | Promise<Bus>

export function sendTrades(producer: Producer, symbol: string, from: number, count: number): void {
  for (let seq = from; seq < from + count; seq++) producer.send(topics.trades, symbol, [aTrade({ seq, symbol })])
}

/** Takes until `count` records have come. */
export async function collect(consumer: Consumer, count: number): Promise<BusRecord[]> {
  const records: BusRecord[] = []
  while (records.length < count) {
    await consumer.arrived()
    records.push(...consumer.take(count - records.length))
  }
  return records
}

const seqs = (records: readonly BusRecord[]) => records.map((record) => record.seq)
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
const data = { name: 'data', runId: 'run-1' }
const group = (name: string) => ({ group: name, topics: [topics.trades], from: 'earliest' as const })

/** What every implementation of the bus port does. Nothing here depends on how long delivery takes. */
export function busContract(name: string, createBus: CreateBus): void {
  describe(`${name} keeps the bus contract`, () => {
    let bus: Bus
    beforeEach(async () => {
      bus = await createBus({ partitions: 4 })
    })
    afterEach(() => bus.close())

    it('delivers what was sent, with its place, its origin and its events', async () => {
      const producer = bus.producer(data)
      const events = [aTrade({ seq: 7 }), aTrade({ seq: 8 })]
      producer.send(topics.trades, 'BTC/USDT', events)
      const [record] = await collect(bus.consumer(group('strategy')), 1)
      expect(record).toMatchObject({ topic: topics.trades, offset: 0, key: 'BTC/USDT', runId: 'run-1' })
      expect(record).toMatchObject({ producer: 'data', seq: 7, tsSentUs: expect.any(Number), events })
    })

    it('keeps the order within a partition and gives a key one partition', async () => {
      const producer = bus.producer(data)
      const symbols = ['BTC/USDT', 'ETH/USDT', 'SPY', 'TSLA', 'SOL/USDT', 'XRP/USDT']
      for (let seq = 1; seq <= 60; seq++) sendTrades(producer, symbols[seq % symbols.length] as string, seq, 1)
      const records = await collect(bus.consumer(group('strategy')), 60)
      const partitionOfKey = new Map<string, number>()
      const lastOf = new Map<number, BusRecord>()
      for (const record of records) {
        expect(partitionOfKey.get(record.key) ?? record.partition).toBe(record.partition)
        partitionOfKey.set(record.key, record.partition)
        const last = lastOf.get(record.partition)
        if (last) expect([record.offset > last.offset, record.seq > last.seq]).toEqual([true, true])
        lastOf.set(record.partition, record)
      }
      expect(lastOf.size).toBeGreaterThan(1)
    })

    it('keeps the order of sends from concurrent tasks', async () => {
      const producer = bus.producer(data)
      let seq = 0
      const task = async () => {
        for (let i = 0; i < 50; i++) {
          sendTrades(producer, 'SPY', ++seq, 1)
          if (i % 10 === 0) await producer.flush()
          else await Promise.resolve()
        }
      }
      await Promise.all([task(), task(), task()])
      await producer.flush()
      expect(seqs(await collect(bus.consumer(group('strategy')), 150))).toEqual(range(1, 150))
    })

    it('gives every group everything', async () => {
      const strategy = bus.consumer(group('strategy'))
      const history = bus.consumer(group('history'))
      sendTrades(bus.producer(data), 'SPY', 1, 20)
      expect(seqs(await collect(strategy, 20))).toEqual(range(1, 20))
      expect(seqs(await collect(history, 20))).toEqual(range(1, 20))
    })

    it('shares the partitions among the members of a group', async () => {
      const producer = bus.producer(data)
      const members = [bus.consumer(group('strategy')), bus.consumer(group('strategy'))]
      const taken: BusRecord[][] = [[], []]
      let seq = 0
      while (taken.some((records) => records.length === 0)) {
        for (const symbol of ['BTC/USDT', 'ETH/USDT', 'SPY', 'TSLA', 'SOL/USDT']) sendTrades(producer, symbol, ++seq, 1)
        await producer.flush()
        members.forEach((member, i) => taken[i]?.push(...member.take()))
      }
      const missing = new Set(range(1, seq))
      while (missing.size > 0) {
        for (const record of taken.flat()) missing.delete(record.seq)
        if (missing.size === 0) break
        await Promise.race(members.map((member) => member.arrived()))
        members.forEach((member, i) => taken[i]?.push(...member.take()))
      }
      const newest = taken.map((records) => new Set(records.slice(-5).map((record) => record.partition)))
      expect([...(newest[0] as Set<number>)].filter((partition) => newest[1]?.has(partition))).toEqual([])
    })

    it('starts a new group at the end when it wants the latest', async () => {
      const producer = bus.producer(data)
      sendTrades(producer, 'SPY', 1, 5)
      await producer.flush()
      const consumer = bus.consumer({ group: 'late', topics: [topics.trades], from: 'latest' })
      let first: BusRecord | undefined
      for (let seq = 100; first === undefined; seq++) {
        sendTrades(producer, 'SPY', seq, 1)
        await producer.flush()
        first = consumer.take()[0]
      }
      expect(first.seq).toBeGreaterThanOrEqual(100)
    })

    it('goes on behind what was committed when a consumer is restarted', async () => {
      const producer = bus.producer(data)
      sendTrades(producer, 'SPY', 1, 5)
      const before = bus.consumer(group('strategy'))
      await collect(before, 5)
      await before.commit()
      await before.close()
      sendTrades(producer, 'SPY', 6, 5)
      expect(seqs(await collect(bus.consumer(group('strategy')), 5))).toEqual(range(6, 5))
    })

    it('delivers again what a member took and did not commit', async () => {
      sendTrades(bus.producer(data), 'SPY', 1, 6)
      const leaver = bus.consumer(group('strategy'))
      await collect(leaver, 2)
      await leaver.commit()
      await collect(leaver, 4)
      await leaver.close()
      expect(seqs(await collect(bus.consumer(group('strategy')), 4))).toEqual(range(3, 4))
    })

    it('shows a batch that is sent twice as the same producer and sequence', async () => {
      const producer = bus.producer(data)
      sendTrades(producer, 'SPY', 41, 1)
      sendTrades(producer, 'SPY', 41, 1)
      const [first, second] = await collect(bus.consumer(group('strategy')), 2)
      expect(second).toMatchObject({ producer: first?.producer, seq: 41 })
      expect(second?.offset).not.toBe(first?.offset)
    })

    it('takes a burst, and has nothing buffered after a flush', async () => {
      const consumer = bus.consumer(group('strategy'))
      const producer = bus.producer(data)
      sendTrades(producer, 'SPY', 1, 2000)
      await producer.flush()
      expect(producer.buffered).toBe(0)
      expect(producer.stats()).toEqual([{ topic: topics.trades.name, produced: 2000, buffered: 0, errors: 0 }])
      expect(seqs(await collect(consumer, 2000))).toEqual(range(1, 2000))
    })

    it('hands over nothing while paused, and everything after', async () => {
      const consumer = bus.consumer(group('strategy'))
      const producer = bus.producer(data)
      sendTrades(producer, 'SPY', 1, 1)
      await collect(consumer, 1)
      consumer.pause()
      sendTrades(producer, 'SPY', 2, 3)
      await producer.flush()
      expect(consumer.take()).toEqual([])
      consumer.resume()
      expect(seqs(await collect(consumer, 3))).toEqual([2, 3, 4])
    })

    it('tells what was consumed and what waits', async () => {
      const consumer = bus.consumer(group('strategy'))
      const producer = bus.producer(data)
      sendTrades(producer, 'SPY', 1, 5)
      const [record] = await collect(consumer, 1)
      await consumer.arrived()
      const nowUs = (record?.tsSentUs ?? 0) + 60_000_000
      const [before] = consumer.stats(nowUs)
      expect(before).toMatchObject({ topic: topics.trades.name, consumed: 1, skipped: 0, errors: 0 })
      expect(before?.lagRecords).toBeGreaterThan(0)
      expect(before?.lagSeconds).toBeGreaterThan(0)
      await collect(consumer, 4)
      expect(consumer.stats(nowUs)[0]).toMatchObject({ consumed: 5, lagRecords: 0, lagSeconds: 0 })
    })

    it('gives who comes late the newest record of each key of a compacted topic', async () => {
      const producer = bus.producer({ name: 'strategy', runId: 'run-1' })
      const switches = ['pnl', 'drawdown', 'manual'] as const
      for (let seq = 1; seq <= 300; seq++) {
        const switchType = switches[seq < 4 ? seq - 1 : 0] ?? 'pnl'
        producer.send(topics.killSwitch, `account/${switchType}`, [aKillSwitch({ seq, switchType })])
      }
      await producer.flush()
      const consumer = bus.consumer({ group: 'late', topics: [topics.killSwitch], from: 'earliest' })
      const newest = new Map<string, number>()
      while (newest.get('account/pnl') !== 300) {
        for (const record of await collect(consumer, 1)) newest.set(record.key, record.seq)
      }
      expect(Object.fromEntries(newest)).toEqual({ 'account/pnl': 300, 'account/drawdown': 2, 'account/manual': 3 })
    })

    it('refuses any use after close, and wakes who waits', async () => {
      const producer = bus.producer(data)
      const consumer = bus.consumer(group('strategy'))
      const waiting = consumer.arrived()
      await bus.close()
      await waiting
      expect(consumer.closed).toBe(true)
      expect(() => sendTrades(producer, 'SPY', 1, 1)).toThrow(BusError)
      expect(() => consumer.take()).toThrow(BusError)
      expect(() => bus.producer(data)).toThrow(BusError)
      expect(() => bus.consumer(group('strategy'))).toThrow(BusError)
      await expect(producer.flush()).rejects.toMatchObject({ code: 'closed' })
      await expect(consumer.arrived()).rejects.toMatchObject({ code: 'closed' })
      await expect(consumer.commit()).rejects.toMatchObject({ code: 'closed' })
    })
  })
}
