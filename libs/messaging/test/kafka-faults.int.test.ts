import { randomUUID } from 'node:crypto'
import { topics } from '@triplane/contracts'
import { isFault, systemClock } from '@triplane/kernel'
import { aTrade } from '@triplane/testing'
import { describeWithDocker, freePort, startKafka } from '@triplane/testing/containers'
import { Kafka, logLevel } from 'kafkajs'
import {
  createKafkaBus,
  decodeRecord,
  type BusRecord,
  type Consumer,
  type KafkaBus,
  type KafkaBusOptions,
  type Producer,
} from '../src/index.ts'
import { BusError } from '../src/bus-error.ts'
import { collect, sendOrders } from './bus-contract.ts'
import { decodedConsumer, eventsOf } from './kafka-decoded.ts'
import { startProxy, type TcpProxy } from './tcp-proxy.ts'

jest.setTimeout(180_000)

// Every test creates its own bus on the one broker: names differ by a prefix.

const symbols = ['BTC/USDT', 'ETH/USDT', 'SPY', 'TSLA', 'SOL/USDT', 'XRP/USDT']
const data = { name: 'data', runId: 'run-1' }
const strategy = { group: 'strategy', topics: [topics.orders], from: 'earliest' as const }
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
const DEADLINE_MS = 100_000
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `isTrue`; rejects after a while, so that no loop outlives its test. */
async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`Expected ${String(isTrue)}, was not so in time`)
    await pause(20)
  }
}

/** Commits; a commit lost to a broken connection is left to the next one, as at every edge. */
async function commit(consumer: Consumer<Buffer>): Promise<boolean> {
  try {
    await consumer.commit()
    return true
  } catch (fault) {
    if (isFault(fault) && fault.retryable) return false
    throw fault
  }
}

/** The records of a consumer, in arrival order. */
class Received {
  readonly records: BusRecord<Buffer>[] = []

  add(records: readonly BusRecord<Buffer>[]): void {
    this.records.push(...records)
  }

  seqs(): number[] {
    return this.records.flatMap((record) => eventsOf(record).map((event) => event.seq))
  }

  /** Sequences that are missing, repeated, or behind a later one of their partition. */
  faults(lastSeq: number) {
    const seen = new Set<number>()
    const doubled: number[] = []
    const disordered: number[] = []
    const newest = new Map<string, number>()
    for (const record of this.records) {
      const place = `${record.topic.name}/${record.partition}/${record.key}`
      for (const { seq } of eventsOf(record)) {
        if (seen.has(seq)) doubled.push(seq)
        seen.add(seq)
        if (seq < (newest.get(place) ?? 0)) disordered.push(seq)
        newest.set(place, seq)
      }
    }
    return { lost: range(1, lastSeq).filter((seq) => !seen.has(seq)), doubled, disordered }
  }
}

const none = { lost: [], doubled: [], disordered: [] }

/** Takes and commits until `isDone`. */
async function receive(consumer: Consumer<Buffer>, received: Received, isDone: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while (!isDone() && performance.now() < deadline) {
    await Promise.race([consumer.arrived(), pause(50)])
    received.add(consumer.take())
    await commit(consumer)
  }
}

const timers = new Set<NodeJS.Timeout>()

/** Sends a record each on the six symbols, every few milliseconds, until stopped or the test has ended. */
function startSending(producer: Producer) {
  let seq = 0
  const timer = setInterval(() => {
    for (const symbol of symbols) sendOrders(producer, symbol, ++seq, 1)
  }, 5)
  timers.add(timer)
  return {
    get seq() {
      return seq
    },
    async stop() {
      clearInterval(timer)
      await producer.flush()
      return seq
    },
  }
}

