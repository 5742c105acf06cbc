import { topics } from '@triplane/contracts'
import type { Message } from 'kafkajs'
import type Broker from 'kafkajs/src/broker/index.js'
import type Runner from 'kafkajs/src/consumer/runner.js'
import { aBatch, anAnswer, type AnsweredPartition } from '../../test/fetch-answers.ts'
import type { BusRecord } from '../bus.ts'
import { AssignedPartition } from './assigned-partition.ts'
import { FetchLoop } from './fetch-loop.ts'
import type { FetchSink } from './take-answer.ts'

const name = topics.fills.name
const message: Message = { value: null }
const turn = () => new Promise((resolve) => setImmediate(resolve))
const after = { minutes: 5 * 60_000 }

interface Asked {
  readonly node: string
  readonly partitions: readonly string[]
  answer(...partitions: AnsweredPartition[]): void
  fail(error: Error): void
}

/** What a request to fetch asks for: partition and offset of each topic, one after the other. */
function askedOf(frame: Buffer): string[] {
  const countAt = 39 + frame.readInt16BE(12)
  let at = countAt + 4
  return Array.from({ length: frame.readInt32BE(countAt) }, () => {
    const partitionAt = at + 6 + frame.readInt16BE(at)
    at = partitionAt + 28
    return `${frame.readInt32BE(partitionAt)}@${frame.readBigInt64BE(partitionAt + 8)}`
  })
}

/** A loop on two brokers, which lead the partition of their number. The test answers what they are asked. */
function aLoop({ versions = { 1: { minVersion: 4, maxVersion: 17 } }, owned = [0, 1] } = {}) {
  const asked: Asked[] = []
  const records: BusRecord<Buffer>[] = []
  const recovered: Error[] = []
  const tally = { consumed: 0, skipped: 0, errors: 0 }
  const places = owned.map((number) => new AssignedPartition(topics.fills, name, number, tally))
  for (const place of places) place.isOwned = true
  const state = { hasRoom: true, heartbeats: 0, heartbeat: (): Promise<void> => Promise.resolve(), disconnects: 0 }
  let makeRoom = () => undefined as void

  const aBroker = (node: string): Broker => {
    let correlationId = 0
    const connection = {
      clientId: 'test',
      sasl: null,
      isConnected: () => true,
      failIfNotConnected: () => undefined,
      nextCorrelationId: () => correlationId++,
      requestQueue: {
        maybeThrottle: () => undefined,
        push({
          entry,
          sendRequest,
        }: {
          entry: { resolve(of: object): void; reject(error: Error): void }
          sendRequest(): void
        }) {
          sendRequest()
          const answer = (...partitions: AnsweredPartition[]) => entry.resolve({ payload: anAnswer(partitions) })
          asked.push({ node, partitions: askedOf(written), answer, fail: entry.reject })
        },
      },
      socket: { write: (frame: Buffer) => (written = Buffer.from(frame)) },
    }
    let written = Buffer.alloc(0)
    const connectionPool = { pool: [connection, connection], getConnection: async () => connection }
    const disconnect = async () => void state.disconnects++
    return { brokerAddress: `broker-${node}`, versions, connectionPool, disconnect } as unknown as Broker
  }
  const brokers = new Map(['0', '1', '2'].map((node) => [node, aBroker(node)]))
  const brokerPool = { metadata: { leaders: ['0', '1'] }, metadataExpireAt: Date.now() + after.minutes }
  const group = {
    ...{ maxWaitTime: 250, minBytes: 1, maxBytes: 1000, maxBytesPerPartition: 100, isolationLevel: 1 },
    lastRequest: Date.now() + after.minutes,
    cluster: {
      brokerPool,
      refreshMetadataIfNecessary: async () => undefined,
      findLeaderForPartitions: (_: string, [number = 0]: number[]) => ({
        [brokerPool.metadata.leaders[number] as string]: [number],
      }),
      findBroker: async ({ nodeId }: { nodeId: string }) => brokers.get(nodeId),
    },
    offsetManager: {
      resolveOffsets: async () => undefined,
      nextOffset: (_: string, number: number) => `${10 * number}`,
    },
    checkForStaleAssignment: () => undefined,
    recoverFromFetch: async (error: Error) => {
      recovered.push(error)
      if (error.message === 'fatal' || error.name === 'KafkaJSNotImplemented') throw error
    },
  }
  const heartbeat = () => {
    state.heartbeats++
    return state.heartbeat()
  }
  const runner = { consumerGroup: group, heartbeatInterval: 1000, heartbeat } as unknown as Runner
  const sink: FetchSink = {
    get hasRoom() {
      return state.hasRoom
    },
    roomWithin: () => new Promise<void>((resolve) => (makeRoom = resolve)),
    owned: () => places,
    at: (topic, number) => (topic === name ? places.find(({ partition }) => partition === number) : undefined),
    push: (record) => void records.push(record),
    onMissing: () => undefined,
  }
  const loop = new FetchLoop(runner, sink)
  const outcome = loop.start().then(
    () => 'stopped',
    (error: Error) => error.message,
  )
  const one = (partition: number, offset: number): AnsweredPartition => {
    return { topic: name, partition, highWatermark: 99, records: aBatch(offset, [message]) }
  }
  /** Stops the loop; what is under way is answered. */
  const stop = async () => {
    const stopped = loop.stop()
    for (const each of asked) each.answer()
    makeRoom()
    await stopped
    return outcome
  }
  const asks = () => asked.map(({ node, partitions }) => `${node}: ${partitions.join(' ')}`)
  return {
    loop,
    outcome,
    state,
    group,
    brokerPool,
    asked,
    asks,
    records,
    recovered,
    one,
    stop,
    makeRoom: () => makeRoom(),
  }
}

