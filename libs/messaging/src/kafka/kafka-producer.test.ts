import { topics, wire, type Topic } from '@triplane/contracts'
import { aKillSwitch, anOrderEvent, anOrderIntent, aSignal, aTargetPortfolio, aTrade } from '@triplane/testing'
import type { Message, ProducerBatch } from 'kafkajs'
import type { BusError } from '../bus-error.ts'
import type { KafkaClient } from './kafka-client.ts'
import type { KafkaBusOptions } from './kafka-options.ts'
import { KafkaProducer } from './kafka-producer.ts'
import { Sockets } from './sockets.ts'

interface Request {
  readonly batch: ProducerBatch
  readonly answer: () => void
  readonly refuse: (error: Error) => void
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A producer on a client that sends nothing: requests wait until the test answers them. */
function aProducer(changes: Partial<KafkaBusOptions> = {}) {
  const requests: Request[] = []
  const fatal: BusError[] = []
  const client = {
    events: { REQUEST_TIMEOUT: 'producer.network.request_timeout' },
    on: () => undefined,
    connect: async () => undefined,
    disconnect: async () => undefined,
    sendBatch: (batch: ProducerBatch) =>
      new Promise<void>((answer, refuse) => requests.push({ batch, answer, refuse })),
  }
  const sockets = new Sockets()
  const kafka = { producer: () => client }
  const partitionsOf = ({ batched }: Topic) => (batched ? 4 : 1)
  const options = { brokers: [], clientId: 'test', nowUs: () => 1_000_000, ...changes }
  const producer = new KafkaProducer(
    { name: 'data', runId: 'run-1' },
    {
      options: { ...options, onFatal: (error) => void fatal.push(error) },
      topics: { nameOf: (topic) => topic.name, topicOf: () => undefined, partitionsOf },
      connect: () => ({ kafka, sockets, onRequestTimeout: () => undefined }) as unknown as KafkaClient,
      left: () => undefined,
    },
  )
  /** Answers request after request until nothing is buffered. */
  const answerAll = async () => {
    for (let next = 0; producer.buffered > 0; await turn()) {
      if (next < requests.length) requests[next++]?.answer()
    }
  }
  return { producer, requests, fatal, answerAll }
}

const messagesOf = (request: Request | undefined) =>
  (request?.batch.topicMessages ?? []).flatMap(({ topic, messages }) => messages.map((message) => ({ topic, message })))
const seqOf = (message: Message) => Number(message.headers?.['seq'])
const eventsIn = (value: Buffer) => {
  const read = wire.decodeRecord(value)
  if (!read.ok) throw new Error(read.error.detail)
  return read.value
}
const seqsIn = ({ message }: { message: Message }) => eventsIn(message.value as Buffer).map(({ seq }) => seq)
const sendTrades = (producer: KafkaProducer, symbol: string, from: number, count: number) => {
  for (let seq = from; seq < from + count; seq++)
    producer.send(topics.market, symbol, [aTrade({ seq, instrument: symbol })])
}
const rejected = (type: string) => Object.assign(new Error(type), { cause: Object.assign(new Error(type), { type }) })

describe('Kafka producer', () => {
  it('joins the waiting events of one key in one record, at most 500', async () => {
    const { producer, requests } = aProducer()
    sendTrades(producer, 'SPY', 1, 600)
    sendTrades(producer, 'TSLA', 601, 2)
    await turn()
    const records = messagesOf(requests[0])
    expect(records.map(({ message }) => [message.key, seqOf(message), seqsIn({ message }).length])).toEqual([
      ['SPY', 1, 500],
      ['SPY', 501, 100],
      ['TSLA', 601, 2],
    ])
    expect(producer.buffered).toBe(3)
  })

  it('keeps single events single, and events of another trace apart', async () => {
    const { producer, requests } = aProducer()
    for (const seq of [1, 2]) producer.send(topics.orders, 'SPY', [anOrderEvent({ seq })])
    producer.send(topics.market, 'SPY', [aTrade({ seq: 3 })])
    producer.send(topics.market, 'SPY', [aTrade({ seq: 4 })], '00-aa-bb-01')
    producer.send(topics.market, 'SPY', [aTrade({ seq: 5 })], '00-aa-bb-01')
    await turn()
    const records = messagesOf(requests[0])
    expect(records.map(({ message }) => [seqOf(message), message.headers?.['traceparent']])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, '00-aa-bb-01'],
    ])
    expect(eventsIn(records[0]?.message.value as Buffer)).toEqual([anOrderEvent({ seq: 1 })])
  })

