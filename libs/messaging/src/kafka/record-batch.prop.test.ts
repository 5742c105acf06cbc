import { topics } from '@triplane/contracts'
import fc from 'fast-check'
import type { IHeaders, KafkaMessage, Message } from 'kafkajs'
import Batch from 'kafkajs/src/consumer/batch.js'
import response from 'kafkajs/src/protocol/requests/fetch/v11/response.js'
import { aBatch, anAnswer, anEnd } from '../../test/fetch-answers.ts'
import type { BusRecord } from '../bus.ts'
import { readFetchAnswer } from './fetch-answer.ts'
import { BatchReader } from './record-batch.ts'
import { TextCache } from './text-cache.ts'

const topic = topics.fills
const { name } = topic

/** What the records of kafkajs mean: said once more, in other words. */
function byKafkajs({ offset, key, value, headers }: KafkaMessage): BusRecord<string> {
  const textOf = (header: IHeaders[string]) => (Buffer.isBuffer(header) ? header.toString('utf8') : undefined)
  const { run, producer, seq, ts, traceparent, wm, final } = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, header]) => [name, textOf(header)]),
  )
  const isCount = (text: string | undefined): text is string =>
    !!text && Number.isSafeInteger(Number(text)) && Number(text) >= 0
  const hasMark = headers !== undefined && 'wm' in headers
  const isValid = run && producer && isCount(seq) && isCount(ts) && (!hasMark || !Number.isNaN(Number(wm || NaN)))
  return {
    ...{ topic, partition: 3, offset: Number(offset), key: key?.toString('utf8') ?? '' },
    ...(isValid
      ? { runId: run, producer, seq: Number(seq), tsSentUs: Number(ts) }
      : { runId: '', producer: '', seq: 0, tsSentUs: 0 }),
    ...(isValid && traceparent !== undefined && { traceparent }),
    ...(isValid && hasMark && { watermark: { throughUs: Number(wm), final: final === '1' } }),
    events: value?.toString('hex') ?? '',
  }
}

async function expected(payload: Buffer, asked: number): Promise<BusRecord<string>[]> {
  const { responses } = await response.decode(payload)
  return responses.flatMap(({ topicName, partitions }) =>
    partitions.flatMap((partition) => new Batch(topicName, String(asked), partition).messages.map(byKafkajs)),
  )
}

function read(payload: Buffer, asked: number, reader = new BatchReader(new TextCache())) {
  const records: BusRecord<string>[] = []
  let next: number | undefined
  const place = { topic, partition: 3, arrives: () => 'take' as const, passes: () => undefined }
  readFetchAnswer(payload, (answer) => {
    next = reader.read(answer, asked, place, (record) => {
      records.push({ ...record, events: record.events.toString('hex') })
    })
  })
  return { records, next }
}

const bytes = fc.uint8Array({ maxLength: 90 }).map((array) => Buffer.from(array))
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
const number = fc.oneof(
  fc.maxSafeNat().map(String),
  fc.constantFrom('', '-1', '1e3', ' 7', '9007199254740993', '1.5', 'x'),
)
const origin = fc.record(
  {
    run: fc.constantFrom('run-1', 'run-2', ''),
    producer: fc.constantFrom('data-plane', 'order-plane'),
    seq: fc.oneof({ weight: 3, arbitrary: number }, fc.array(number, { minLength: 2, maxLength: 3 })),
    ts: number,
    traceparent: text,
    wm: fc.oneof(number, fc.constant('Infinity')),
    final: fc.constantFrom('1', '0'),
  },
  { requiredKeys: ['run', 'producer', 'seq', 'ts'] },
)
const names = fc.constantFrom('run', 'seq', 'ts', 'tx', 'wm', 'producer', 'final', 'traceparent', 'other')
const headers: fc.Arbitrary<IHeaders> = fc.oneof(
  { weight: 3, arbitrary: origin },
  fc.dictionary(names, fc.oneof(text, bytes, fc.array(bytes, { minLength: 2, maxLength: 3 }))),
)
const message: fc.Arbitrary<Message> = fc.record({
  key: fc.option(fc.oneof(text, bytes, fc.constant('BTC/USDT@binance_usdm')), { nil: null }),
  value: fc.option(fc.oneof(bytes, fc.constant(Buffer.alloc(9000, 7))), { nil: null }),
  headers,
})
const batch = fc.record({
  messages: fc.array(message, { minLength: 1, maxLength: 5 }),
  gap: fc.oneof(fc.constant(0), fc.nat(3)),
  isGzip: fc.boolean(),
})
const log = fc.array(batch, { maxLength: 4 })

/** Batches one behind the other, with holes between them as compaction leaves them. */
function aLog(batches: readonly { messages: Message[]; gap: number; isGzip: boolean }[], firstOffset: number) {
  let end = firstOffset
  const made = batches.map(({ messages, gap, isGzip }) => {
    const from = end
    end += messages.length + gap
    return aBatch(from, messages, { isGzip, lastOffset: end - 1 })
  })
  return { records: Buffer.concat(made), end }
}

