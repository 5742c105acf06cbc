import { topics } from '@triplane/contracts'
import type { ConsumerRunConfig } from 'kafkajs'
import { aBatch, anAnswer } from '../../test/fetch-answers.ts'
import type { ConsumerOptions } from '../bus.ts'
import type { KafkaClient } from './kafka-client.ts'
import { KafkaConsumer } from './kafka-consumer.ts'
import { sinkOf } from './own-fetch.ts'
import { BatchReader } from './record-batch.ts'
import { encodeHeaders } from './record-headers.ts'
import { Sockets } from './sockets.ts'
import { takeAnswer, type FetchSink } from './take-answer.ts'
import { TextCache } from './text-cache.ts'

const name = topics.fills.name
const MAX_RECORDS = 10
const turn = () => new Promise((resolve) => setImmediate(resolve))
const origin = { runId: 'run-1', producer: 'order', tsSentUs: 1, traceparent: undefined, watermark: undefined }

interface Commit {
  readonly offsets: readonly string[]
  readonly answer: () => void
}

/** A consumer on a client that reads nothing: the test assigns partitions, delivers batches and confirms commits. */
async function aConsumer(from: ConsumerOptions['from'] = 'earliest') {
  const listeners = new Map<string, (event: { payload: unknown }) => void>()
  const commits: Commit[] = []
  let run: ConsumerRunConfig = {}
  const client = {
    events: { REQUEST_TIMEOUT: 'timeout', GROUP_JOIN: 'join', COMMIT_OFFSETS: 'commit', CRASH: 'crash' },
    on: (event: string, listener: (event: { payload: unknown }) => void) => listeners.set(event, listener),
    connect: async () => undefined,
    disconnect: async () => undefined,
    subscribe: async () => undefined,
    run: async (config: ConsumerRunConfig) => void (run = config),
    commitOffsets: (asked: { topic: string; partition: number; offset: string }[]) =>
      new Promise<void>((resolve) => {
        const answer = () => {
          const partitions = asked.map(({ partition, offset }) => ({ partition, offset }))
          listeners.get('commit')?.({ payload: { topics: [{ topic: name, partitions }] } })
          resolve()
        }
        commits.push({ offsets: asked.map(({ partition, offset }) => `${partition}@${offset}`), answer })
      }),
  }
  const kafka = { consumer: () => client }
  const consumer = new KafkaConsumer(
    { group: 'strategy', topics: [topics.fills], from },
    {
      options: { brokers: [], clientId: 'test', nowUs: () => 1, maxInboxRecords: MAX_RECORDS },
      topics: { nameOf: (topic) => topic.name, topicOf: () => topics.fills, partitionsOf: () => 2 },
      connect: () => ({ kafka, sockets: new Sockets(), onRequestTimeout: () => undefined }) as unknown as KafkaClient,
      endsOf: async () => [0, 1].map((partition) => ({ topic: topics.fills, partition, low: 0, high: 100 })),
      left: () => undefined,
    },
  )
  await turn()
  const assign = (memberId: string, ...partitions: number[]) =>
    listeners.get('join')?.({ payload: { memberId, memberAssignment: { [name]: partitions } } })
  const sink = sinkOf(run) as FetchSink
  const batches = new BatchReader(new TextCache())
  /** Where the next read of each partition begins that is assigned. */
  const asks = () => sink.owned().map(({ partition, askFrom }) => `${partition}@${askFrom}`)
  /** Delivers records of `partition`, which were asked for. */
  const receive = (partition: number, ...offsets: number[]) => {
    const place = sink.at(name, partition)
    if (place) place.askFrom ??= offsets[0]
    const records = offsets.map((seq) => aBatch(seq, [{ value: null, headers: encodeHeaders({ ...origin, seq }) }]))
    const answered = { topic: name, partition, highWatermark: 100, records: Buffer.concat(records) }
    takeAnswer(anAnswer([answered]), sink, batches)
  }
  const taken = (max?: number) => consumer.take(max).map((record) => `${record.partition}@${record.offset}`)
  return { consumer, commits, sink, asks, assign, receive, taken }
}