  it('has one request under way, and sends later events in the next', async () => {
    const { producer, requests } = aProducer()
    sendTrades(producer, 'SPY', 1, 1)
    await turn()
    sendTrades(producer, 'SPY', 2, 3)
    await turn()
    expect(requests).toHaveLength(1)
    requests[0]?.answer()
    await turn()
    expect(messagesOf(requests[1]).map(seqsIn)).toEqual([[2, 3, 4]])
  })

  it('puts a mark into every partition behind earlier records, and starts new records behind it', async () => {
    const { producer, requests } = aProducer()
    sendTrades(producer, 'SPY', 1, 2)
    producer.send(topics.signals, 'SPY', [aSignal({ seq: 3 })])
    producer.mark([topics.market], { throughUs: 7, final: true })
    sendTrades(producer, 'SPY', 4, 1)
    producer.send(topics.signals, 'SPY', [aSignal({ seq: 5 })])
    await turn()
    const trades = messagesOf(requests[0]).filter(({ topic }) => topic === topics.market.name)
    expect(trades.map(({ message }) => message.headers?.['wm'] ?? seqsIn({ message }).join())).toEqual([
      '1,2',
      ...['7', '7', '7', '7'],
      '4',
    ])
    const marks = trades.filter(({ message }) => message.headers?.['wm'])
    expect(marks.map(({ message }) => message.partition)).toEqual([0, 1, 2, 3])
    expect(marks[0]?.message).toMatchObject({ key: '', headers: { seq: '0', final: '1' } })
    const quotes = messagesOf(requests[0]).filter(({ topic }) => topic === topics.signals.name)
    expect(quotes.map(seqsIn)).toEqual([[3, 5]])
  })

  it('repeats a rejected request, byte for byte, before anything else', async () => {
    const { producer, requests, answerAll } = aProducer()
    sendTrades(producer, 'SPY', 1, 2)
    await turn()
    sendTrades(producer, 'SPY', 3, 1)
    const flushed = producer.flush()
    requests[0]?.refuse(rejected('NOT_ENOUGH_REPLICAS'))
    while (requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(requests[1]?.batch.topicMessages).toBe(requests[0]?.batch.topicMessages)
    expect(producer.stats()).toMatchObject([{ topic: topics.market.name, produced: 0, buffered: 2, errors: 1 }])
    await answerAll()
    await flushed
    expect(producer.stats()).toEqual([{ topic: topics.market.name, produced: 2, buffered: 0, errors: 1 }])
  })

  it.each(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'INVALID_PRODUCER_EPOCH'])('stops sending after %s', async (type) => {
    const { producer, requests, fatal } = aProducer()
    sendTrades(producer, 'SPY', 1, 1)
    await turn()
    sendTrades(producer, 'SPY', 2, 1)
    const flushed = producer.flush()
    requests[0]?.refuse(rejected(type))
    await expect(flushed).rejects.toMatchObject({ code: 'out_of_order', retryable: false })
    expect(fatal).toMatchObject([{ code: 'out_of_order' }])
    expect(() => sendTrades(producer, 'SPY', 3, 1)).toThrow(fatal[0])
    await expect(producer.flush()).rejects.toBe(fatal[0])
    expect(requests).toHaveLength(1)
  })

  it('resolves a flush when everything accepted before it is in the log, whatever came after', async () => {
    const { producer, requests } = aProducer()
    sendTrades(producer, 'SPY', 1, 1)
    const flushed = producer.flush()
    await turn()
    sendTrades(producer, 'SPY', 2, 1)
    requests[0]?.answer()
    await flushed
    expect(producer.buffered).toBe(1)
  })

  it('sends what is urgent first, and resolves a flush when what left behind it is in the log too', async () => {
    const { producer, requests } = aProducer()
    producer.send(topics.targets, 'a', [aTargetPortfolio({ seq: 1 })])
    producer.send(topics.intents, 'a', [anOrderIntent({ seq: 2 })])
    let isFlushed = false
    const flushed = producer.flush().then(() => (isFlushed = true))
    await turn()
    producer.send(topics.intents, 'a', [anOrderIntent({ seq: 3 })])
    expect(requests.map((request) => messagesOf(request).map(seqsIn))).toEqual([[[2]]])
    requests[0]?.answer()
    await turn()
    expect(requests.map((request) => messagesOf(request).map(seqsIn))).toEqual([[[2]], [[1], [3]]])
    expect(isFlushed).toBe(false)
    requests[1]?.answer()
    await flushed
    expect(producer.buffered).toBe(0)
  })

