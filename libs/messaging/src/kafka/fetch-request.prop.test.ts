import fc from 'fast-check'
import createRequest from 'kafkajs/src/protocol/request.js'
import createFetch from 'kafkajs/src/protocol/requests/fetch/v11/request.js'
import { writeFetch } from './fetch-request.ts'
import { FrameWriter } from './frame-writer.ts'

const int32 = fc.nat(2 ** 31 - 1)
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(200)))
const wanted = fc.record({ topic: text, partition: int32, offset: fc.maxSafeNat() })
const request = fc.record({
  maxWaitTime: int32,
  minBytes: int32,
  maxBytes: int32,
  maxBytesPerPartition: int32,
  isolationLevel: fc.constantFrom(0, 1),
  partitions: fc.array(wanted, { maxLength: 30 }),
})
const head = fc.record({ correlationId: int32, clientId: text })

describe('a request to fetch, in one pass', () => {
  it('has the bytes that kafkajs makes of it', async () => {
    await fc.assert(
      fc.asyncProperty(head, request, async (head, given) => {
        const { partitions, maxBytesPerPartition: maxBytes, ...rest } = given
        const topics = partitions.map(({ topic, partition, offset }) => {
          return { topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes }] }
        })
        const theirs = createFetch({ replicaId: -1, ...rest, topics })
        const { buffer } = await createRequest({ ...head, request: theirs })
        const writer = new FrameWriter(Buffer.alloc(16, 0xa5))
        writeFetch(writer, head, given)
        expect(writer.written().equals(buffer)).toBe(true)
      }),
    )
  })
})