describe('batches of records', () => {
  it('are read as kafkajs reads them, whatever is in them, and from an offset within one', async () => {
    const reader = new BatchReader(new TextCache())
    await fc.assert(
      fc.asyncProperty(log, fc.nat(2 ** 40), fc.nat(6), async (batches, first, skipped) => {
        const { records, end } = aLog(batches, first)
        const payload = anAnswer([{ topic: name, partition: 3, records, highWatermark: end }])
        const asked = first + skipped
        const got = read(payload, asked, reader)
        expect(got.records).toEqual(await expected(payload, asked))
        expect(got.next).toBe(Math.max(asked, end))
      }),
      { numRuns: 300 },
    )
  })

  it('are read up to the one that is cut, as kafkajs does', async () => {
    await fc.assert(
      fc.asyncProperty(log, fc.nat(), async (batches, cut) => {
        const whole = aLog(batches, 0).records
        const records = whole.subarray(0, cut % (whole.length + 1))
        // kafkajs fails at less than what says the format.
        fc.pre(records.length === 0 || records.length > 16)
        const payload = anAnswer([{ topic: name, partition: 3, records }])
        expect(read(payload, 0).records).toEqual(await expected(payload, 0))
      }),
    )
  })

  it('of transactions are seen whatever becomes of these, and their ends are not', () => {
    const part = fc.record({
      producerId: fc.integer({ min: 1, max: 3 }),
      end: fc.constantFrom('abort', 'commit', false),
    })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const made = parts.map(({ producerId, end }, offset) =>
          end === false
            ? aBatch(offset, [{ value: String(offset) }], { producerId, isTransactional: true })
            : anEnd(offset, producerId, end as 'abort' | 'commit'),
        )
        const payload = anAnswer([{ topic: name, partition: 3, records: Buffer.concat(made) }])
        const { records, next } = read(payload, 0)
        expect(records.map(({ offset }) => offset)).toEqual(parts.flatMap(({ end }, i) => (end === false ? i : [])))
        expect(next).toBe(parts.length)
      }),
    )
  })

  it('that are broken are read, or a record with a problem stands for them, within their bytes and in their time', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(log, fc.array(change, { minLength: 1, maxLength: 4 }), (batches, changes) => {
        const { records } = aLog(batches, 5)
        for (const [at, byte] of changes) if (records.length > 0) records[at % records.length] = byte
        const payload = anAnswer([{ topic: name, partition: 3, records }])
        try {
          for (const { offset } of read(payload, 5).records) expect(Number.isFinite(offset)).toBe(true)
        } catch (error) {
          // Where the next batch begins, a broker checks before it takes one.
          expect(error).toMatchObject({ name: 'KafkaJSNotImplemented' })
        }
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    { name: 'of an older format', at: 16, byte: 1, problem: 'Expected records with format 2, was 1' },
    { name: 'of a codec that there is none for', at: 22, byte: 2, problem: 'Expected no codec but gzip, was snappy' },
    { name: 'of bytes that are not gzip', at: 22, byte: 1, problem: /^Expected gzip, was Error/ },
    {
      name: 'of a record that is too long',
      at: 61,
      byte: 126,
      problem: 'Expected 2 records within their batch, was 0',
    },
  ])('$name end nothing: one record stands for them, and the next batch is read', ({ at, byte, problem }) => {
    const broken = aBatch(7, [{ value: 'x' }, { value: 'y' }])
    broken[at] = byte
    const records = Buffer.concat([aBatch(6, [{ value: 'before' }]), broken, aBatch(9, [{ value: 'behind' }])])
    const got = read(anAnswer([{ topic: name, partition: 3, records }]), 6)
    const stand = at === 16 ? 7 : 8
    expect(got.records.map(({ offset }) => offset)).toEqual([6, stand, 9])
    expect(got.records[1]).toMatchObject({ producer: '', key: '', events: broken.toString('hex') })
    expect(got.records[1]?.problem).toEqual(expect.stringMatching(problem))
    expect(got.next).toBe(10)
  })

  it('of gzip that unpacks to more than any batch of ours are not unpacked', () => {
    const bomb = aBatch(0, [{ value: Buffer.alloc(70_000_000) }], { isGzip: true })
    const { records } = read(anAnswer([{ topic: name, partition: 3, records: bomb }]), 0)
    expect(records).toEqual([expect.objectContaining({ offset: 0, problem: expect.stringContaining('Expected gzip') })])
  })

  it('that are partly read stand for what is behind that, also for a reader that begins there', () => {
    const broken = aBatch(0, [{ value: 'x' }, { value: 'y' }])
    broken[61 + 1 + (broken[61] as number) / 2] = 126
    const payload = anAnswer([{ topic: name, partition: 3, records: broken }])
    const offsets = (asked: number) =>
      read(payload, asked).records.map(({ offset, problem }) => [offset, problem !== undefined])
    expect(offsets(0)).toEqual([
      [0, false],
      [1, true],
    ])
    expect(offsets(1)).toEqual([[1, true]])
  })
})