  describe('under load, when many events have come while a request was under way', () => {
    /** The first request is answered, and 100 events wait. */
    async function loaded() {
      const given = aProducer()
      sendTrades(given.producer, 'SPY', 1, 1)
      await turn()
      sendTrades(given.producer, 'SPY', 2, 100)
      given.requests[0]?.answer()
      await turn()
      expect(given.requests).toHaveLength(1)
      return given
    }
    const eventsOf = (request: Request | undefined) => messagesOf(request).flatMap(seqsIn).length

    it('waits for more, until there are enough', async () => {
      const { producer, requests } = await loaded()
      sendTrades(producer, 'SPY', 102, 3900)
      await turn()
      expect(eventsOf(requests[1])).toBe(4000)
    })

    it('waits a few milliseconds only', async () => {
      const { requests } = await loaded()
      while (requests.length < 2) await turn()
      expect(eventsOf(requests[1])).toBe(100)
    })

    it('does not have what is urgent wait, nor a flush', async () => {
      const urgent = await loaded()
      urgent.producer.send(topics.intents, 'SPY', [anOrderIntent({ seq: 102 })])
      await turn()
      expect(messagesOf(urgent.requests[1]).map(({ topic }) => topic)).toEqual([topics.intents.name])
      const flushed = await loaded()
      void flushed.producer.flush()
      await turn()
      expect(eventsOf(flushed.requests[1])).toBe(100)
    })
  })

  it('refuses events from a sender that ignores back-pressure, by number and by bytes', async () => {
    const few = aProducer({ maxBufferedEvents: 3 })
    await turn()
    expect(() => sendTrades(few.producer, 'SPY', 1, 4)).toThrow(expect.objectContaining({ code: 'buffer_full' }))
    expect(few.producer.stats()).toMatchObject([{ buffered: 1, errors: 1 }])
    const small = aProducer({ maxBufferedBytes: 300 })
    await turn()
    expect(() => sendTrades(small.producer, 'SPY', 1, 9)).toThrow(expect.objectContaining({ code: 'buffer_full' }))
  })

  it('is half full at half of either limit, and no more when that is in the log', async () => {
    const few = aProducer({ maxBufferedEvents: 7 })
    sendTrades(few.producer, 'SPY', 1, 3)
    expect(few.producer.isHalfFull).toBe(false)
    sendTrades(few.producer, 'SPY', 4, 1)
    expect(few.producer.isHalfFull).toBe(true)
    await turn()
    await few.answerAll()
    expect(few.producer.isHalfFull).toBe(false)
    const small = aProducer({ maxBufferedBytes: 900 })
    sendTrades(small.producer, 'SPY', 1, 1)
    expect(small.producer.isHalfFull).toBe(false)
    sendTrades(small.producer, 'SPY', 2, 5)
    expect(small.producer.isHalfFull).toBe(true)
  })

  it('refuses an event too large for a record, and goes on', async () => {
    const { producer, requests } = aProducer()
    const why = 'x'.repeat(1_000_000)
    expect(() => producer.send(topics.killSwitch, 'a/pnl', [aKillSwitch({ why })])).toThrow(
      expect.objectContaining({ code: 'too_large', retryable: false }),
    )
    sendTrades(producer, 'SPY', 1, 1)
    await turn()
    expect(messagesOf(requests[0]).map(seqsIn)).toEqual([[1]])
  })

  it("keeps requests below the broker's limit", async () => {
    const { producer, requests, answerAll } = aProducer()
    const why = 'x'.repeat(300_000)
    for (let seq = 1; seq <= 10; seq++) producer.send(topics.killSwitch, 'a/pnl', [aKillSwitch({ seq, why })])
    await turn()
    await answerAll()
    const sizes = requests.map((request) => messagesOf(request).length)
    expect(sizes).toEqual([3, 3, 3, 1])
  })

  it('closes in time although records are left unsent, and rejects pending flushes', async () => {
    const { producer } = aProducer({ closeTimeoutMs: 20 })
    sendTrades(producer, 'SPY', 1, 1)
    const flushed = expect(producer.flush()).rejects.toMatchObject({ code: 'closed' })
    await producer.close()
    await flushed
    expect(() => sendTrades(producer, 'SPY', 2, 1)).toThrow(expect.objectContaining({ code: 'closed' }))
  })
})
