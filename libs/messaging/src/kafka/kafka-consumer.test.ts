import { topics } from '@triplane/contracts'
import type { ConsumerRunConfig, EachBatchPayload } from 'kafkajs'
import type { ConsumerOptions } from '../bus.ts'
import type { KafkaClient } from './kafka-client.ts'
import { KafkaConsumer } from './kafka-consumer.ts'
import { encodeHeaders } from './record-headers.ts'
import { Sockets } from './sockets.ts'

const name = topics.fills.name
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
  const seeks: string[] = []
  let run: ConsumerRunConfig = {}
  const client = {
    events: { REQUEST_TIMEOUT: 'timeout', GROUP_JOIN: 'join', COMMIT_OFFSETS: 'commit', CRASH: 'crash' },
    on: (event: string, listener: (event: { payload: unknown }) => void) => listeners.set(event, listener),
    connect: async () => undefined,
    disconnect: async () => undefined,
    subscribe: async () => undefined,
    run: async (config: ConsumerRunConfig) => void (run = config),
    seek: ({ partition, offset }: { partition: number; offset: string }) => void seeks.push(`${partition}@${offset}`),
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
      options: { brokers: [], clientId: 'test', nowUs: () => 1 },
      topics: { nameOf: (topic) => topic.name, topicOf: () => topics.fills, partitionsOf: () => 2 },
      connect: () => ({ kafka, sockets: new Sockets(), onRequestTimeout: () => undefined }) as unknown as KafkaClient,
      endsOf: async () => [0, 1].map((partition) => ({ topic: topics.fills, partition, low: 0, high: 100 })),
      left: () => undefined,
    },
  )
  await turn()
  const assign = (memberId: string, ...partitions: number[]) =>
    listeners.get('join')?.({ payload: { memberId, memberAssignment: { [name]: partitions } } })
  /** Delivers records of `partition`; returns the last resolved offset. */
  const receive = async (partition: number, ...offsets: number[]) => {
    let resolved: string | undefined
    const headers = (seq: number) => encodeHeaders({ ...origin, seq })
    const messages = offsets.map((offset) => ({
      offset: String(offset),
      key: null,
      value: null,
      headers: headers(offset),
    }))
    await run.eachBatch?.({
      batch: { topic: name, partition, highWatermark: '100', messages },
      resolveOffset: (offset: string) => (resolved = offset),
      heartbeat: async () => undefined,
      isRunning: () => true,
      isStale: () => false,
    } as unknown as EachBatchPayload)
    return resolved
  }
  const taken = (max?: number) => consumer.take(max).map((record) => `${record.partition}@${record.offset}`)
  return { consumer, commits, seeks, assign, receive, taken }
}

describe('Kafka consumer', () => {
  it('commits what was taken at the time of the request, not what was taken since', async () => {
    const { consumer, commits, assign, receive, taken } = await aConsumer()
    assign('a', 0, 1)
    await receive(0, 0, 1, 2, 3)
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
    await receive(1, 0)
    taken()
    const committed = consumer.commit()
    await turn()
    commits[0]?.answer()
    await committed
    await consumer.commit()
    expect(commits).toHaveLength(1)
  })

  it('keeps the waiting records of a partition that stays, and drops those of one that goes', async () => {
    const { seeks, assign, receive, taken } = await aConsumer()
    assign('a', 0, 1)
    await receive(0, 0, 1)
    await receive(1, 0, 1)
    expect(taken(1)).toEqual(['0@0'])
    assign('a', 0)
    expect(taken()).toEqual(['0@1'])
    expect(seeks).toEqual(['0@2'])
  })

  it('never returns a record again when it was away and regains a partition', async () => {
    const { assign, receive, taken } = await aConsumer()
    assign('a', 0)
    await receive(0, 0, 1, 2)
    expect(taken(2)).toEqual(['0@0', '0@1'])
    assign('b', 0)
    expect(await receive(0, 0, 1, 2, 3)).toBe('3')
    expect(taken()).toEqual(['0@2', '0@3'])
  })

  it('starts at its positions in every generation, and takes no record before them', async () => {
    const { seeks, assign, receive, taken } = await aConsumer([{ topic: name, partition: 1, offset: 7 }])
    assign('a', 0, 1)
    expect(seeks).toEqual(['0@0', '1@7'])
    await receive(1, 5, 6, 7, 8)
    expect(taken(1)).toEqual(['1@7'])
    assign('b', 1)
    expect(seeks.slice(2)).toEqual(['1@9'])
    expect(taken()).toEqual(['1@8'])
    assign('b', 0, 1)
    expect(seeks.slice(3)).toEqual(['0@0', '1@9'])
  })

  it('asks again when offsets are missing, and resolves nothing', async () => {
    const { seeks, assign, receive, taken } = await aConsumer([])
    assign('a', 0)
    expect(await receive(0, 2, 3)).toBeUndefined()
    expect(seeks).toEqual(['0@0', '0@0'])
    expect(taken()).toEqual([])
    await receive(0, 0, 1, 2)
    expect(taken()).toEqual(['0@0', '0@1', '0@2'])
  })
})