describeWithDocker(['kafka'], 'Kafka behind a bad network', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let proxy: TcpProxy
  let bus: KafkaBus
  const buses: KafkaBus[] = []

  async function connect(options: Partial<KafkaBusOptions> = {}): Promise<KafkaBus> {
    const made = await createKafkaBus({
      brokers: [`127.0.0.1:${proxy.port}`],
      clientId: 'test',
      nowUs: systemClock.nowUs,
      requestTimeoutMs: 2000,
      closeTimeoutMs: 2000,
      partitions: ({ compacted }) => (compacted ? 1 : 4),
      topicPrefix: `${randomUUID().slice(0, 8)}.`,
      ...(process.env['TRIPLANE_TEST_LOG'] && {
        onLog: (level, message, context) =>
          process.stderr.write(
            `${(performance.now() / 1000).toFixed(2)} ${level} ${message} ${JSON.stringify(context)}\n`,
          ),
      }),
      ...options,
    })
    buses.push(made)
    return made
  }

  beforeAll(async () => {
    const advertisedPort = await freePort()
    proxy = await startProxy(advertisedPort, () => kafka.port)
    kafka = await startKafka({ advertisedPort })
  }, 180_000)
  beforeEach(async () => {
    bus = await connect()
  })
  afterEach(async () => {
    timers.forEach(clearInterval)
    await Promise.all(buses.splice(0).map((made) => made.close()))
  })
  afterAll(async () => {
    await kafka?.remove()
    await proxy?.close()
  })

  it('neither loses nor doubles a record when the broker is killed and restarted', async () => {
    const producer = bus.producer(data)
    const received = new Received()
    const sending = startSending(producer)
    let lastSeq = Infinity
    const receiving = receive(bus.consumer(strategy), received, () => received.records.length >= lastSeq)
    await until(() => received.records.length >= 500)

    kafka.kill()
    const takenBefore = received.records.length
    const buffered = producer.buffered
    await pause(1000)
    expect(producer.buffered).toBeGreaterThan(buffered)
    expect(received.records.length).toBeLessThan(takenBefore + 500)
    kafka.start()
    await until(() => received.records.length >= takenBefore + 2000)
    lastSeq = await sending.stop()
    await receiving
    expect(received.faults(lastSeq)).toEqual(none)
    await bus.ping()
  }, 120_000)

  it('logs a burst of concurrent sends once when the connection is cut after the write', async () => {
    const producer = bus.producer(data)
    sendOrders(producer, 'SPY', 1, 1)
    await producer.flush()
    let seq = 1
    const task = async () => {
      for (let i = 0; i < 100; i++) {
        for (const symbol of symbols) sendOrders(producer, symbol, ++seq, 1)
        if (i === 20) proxy.cutAfterProduce(2)
        if (i % 10 === 0) await producer.flush()
        else await pause(0)
      }
    }
    await Promise.all([task(), task(), task(), task(), task()])
    await producer.flush()
    expect(proxy.cuts).toBeGreaterThanOrEqual(2)

    const received = new Received()
    await receive(bus.consumer(strategy), received, () => received.records.length >= seq)
    expect(received.faults(seq)).toEqual(none)
    expect((await bus.endOf([topics.orders])).reduce((sum, { offset }) => sum + offset, 0)).toBe(seq)
  })

  it.each([
    ['that has just vanished', () => proxy.vanish()],
    ['that has vanished in the middle of an answer', () => proxy.vanishMidAnswer()],
  ])('drops a connection %s, and neither loses nor doubles a record', async (_what, vanish) => {
    const producer = bus.producer(data)
    const received = new Received()
    const sending = startSending(producer)
    let lastSeq = Infinity
    const receiving = receive(bus.consumer(strategy), received, () => received.records.length >= lastSeq)
    await until(() => received.records.length >= 500)

    vanish()
    await until(() => bus.reconnects >= 2)
    expect(proxy.lost).toBeGreaterThan(0)
    const takenBefore = received.records.length
    await until(() => received.records.length >= takenBefore + 1000)
    lastSeq = await sending.stop()
    await receiving
    expect(received.faults(lastSeq)).toEqual(none)
  })

  it('reports when the broker stops answering, and when it answers again', async () => {
    await bus.ping()
    proxy.vanish()
    // A sign of life within the last second counts as an answer.
    await pause(1500)
    await expect(bus.ping()).rejects.toMatchObject({ code: 'unreachable', retryable: true })
    while (
      await bus.ping().then(
        () => false,
        () => true,
      )
    );
    expect(bus.reconnects).toBeGreaterThan(0)
  })

  it('hands partitions over when a member joins and leaves, and repeats no committed record', async () => {
    const producer = bus.producer(data)
    const sending = startSending(producer)
    const committed = new Set<number>()
    const afterCommit: number[] = []
    const all = new Received()
    const shares = new Map<string, number>()
    let isOver = false
    const work = async (name: string, member: Consumer<Buffer>, isDone: () => boolean) => {
      const pending: number[] = []
      while (!isDone()) {
        await Promise.race([member.arrived(), pause(50)])
        const records = member.take()
        for (const { seq } of records) if (committed.has(seq)) afterCommit.push(seq)
        all.add(records)
        shares.set(name, (shares.get(name) ?? 0) + records.length)
        pending.push(...records.map(({ seq }) => seq))
        if (await commit(member)) for (const seq of pending.splice(0)) committed.add(seq)
      }
    }
    const stays = work('stayer', bus.consumer(strategy), () => isOver)
    await until(() => all.records.length >= 300)
    const joiner = bus.consumer(strategy)
    const joined = work('joiner', joiner, () => (shares.get('joiner') ?? 0) >= 300)
    await joined
    await joiner.close()
    const before = shares.get('stayer') as number
    await until(() => (shares.get('stayer') as number) >= before + 600)
    const lastSeq = await sending.stop()
    await until(() => committed.size >= lastSeq)
    isOver = true
    await stays

    const { lost, doubled } = all.faults(lastSeq)
    expect({ lost, afterCommit }).toEqual({ lost: [], afterCommit: [] })
    // Records taken but not committed at that moment may also go to the other member: at most those of one take.
    expect(doubled.length).toBeLessThan(200)
  })

  it('shows records that a restarted process repeats with the same producer and sequence', async () => {
    const topicPrefix = 'restart.'
    const first = await connect({ topicPrefix })
    sendOrders(first.producer(data), 'SPY', 1, 5)
    await first.close()
    const second = await connect({ topicPrefix })
    sendOrders(second.producer(data), 'SPY', 1, 8)
    const records = await collect(decodedConsumer(second.consumer(strategy)), 13)
    expect(records.map(({ seq }) => seq)).toEqual([...range(1, 5), ...range(1, 8)])
    let newest = 0
    const once = records.filter(({ seq }) => seq > newest && ((newest = seq), true))
    expect(once.map(({ seq }) => seq)).toEqual(range(1, 8))
  })

  it('continues without a hole when a consumer cannot keep up', async () => {
    const slow = await connect({ maxInboxRecords: 50 })
    const producer = slow.producer(data)
    const consumer = slow.consumer(strategy)
    for (let seq = 1; seq <= 3000; seq++) sendOrders(producer, symbols[seq % 6] as string, seq, 1)
    await producer.flush()
    await consumer.arrived()
    await pause(500)
    const [stats] = consumer.stats(systemClock.nowUs())
    expect(stats?.lagRecords).toBeGreaterThan(50)
    expect(stats?.lagSeconds).toBeGreaterThan(0.3)
    const received = new Received()
    await receive(consumer, received, () => received.records.length >= 3000)
    expect(received.faults(3000)).toEqual(none)
    expect(consumer.stats(systemClock.nowUs())[0]).toMatchObject({ consumed: 3000, lagRecords: 0 })
  })

  it('forwards foreign bytes as records that do not decode, and goes on', async () => {
    const topicPrefix = 'foreign.'
    const poisoned = await connect({ topicPrefix })
    const raw = new Kafka({ brokers: [`127.0.0.1:${proxy.port}`], logLevel: logLevel.NOTHING }).producer()
    await raw.connect()
    const headers = { run: 'run-1', producer: 'data', seq: '1', ts: '1' }
    const trade = JSON.stringify([aTrade()])
    const messages = [
      { key: 'SPY', value: trade },
      { key: 'SPY', value: trade, headers: { ...headers, seq: '-1' } },
      { key: 'SPY', value: trade, headers: { ...headers, seq: ['1', '2'] } },
      { key: 'SPY', value: trade, headers: { ...headers, wm: 'soon' } },
      { key: 'SPY', value: Buffer.from([0xff, 0x00, 0xfe]), headers },
      { key: null, value: null, headers },
      { key: 'SPY', value: '[]', headers },
      { key: 'SPY', value: '{"type":"trade"}', headers },
      { key: 'SPY', value: JSON.stringify({ ...aTrade(), type: 'nonsense' }), headers },
      { key: 'SPY', value: trade, headers },
    ]
    await raw.send({
      topic: `${topicPrefix}${topics.orders.name}`,
      messages: messages.map((m) => ({ ...m, partition: 0 })),
    })
    await raw.disconnect()
    const received = new Received()
    await receive(poisoned.consumer(strategy), received, () => received.records.length >= messages.length)
    const codes = received.records.map((record) => {
      const decoded = decodeRecord(record)
      return decoded.ok ? 'ok' : decoded.error.code
    })
    const bad = ['bad_header', 'bad_header', 'bad_header', 'bad_header']
    const noEvent = ['not_an_event', 'not_an_event', 'not_an_event']
    expect(codes).toEqual([...bad, 'not_json', 'not_json', ...noEvent, 'wrong_topic'])
  })

  it('refuses a compacted topic that would lose records, and a position behind the end', async () => {
    const topicPrefix = 'forgetful.'
    const admin = new Kafka({ brokers: [`127.0.0.1:${proxy.port}`], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic: topicPrefix + topics.runs.name }] })
    await admin.disconnect()
    await expect(connect({ topicPrefix })).rejects.toMatchObject({ code: 'wrong_topic_settings' })

    const from = [{ topic: topics.orders.name, partition: 1, offset: 7 }]
    const consumer = bus.consumer({ ...strategy, from })
    await expect(consumer.arrived()).rejects.toMatchObject({ code: 'position_lost', retryable: false })
    expect(() => consumer.take()).toThrow(BusError)
  })

  it('gives up when no broker answers in time', async () => {
    const brokers = [`127.0.0.1:${await freePort()}`]
    await expect(connect({ brokers, connectTimeoutMs: 300 })).rejects.toMatchObject({ code: 'unreachable' })
  })
})
