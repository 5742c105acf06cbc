import { topics, type Topic } from '@triplane/contracts'
import { aKillSwitch, anOrderEvent, aSignal, aTrade } from '@triplane/testing'
import type { Bus, BusRecord, Consumer, Producer } from '../src/index.ts'
import { BusError } from '../src/bus-error.ts'

/** Creates an empty bus on which every topic has `partitions` partitions; compacted ones have one. */
export type CreateBus = (options: { readonly partitions: number }) => Bus | Promise<Bus>

export function sendTrades(producer: Producer, symbol: string, from: number, count: number): void {
  for (let seq = from; seq < from + count; seq++)
    producer.send(topics.market, symbol, [aTrade({ seq, instrument: symbol })])
}

/** Sends `count` records of one event each: the events of an unbatched topic never share a record. */
export function sendOrders(producer: Producer, symbol: string, from: number, count: number): void {
  for (let seq = from; seq < from + count; seq++)
    producer.send(topics.orders, symbol, [anOrderEvent({ seq, instrument: symbol })])
}

/** Takes until `count` records have arrived. */
export async function collect(consumer: Consumer, count: number): Promise<BusRecord[]> {
  const records: BusRecord[] = []
  while (records.length < count) {
    await consumer.arrived()
    records.push(...consumer.take(count - records.length))
  }
  return records
}

const seqs = (records: readonly BusRecord[]) => records.map((record) => record.seq)
export const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
export const data = { name: 'data', runId: 'run-1' }
export const group = (name: string) => ({ group: name, topics: [topics.orders], from: 'earliest' as const })
export const symbols = ['BTC/USDT', 'ETH/USDT', 'SPY', 'TSLA', 'SOL/USDT', 'XRP/USDT']

