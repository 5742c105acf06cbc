import fc from 'fast-check'
import { CompressionTypes, type IHeaders, type Message } from 'kafkajs'
import createRequest from 'kafkajs/src/protocol/request.js'
import produce from 'kafkajs/src/protocol/requests/produce/index.js'
import { FrameWriter } from './frame-writer.ts'
import { writeProduce, type ProduceRequest } from './produce-request.ts'

const NOW_MS = 1_723_127_400_123

/** Texts of every width in UTF-8, halves of surrogate pairs too. */
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\ud83d'), fc.constant('x'.repeat(200)))
const bytes = fc
  .oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.constantFrom(0, 63, 64, 8191, 8192, 20_000).map((length) => new Uint8Array(length)),
  )
  .map((array) => Buffer.from(array))
const header = fc.oneof(text, bytes)
const headers: fc.Arbitrary<IHeaders> = fc.dictionary(text, fc.oneof(header, fc.array(header, { maxLength: 3 })))
const timestamp = fc
  .oneof(fc.integer({ min: 1e12, max: 9_999_999_999_999 }), fc.integer({ min: NOW_MS, max: NOW_MS + 300 }))
  .map(String)
const message: fc.Arbitrary<Message> = fc
  .tuple(
    fc.record({ value: fc.option(fc.oneof(bytes, text)) }),
    fc.record({ key: fc.option(header), timestamp, headers }, { requiredKeys: [] }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }))
const partition = fc.record({
  partition: fc.nat(100),
  firstSequence: fc.nat(2 ** 31 - 1),
  messages: fc.array(message, { minLength: 1, maxLength: 5 }),
})
const topicData = fc.array(
  fc.record({ topic: fc.string({ minLength: 1 }), partitions: fc.array(partition, { minLength: 1, maxLength: 3 }) }),
  { minLength: 1, maxLength: 3 },
)
const plain = fc.record({ acks: fc.constantFrom(-1, 1), timeout: fc.nat(2 ** 31 - 1), topicData })
const idempotent = fc.record({
  producerId: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String), fc.constant(-1)),
  producerEpoch: fc.nat(32_767),
})
const transactional = fc.record({ transactionalId: fc.option(text) }, { requiredKeys: [] })
const request: fc.Arbitrary<ProduceRequest> = fc
  .tuple(plain, fc.option(idempotent), transactional)
  .map(([base, ids, transaction]) => ({ ...base, ...ids, ...transaction }))
const head = fc.record({
  apiVersion: fc.integer({ min: 3, max: 7 }),
  correlationId: fc.nat(2 ** 31 - 1),
  clientId: text,
})

async function byKafkajs({ apiVersion, correlationId, clientId }: Head, given: ProduceRequest): Promise<Buffer> {
  const create = produce.protocol({ version: apiVersion })
  const { request } = create({ ...given, compression: CompressionTypes.None } as Parameters<typeof create>[0])
  return (await createRequest({ correlationId, clientId, request })).buffer
}
type Head = Parameters<typeof writeProduce>[1]

function inOnePass(head: Head, given: ProduceRequest, buffer = Buffer.alloc(16)): Buffer {
  const writer = new FrameWriter(buffer)
  writeProduce(writer, head, given)
  return writer.written()
}

describe('a request to produce, in one pass', () => {
  beforeEach(() => void jest.spyOn(Date, 'now').mockReturnValue(NOW_MS))
  afterEach(() => void jest.restoreAllMocks())

  it('has the bytes that kafkajs makes of it, whatever its shape', async () => {
    await fc.assert(
      fc.asyncProperty(head, request, async (head, given) => {
        const expected = await byKafkajs(head, given)
        expect(inOnePass(head, given).equals(expected)).toBe(true)
        // In a buffer with something else in it already.
        expect(inOnePass(head, given, Buffer.alloc(1_000_000, 0xa5)).equals(expected)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('has them for as many records as one request takes, and for a large one', async () => {
    const head = { apiVersion: 7, correlationId: 9, clientId: 'triplane-producer-data-plane' }
    const messages = Array.from({ length: 500 }, (_, i) => ({
      key: `SYMBOL-${i % 7}`,
      value: Buffer.alloc(i === 250 ? 900_000 : i, i),
      timestamp: String(NOW_MS + i),
      headers: { run: 'run-1', producer: 'data-plane', seq: String(i), ts: String((NOW_MS + i) * 1000) },
    }))
    const given = {
      acks: -1,
      timeout: 10_000,
      producerId: '4000',
      producerEpoch: 3,
      topicData: [{ topic: 'market.events.v2', partitions: [{ partition: 2, firstSequence: 77, messages }] }],
    }
    expect(inOnePass(head, given).equals(await byKafkajs(head, given))).toBe(true)
  })
})