describe('a loop that fetches', () => {
  it('begins each partition where the group says, with its leader', async () => {
    const { asks, stop } = aLoop()
    await turn()
    expect(asks()).toEqual(['0: 0@0', '1: 1@10'])
    expect(await stop()).toBe('stopped')
  })

  it('asks for more before anybody handles what came, and behind it', async () => {
    const { asked, asks, records, one, stop } = aLoop({ owned: [0] })
    await turn()
    asked[0]?.answer(one(0, 0))
    await turn()
    expect(records.map(({ offset }) => offset)).toEqual([0])
    expect(asks()).toEqual(['0: 0@0', '0: 0@1'])
    await stop()
  })

  it('does not wait for one broker with what another has', async () => {
    const { asked, asks, one, stop } = aLoop()
    await turn()
    for (let offset = 10; offset < 13; offset++) {
      asked[asked.length - 1]?.answer(one(1, offset))
      await turn()
    }
    expect(asks()).toEqual(['0: 0@0', '1: 1@10', '1: 1@11', '1: 1@12', '1: 1@13'])
    await stop()
  })

  it('asks a broker for its partitions in another order each time', async () => {
    const { asked, asks, brokerPool, stop } = aLoop()
    brokerPool.metadata = { leaders: ['2', '2'] }
    await turn()
    for (const place of [0, 1]) {
      asked[place]?.answer()
      await turn()
    }
    expect(asks()).toEqual(['2: 0@0 1@10', '2: 1@10 0@0', '2: 0@0 1@10'])
    await stop()
  })

  it('asks for nothing while there is no room, and goes on when there is', async () => {
    const { state, asked, asks, one, makeRoom, stop } = aLoop({ owned: [0] })
    await turn()
    state.hasRoom = false
    asked[0]?.answer(one(0, 0))
    await turn()
    expect(asks()).toHaveLength(1)
    state.hasRoom = true
    makeRoom()
    await turn()
    expect(asks()).toEqual(['0: 0@0', '0: 0@1'])
    await stop()
  })

  it('sends heartbeats when they are due, and ends with the one that is refused, when no read is under way', async () => {
    const { group, state, asked, outcome, recovered } = aLoop()
    await turn()
    group.lastRequest = 0
    asked[0]?.answer()
    await turn()
    expect([state.heartbeats, asked.length]).toEqual([1, 3])
    state.heartbeat = () => Promise.reject(new Error('fatal'))
    asked[1]?.answer()
    await turn()
    expect(recovered).toEqual([])
    for (const each of asked) each.answer()
    expect(await outcome).toBe('fatal')
  })

  it('leaves what fails to the group, when no read is under way, and begins again where it was', async () => {
    const { asked, asks, one, recovered, stop } = aLoop()
    await turn()
    asked[1]?.fail(new Error('of the connection'))
    await turn()
    expect(recovered).toEqual([])
    asked[0]?.answer(one(0, 0))
    await turn()
    expect(recovered.map(({ message }) => message)).toEqual(['of the connection'])
    expect(asks().slice(2)).toEqual(['0: 0@1', '1: 1@10'])
    await stop()
  })

  it('asks the group where to go on when a partition does not reach to its offset', async () => {
    const { asked, asks, recovered, stop } = aLoop({ owned: [1] })
    await turn()
    asked[0]?.answer({ topic: name, partition: 1, errorCode: 1 })
    await turn()
    expect(recovered).toMatchObject([{ name: 'KafkaJSOffsetOutOfRange', topic: name, partition: 1 }])
    expect(asks()).toEqual(['1: 1@10', '1: 1@10'])
    await stop()
  })

  it('asks the new leader when the metadata say so', async () => {
    const { brokerPool, asked, asks, one, stop } = aLoop()
    await turn()
    brokerPool.metadata = { leaders: ['0', '2'] }
    asked[0]?.answer(one(0, 0))
    asked[1]?.answer(one(1, 10))
    await turn()
    expect(asks().slice(2)).toEqual(['0: 0@1', '2: 1@11'])
    await stop()
  })

  it('gives up both connections to a broker that closed one', async () => {
    const { state, asked, stop } = aLoop({ owned: [0] })
    await turn()
    asked[0]?.fail(Object.assign(new Error('closed'), { name: 'KafkaJSConnectionClosedError' }))
    await turn()
    expect(state.disconnects).toBe(1)
    await stop()
  })

  it('says of a broker that is too old what it speaks', async () => {
    const { outcome, recovered } = aLoop({ versions: { 1: { minVersion: 0, maxVersion: 10 } }, owned: [0] })
    const expected = 'Expected broker-0 to speak Fetch 11 (Kafka 2.3 or later), was 0 to 10'
    expect(await outcome).toBe(expected)
    expect(recovered).toMatchObject([{ name: 'KafkaJSNotImplemented' }])
  })

  it('waits, with a heartbeat, while it has no partition', async () => {
    const { asked, loop, outcome, state } = aLoop({ owned: [] })
    await turn()
    await loop.stop()
    expect([await outcome, asked.length, state.heartbeats]).toEqual(['stopped', 0, 1])
  })
})