/** The contract of every implementation of the bus port. No test depends on how long delivery takes. */
export function busContract(name: string, createBus: CreateBus): void {
  describe(`${name} keeps the bus contract`, () => {
    let bus: Bus
    beforeEach(async () => {
      bus = await createBus({ partitions: 4 })
    })
    afterEach(() => bus.close())

    it('delivers a record with its place, its origin and its events', async () => {
      const producer = bus.producer(data)
      const events = [aTrade({ seq: 7 }), aTrade({ seq: 8 })]
      producer.send(topics.market, 'BTC/USDT', events)
      const [record] = await collect(bus.consumer({ ...group('strategy'), topics: [topics.market] }), 1)
      expect(record).toMatchObject({ topic: topics.market, offset: 0, key: 'BTC/USDT', runId: 'run-1' })
      expect(record).toMatchObject({ producer: 'data', seq: 7, tsSentUs: expect.any(Number), events })
    })

    it('keeps the order within a partition and maps a key to one partition', async () => {
      const producer = bus.producer(data)
      for (let seq = 1; seq <= 60; seq++) sendOrders(producer, symbols[seq % symbols.length] as string, seq, 1)
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

    it('knows of each partition whether it has more records behind those taken', async () => {
      const producer = bus.producer(data)
      sendOrders(producer, 'SPY', 1, 3)
      await producer.flush()
      const consumer = bus.consumer({ ...group('strategy'), from: [] })
      const [first] = await collect(consumer, 2)
      const partition = first?.partition as number
      expect(consumer.hasMore(topics.orders, partition)).toBe(true)
      await collect(consumer, 1)
      const more = [0, 1, 2, 3].filter((one) => consumer.hasMore(topics.orders, one))
      expect(more).toEqual([])
      expect(consumer.hasMore(topics.market, partition)).toBe(false)
    })

    it('keeps the order of sends from concurrent tasks', async () => {
      const producer = bus.producer(data)
      let seq = 0
      const task = async () => {
        for (let i = 0; i < 50; i++) {
          sendOrders(producer, 'SPY', ++seq, 1)
          if (i % 10 === 0) await producer.flush()
          else await Promise.resolve()
        }
      }
      await Promise.all([task(), task(), task()])
      await producer.flush()
      expect(seqs(await collect(bus.consumer(group('strategy')), 150))).toEqual(range(1, 150))
    })

    it('delivers every record to every group', async () => {
      const strategy = bus.consumer(group('strategy'))
      const history = bus.consumer(group('history'))
      sendOrders(bus.producer(data), 'SPY', 1, 20)
      expect(seqs(await collect(strategy, 20))).toEqual(range(1, 20))
      expect(seqs(await collect(history, 20))).toEqual(range(1, 20))
    })

    it('starts a new group at the end when it asks for the latest', async () => {
      const producer = bus.producer(data)
      sendOrders(producer, 'SPY', 1, 5)
      await producer.flush()
      const consumer = bus.consumer({ group: 'late', topics: [topics.orders], from: 'latest' })
      let first: BusRecord | undefined
      for (let seq = 100; first === undefined; seq++) {
        sendOrders(producer, 'SPY', seq, 1)
        await producer.flush()
        first = consumer.take()[0]
      }
      expect(first.seq).toBeGreaterThanOrEqual(100)
    })

    it('continues behind the committed records when a consumer is restarted', async () => {
      const producer = bus.producer(data)
      sendOrders(producer, 'SPY', 1, 5)
      const before = bus.consumer(group('strategy'))
      await collect(before, 5)
      await before.commit()
      await before.close()
      sendOrders(producer, 'SPY', 6, 5)
      expect(seqs(await collect(bus.consumer(group('strategy')), 5))).toEqual(range(6, 5))
    })

    it('redelivers records that a member took and did not commit', async () => {
      sendOrders(bus.producer(data), 'SPY', 1, 6)
      const leaver = bus.consumer(group('strategy'))
      await collect(leaver, 2)
      await leaver.commit()
      await collect(leaver, 4)
      await leaver.close()
      expect(seqs(await collect(bus.consumer(group('strategy')), 4))).toEqual(range(3, 4))
    })

    it('shows a repeated batch with the same producer and sequence', async () => {
      const producer = bus.producer(data)
      sendOrders(producer, 'SPY', 41, 1)
      sendOrders(producer, 'SPY', 41, 1)
      const [first, second] = await collect(bus.consumer(group('strategy')), 2)
      expect(second).toMatchObject({ producer: first?.producer, seq: 41 })
      expect(second?.offset).not.toBe(first?.offset)
    })

    it('accepts a burst, and has an empty buffer after a flush', async () => {
      const consumer = bus.consumer(group('strategy'))
      const producer = bus.producer(data)
      sendOrders(producer, 'SPY', 1, 2000)
      await producer.flush()
      expect(producer.buffered).toBe(0)
      expect(producer.stats()).toEqual([{ topic: topics.orders.name, produced: 2000, buffered: 0, errors: 0 }])
      expect(seqs(await collect(consumer, 2000))).toEqual(range(1, 2000))
    })

    it('reports consumed and waiting records', async () => {
      const consumer = bus.consumer(group('strategy'))
      const producer = bus.producer(data)
      sendOrders(producer, 'SPY', 1, 5)
      const [record] = await collect(consumer, 1)
      await consumer.arrived()
      const nowUs = (record?.tsSentUs ?? 0) + 60_000_000
      const [before] = consumer.stats(nowUs)
      expect(before).toMatchObject({ topic: topics.orders.name, consumed: 1, skipped: 0, errors: 0 })
      expect(before?.lagRecords).toBeGreaterThan(0)
      expect(before?.lagSeconds).toBeGreaterThan(0)
      await collect(consumer, 4)
      expect(consumer.stats(nowUs)[0]).toMatchObject({ consumed: 5, lagRecords: 0, lagSeconds: 0 })
    })

    it('delivers the newest record of each key of a compacted topic to a late consumer', async () => {
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

    it('keeps the order of a batched topic, however many sends share a record', async () => {
      const producer = bus.producer(data)
      const consumer = bus.consumer({ ...group('strategy'), topics: [topics.market] })
      sendTrades(producer, 'SPY', 1, 1200)
      const got: number[] = []
      while (got.length < 1200) {
        for (const record of await collect(consumer, 1)) {
          expect(record.events.length).toBeLessThanOrEqual(500)
          expect(record.seq).toBe(record.events[0]?.seq)
          got.push(...record.events.map((event) => event.seq))
        }
      }
      expect(got).toEqual(range(1, 1200))
    })

    it('forwards the trace', async () => {
      const producer = bus.producer(data)
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
      producer.send(topics.orders, 'SPY', [anOrderEvent({ seq: 1 })], traceparent)
      sendOrders(producer, 'SPY', 2, 1)
      const [traced, untraced] = await collect(bus.consumer(group('strategy')), 2)
      expect([traced?.traceparent, untraced?.traceparent]).toEqual([traceparent, undefined])
    })

    it('puts a mark into every partition, behind earlier records and before later ones', async () => {
      const producer = bus.producer(data)
      const batched: readonly Topic[] = [topics.market, topics.signals]
      const send = (seq: number) => {
        for (const symbol of symbols) {
          producer.send(topics.market, symbol, [aTrade({ seq, instrument: symbol })])
          producer.send(topics.signals, symbol, [aSignal({ seq, instrument: symbol })])
        }
      }
      send(1)
      producer.mark(batched, { throughUs: 100, final: false })
      send(2)
      producer.mark(batched, { throughUs: 200, final: true })

      const consumer = bus.consumer({ group: 'strategy', topics: batched, from: 'earliest' })
      const lines = new Map<string, (number | string)[]>()
      const finals = () => [...lines.values()].filter((line) => line.includes('mark 200 true')).length
      while (finals() < 8) {
        for (const record of await collect(consumer, 1)) {
          const place = `${record.topic.name}/${record.partition}`
          if (!lines.has(place)) lines.set(place, [])
          const { watermark } = record
          if (watermark) {
            expect(record).toMatchObject({ key: '', seq: 0, events: [], producer: 'data', runId: 'run-1' })
            lines.get(place)?.push(`mark ${watermark.throughUs} ${watermark.final}`)
          } else lines.get(place)?.push(...record.events.map((event) => event.seq))
        }
      }
      for (const line of lines.values()) {
        const half = line.filter((entry) => entry === 1).length
        const ones = Array.from({ length: half }, () => 1)
        const twos = Array.from({ length: half }, () => 2)
        expect(line).toEqual([...ones, 'mark 100 false', ...twos, 'mark 200 true'])
      }
      expect([...lines.values()].flat().filter((entry) => entry === 1)).toHaveLength(2 * symbols.length)
    })

    it('starts exactly at positions, whatever was committed, and at the oldest record without one', async () => {
      const producer = bus.producer(data)
      for (let seq = 1; seq <= 120; seq++) sendOrders(producer, symbols[seq % symbols.length] as string, seq, 1)
      const before = bus.consumer(group('strategy'))
      const all = await collect(before, 120)
      await before.commit()
      await before.close()
      const perPartition = (records: readonly BusRecord[], partition: number) =>
        records.filter((record) => record.partition === partition).map((record) => record.offset)
      const partitions = [...new Set(all.map((record) => record.partition))].sort()
      const [unnamed, ...named] = partitions as [number, ...number[]]
      const from = named.map((partition, i) => ({ topic: topics.orders.name, partition, offset: i + 3 }))
      const dropped = from.reduce((sum, { offset }) => sum + offset, 0)

      const consumer = bus.consumer({ ...group('strategy'), from })
      const records = await collect(consumer, 120 - dropped)
      expect(perPartition(records, unnamed)).toEqual(perPartition(all, unnamed))
      for (const { partition, offset } of from)
        expect(perPartition(records, partition)).toEqual(perPartition(all, partition).slice(offset))
      sendOrders(producer, 'SPY', 121, 1)
      expect(seqs(await collect(consumer, 1))).toEqual([121])
    })

    it('waits for new records at a position at the end', async () => {
      const producer = bus.producer(data)
      sendOrders(producer, 'SPY', 1, 5)
      await producer.flush()
      const consumer = bus.consumer({ ...group('strategy'), from: await bus.endOf([topics.orders]) })
      sendOrders(producer, 'SPY', 6, 2)
      expect(seqs(await collect(consumer, 2))).toEqual([6, 7])
    })

    it('knows the partitions of a topic and the end of each', async () => {
      expect(bus.partitionsOf(topics.orders)).toBe(4)
      expect(bus.partitionsOf(topics.killSwitch)).toBe(1)
      const producer = bus.producer(data)
      for (let seq = 1; seq <= 60; seq++) sendOrders(producer, symbols[seq % symbols.length] as string, seq, 1)
      await producer.flush()
      const ends = await bus.endOf([topics.orders, topics.killSwitch])
      const records = await collect(bus.consumer(group('strategy')), 60)
      const count = (partition: number) => records.filter((record) => record.partition === partition).length
      expect(ends).toEqual([
        ...range(0, 4).map((partition) => ({ topic: topics.orders.name, partition, offset: count(partition) })),
        { topic: topics.killSwitch.name, partition: 0, offset: 0 },
      ])
      expect(await bus.oldestOf([topics.orders])).toEqual(
        range(0, 4).map((partition) => ({ topic: topics.orders.name, partition, offset: 0 })),
      )
    })

    it('refuses any use after close, and wakes waiting consumers', async () => {
      const producer = bus.producer(data)
      const consumer = bus.consumer(group('strategy'))
      const waiting = consumer.arrived()
      await bus.close()
      await waiting
      expect(consumer.closed).toBe(true)
      expect(() => sendOrders(producer, 'SPY', 1, 1)).toThrow(BusError)
      expect(() => consumer.take()).toThrow(BusError)
      expect(() => bus.producer(data)).toThrow(BusError)
      expect(() => bus.consumer(group('strategy'))).toThrow(BusError)
      await expect(producer.flush()).rejects.toMatchObject({ code: 'closed' })
      await expect(consumer.arrived()).rejects.toMatchObject({ code: 'closed' })
      await expect(consumer.commit()).rejects.toMatchObject({ code: 'closed' })
    })
  })
}
