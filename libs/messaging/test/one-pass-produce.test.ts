import { CompressionTypes, Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs'
import { FrameWriter } from '../src/kafka/frame-writer.ts'
import { patchProduce } from '../src/kafka/one-pass-produce.ts'
import { isSequenceLost } from '../src/kafka/sequence-lost.ts'
import { startFakeBroker, type FakeBroker } from './fake-broker.ts'

const TOPIC = 'market.events.v2'
const NOT_ENOUGH_REPLICAS = 19
const OUT_OF_ORDER_SEQUENCE_NUMBER = 45

const message = (seq: number, bytes = 100): Message => ({
  key: 'SPY',
  value: Buffer.alloc(bytes, seq),
  partition: 0,
  timestamp: String(1_723_127_400_000 + seq),
  headers: { run: 'run-1', producer: 'data', seq: String(seq) },
})
const requests = [[message(1)], [message(2), message(3, 40_000)], [message(4)]]

/** What a frame says behind its correlation id. */
const bodyOf = (frame: Buffer | undefined) => frame?.subarray(12).toString('hex')

describe('kafkajs, with its requests to produce written in one pass', () => {
  let broker: FakeBroker
  /** What kafkajs sends by itself. */
  let ofKafkajs: readonly Buffer[]
  let written: jest.SpyInstance
  const producers: Producer[] = []

  async function aProducer(idempotent = true): Promise<Producer> {
    const kafka = new Kafka({
      brokers: [broker.address],
      clientId: 'test',
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 1, retries: Number.MAX_SAFE_INTEGER },
    })
    const inFlight = idempotent ? { maxInFlightRequests: 1 } : {}
    const producer = kafka.producer({ idempotent, ...inFlight, createPartitioner: Partitioners.DefaultPartitioner })
    producers.push(producer)
    await producer.connect()
    return producer
  }
  const send = (producer: Producer, messages: Message[], compression = CompressionTypes.None) =>
    producer.sendBatch({ topicMessages: [{ topic: TOPIC, messages }], compression })
  /** The buffers of the requests that were written in one pass, in their order. */
  const buffers = () => written.mock.contexts.map((writer: FrameWriter) => writer.buffer)

  beforeAll(async () => {
    broker = await startFakeBroker(TOPIC)
    const producer = await aProducer()
    for (const messages of requests) await send(producer, messages)
    ofKafkajs = broker.produced
    await producers.pop()?.disconnect()
    await broker.close()
    patchProduce()
  })
  beforeEach(async () => {
    broker = await startFakeBroker(TOPIC)
    written = jest.spyOn(FrameWriter.prototype, 'crcSince')
  })
  afterEach(async () => {
    jest.restoreAllMocks()
    await Promise.all(producers.splice(0).map((producer) => producer.disconnect()))
    await broker.close()
  })

  it('sends the very bytes that it sends by itself', async () => {
    const producer = await aProducer()
    for (const messages of requests) await send(producer, messages)
    expect(ofKafkajs).toHaveLength(requests.length)
    expect(broker.produced.map((frame) => frame.toString('hex'))).toEqual(
      ofKafkajs.map((frame) => frame.toString('hex')),
    )
    expect(written).toHaveBeenCalledTimes(requests.length)
  })

  it('takes the buffer of an answered request for the next one', async () => {
    const producer = await aProducer()
    for (const seq of [1, 2, 3]) await send(producer, [message(seq)])
    expect(new Set(buffers()).size).toBe(1)
  })

  it('sends the same again, from another buffer, when the connection ends before the answer', async () => {
    broker.outcomes.push(0, 'cut')
    const producer = await aProducer()
    for (const seq of [1, 2, 3]) await send(producer, [message(seq)])
    const [first, cut, again, last] = broker.produced.map(bodyOf)
    expect(broker.produced).toHaveLength(4)
    expect(again).toBe(cut)
    expect(new Set([first, cut, last]).size).toBe(3)
    const [ofFirst, ofCut, ofAgain, ofLast] = buffers()
    expect([ofCut === ofFirst, ofAgain === ofCut, ofLast === ofAgain]).toEqual([true, false, true])
  })

  it('sends the same again when the broker refuses it for now', async () => {
    broker.outcomes.push(NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS)
    const producer = await aProducer()
    await send(producer, [message(1)])
    expect(broker.produced).toHaveLength(3)
    expect(new Set(broker.produced.map(bodyOf)).size).toBe(1)
  })

  it('says what the broker refuses for good', async () => {
    broker.outcomes.push(OUT_OF_ORDER_SEQUENCE_NUMBER)
    const producer = await aProducer()
    const refused = await send(producer, [message(1)]).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(isSequenceLost(refused)).toBe(true)
  })

  it('has a buffer for each of several requests that are under way', async () => {
    const producer = await aProducer(false)
    await send(producer, [message(1)])
    written.mockClear()
    await Promise.all([send(producer, [message(2)]), send(producer, [message(3)])])
    expect(new Set(buffers()).size).toBe(2)
    expect(broker.produced).toHaveLength(3)
  })

  it('leaves to kafkajs what is compressed', async () => {
    const producer = await aProducer()
    await send(producer, requests[1] as Message[], CompressionTypes.GZIP)
    expect(broker.produced).toHaveLength(1)
    expect(written).not.toHaveBeenCalled()
  })
})