describe('Kafka consumer', () => {
  it('commits what was taken at the time of the request, not what was taken since', async () => {
    const { consumer, commits, assign, receive, taken } = await aConsumer()
    assign('a', 0, 1)
    receive(0, 0, 1, 2, 3)
    taken(1)
    const first = consumer.commit()
    await turn()
    taken(1)
    const second = consumer.commit()
    taken(1)
    await turn()
    commits[0]?.answer()
    await first
    await turn()
    commits[1]?.answer()
    await second
    expect(commits.map(({ offsets }) => offsets)).toEqual([['0@1'], ['0@2']])
  })

  it('requests nothing when nothing new was taken', async () => {
    const { consumer, commits, assign, receive, taken } = await aConsumer()
    assign('a', 0, 1)
    await consumer.commit()
    receive(1, 0)
    taken()
    const committed = consumer.commit()
    await turn()
    commits[0]?.answer()
    await committed
    await consumer.commit()
    expect(commits).toHaveLength(1)
  })

  it('keeps the waiting records of a partition that stays, and drops those of one that goes', async () => {
    const { asks, assign, receive, taken } = await aConsumer()
    assign('a', 0, 1)
    receive(0, 0, 1)
    receive(1, 0, 1)
    expect(taken(1)).toEqual(['0@0'])
    assign('a', 0)
    expect(taken()).toEqual(['0@1'])
    expect(asks()).toEqual(['0@2'])
  })

  it('never returns a record again when it was away and regains a partition', async () => {
    const { assign, receive, taken } = await aConsumer()
    assign('a', 0)
    receive(0, 0, 1, 2)
    expect(taken(2)).toEqual(['0@0', '0@1'])
    assign('b', 0)
    receive(0, 0, 1, 2, 3)
    expect(taken()).toEqual(['0@2', '0@3'])
  })

  it('starts at its positions in every generation, and takes no record before them', async () => {
    const { asks, assign, receive, taken } = await aConsumer([{ topic: name, partition: 1, offset: 7 }])
    assign('a', 0, 1)
    expect(asks()).toEqual(['0@0', '1@7'])
    receive(1, 5, 6, 7, 8)
    expect(taken(1)).toEqual(['1@7'])
    assign('b', 1)
    expect(asks()).toEqual(['1@9'])
    expect(taken()).toEqual(['1@8'])
    assign('b', 0, 1)
    expect(asks()).toEqual(['0@0', '1@9'])
  })

  it('asks again when offsets are missing, and takes nothing', async () => {
    const { asks, assign, receive, taken } = await aConsumer([])
    assign('a', 0)
    receive(0, 2, 3)
    expect(asks()).toEqual(['0@0'])
    expect(taken()).toEqual([])
    receive(0, 0, 1, 2)
    expect(taken()).toEqual(['0@0', '0@1', '0@2'])
  })

  it('believes that records are missing when it is shown so twice, and counts them', async () => {
    const { consumer, asks, assign, receive, taken } = await aConsumer([])
    assign('a', 0)
    receive(0, 2, 3)
    receive(0, 2, 3)
    expect(taken()).toEqual(['0@2', '0@3'])
    expect(asks()).toEqual(['0@4'])
    expect(consumer.stats(1)).toMatchObject([{ skipped: 2, lagRecords: 96 }])
  })

  it('has no room from its bound on, and takes what comes then', async () => {
    const { consumer, sink, assign, receive, taken } = await aConsumer([])
    assign('a', 0)
    const arrived = consumer.arrived()
    receive(0, ...Array.from({ length: MAX_RECORDS + 5 }, (_, i) => i))
    await arrived
    expect(sink.hasRoom).toBe(false)
    const room = sink.roomWithin(60_000)
    expect(taken(6)).toHaveLength(6)
    await room
    expect(sink.hasRoom).toBe(true)
    expect(taken()).toHaveLength(MAX_RECORDS - 1)
  })

  it('says what a broker refuses when the rest of the answer is taken, and whose the next offset is then', async () => {
    const { asks, sink, assign, receive, taken } = await aConsumer([])
    assign('a', 0, 1)
    receive(1, 0)
    const records = aBatch(1, [{ value: null, headers: encodeHeaders({ ...origin, seq: 1 }) }])
    const answer = [
      { topic: name, partition: 0, errorCode: 1 },
      { topic: name, partition: 1, records },
      { topic: 'other', partition: 1, records },
    ]
    const take = () => takeAnswer(anAnswer(answer), sink, new BatchReader(new TextCache()))
    expect(take).toThrow(expect.objectContaining({ name: 'KafkaJSOffsetOutOfRange', topic: name, partition: 0 }))
    expect(asks()).toEqual(['0@undefined', '1@2'])
    expect(taken()).toEqual(['1@0', '1@1'])
    const whole = () => takeAnswer(anAnswer([], { errorCode: 31 }), sink, new BatchReader(new TextCache()))
    expect(whole).toThrow(expect.objectContaining({ type: 'CLUSTER_AUTHORIZATION_FAILED' }))
  })
})
