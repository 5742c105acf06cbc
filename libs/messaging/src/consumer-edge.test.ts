import { topics, type Event } from '@triplane/contracts'
import { err, ok } from '@triplane/kernel'
import { sendTrades } from '../test/bus-contract.ts'
import type { Consumer } from './bus.ts'
import { createRecordIntake, runConsumerEdge, type ConsumerEdgeOptions, type RefusedRecord } from './consumer-edge.ts'
import { createMemoryBus } from './memory-bus/memory-bus.ts'

class TestFault extends Error {
  readonly code = 'away'
  readonly retryable: boolean

  constructor(retryable: boolean) {
    super('the database is away')
    this.retryable = retryable
  }
}

type Payload = readonly Event[]

/** An edge over three trades, seq 1 to 3; ends when `settle` has seen the last. */
function anEdge(changes: Partial<ConsumerEdgeOptions<Payload>>) {
  const bus = createMemoryBus({ nowUs: () => 1 })
  const group = { group: 'order', topics: [topics.trades], from: 'earliest' as const }
  const consumer = bus.consumer(group)
  sendTrades(bus.producer({ name: 'data', runId: 'run-1' }), 'SPY', 1, 3)
  const handled: number[] = []
  const refused: RefusedRecord<Payload>[] = []
  const faults: string[] = []
  const waits: number[] = []
  const edge: ConsumerEdgeOptions<Payload> = {
    consumer: closesAfterCommit(consumer),
    decode: (record) => ok(record.events),
    handle: (events) => ok(void handled.push(...events.map((event) => event.seq))),
    deadLetter: (letter) => void refused.push(letter),
    onFault: (fault) => void faults.push(fault.code),
    backoff: { firstMs: 10, longestMs: 40 },
    wait: async (ms) => void waits.push(ms),
    ...changes,
  }
  /** What the group's next member would get. */
  const redelivered = async () => {
    await consumer.close()
    return bus
      .consumer(group)
      .take()
      .map((record) => record.seq)
  }
  return { done: runConsumerEdge(edge), handled, refused, faults, waits, redelivered }
}

/** Closes itself behind the first commit, so that the edge's loop ends. */
function closesAfterCommit(consumer: Consumer): Consumer {
  return {
    take: (max) => consumer.take(max),
    arrived: () => consumer.arrived(),
    commit: async () => {
      await consumer.commit()
      await consumer.close()
    },
    pause: () => consumer.pause(),
    resume: () => consumer.resume(),
    get closed() {
      return consumer.closed
    },
    stats: (nowUs) => consumer.stats(nowUs),
    close: () => consumer.close(),
  }
}

describe('consumer edge', () => {
  it('handles each record once, in order, and commits', async () => {
    const edge = anEdge({})
    await edge.done
    expect(edge.handled).toEqual([1, 2, 3])
    expect(await edge.redelivered()).toEqual([])
  })

  it('makes a dead letter of what does not decode, and goes on', async () => {
    const refusal = { code: 'not_json', detail: 'Expected JSON, was "x"' }
    const edge = anEdge({ decode: (record) => (record.seq === 2 ? err(refusal) : ok(record.events)) })
    await edge.done
    expect(edge.handled).toEqual([1, 3])
    expect(edge.refused).toMatchObject([
      { stage: 'decode', refusal, record: { topic: topics.trades, partition: 0, offset: 1 } },
    ])
    expect(await edge.redelivered()).toEqual([])
  })

  it('makes a dead letter of a refusal, and goes on', async () => {
    const refusal = { code: 'stale_epoch', detail: 'Expected epoch 7, was 6' }
    const edge = anEdge({ handle: (_events, record) => (record.seq === 1 ? err(refusal) : ok(undefined)) })
    await edge.done
    expect(edge.refused).toMatchObject([{ stage: 'handle', refusal, record: { offset: 0 } }])
    expect(await edge.redelivered()).toEqual([])
  })

  it('tries the same record again after a fault, waiting longer each time up to the limit', async () => {
    let faultsLeft = 4
    const handled: number[] = []
    const edge = anEdge({
      handle: (_events, record) => {
        if (record.seq === 2 && faultsLeft-- > 0) throw new TestFault(true)
        return ok(void handled.push(record.seq))
      },
    })
    await edge.done
    expect(handled).toEqual([1, 2, 3])
    expect(edge.faults).toEqual(['away', 'away', 'away', 'away'])
    expect(edge.waits).toEqual([10, 20, 40, 40])
  })

  it('settles again after a fault without handling anything twice', async () => {
    let faultsLeft = 1
    const edge = anEdge({
      settle: async () => {
        if (faultsLeft-- > 0) throw new TestFault(true)
      },
    })
    await edge.done
    expect(edge.handled).toEqual([1, 2, 3])
    expect(edge.waits).toEqual([10])
  })

  it.each([
    { name: 'a fault that cannot be retried', error: new TestFault(false), want: 'the database is away' },
    { name: 'a bug', error: new Error('Invariant: quantity is > 0'), want: 'Invariant: quantity is > 0' },
  ])('rejects on $name and commits nothing', async ({ error, want }) => {
    const edge = anEdge({
      handle: () => {
        throw error
      },
    })
    await expect(edge.done).rejects.toThrow(want)
    expect(await edge.redelivered()).toEqual([1, 2, 3])
  })
})

describe('record intake', () => {
  it('hands watermarks past decoding, to who wants them', () => {
    const bus = createMemoryBus({ nowUs: () => 1 })
    const consumer = bus.consumer({ group: 'order', topics: [topics.trades], from: 'earliest' })
    const producer = bus.producer({ name: 'data', runId: 'run-1' })
    sendTrades(producer, 'SPY', 1, 1)
    producer.mark([topics.trades], { throughUs: 9, final: true })
    const seen: unknown[] = []
    const options = {
      decode: (record: { readonly events: Payload }) => ok((seen.push('decoded'), record.events)),
      handle: (events: Payload) => ok(void seen.push(events.length)),
      deadLetter: () => void seen.push('dead letter'),
    }
    const records = consumer.take()
    records.forEach(createRecordIntake({ ...options, onWatermark: (watermark) => void seen.push(watermark) }))
    records.forEach(createRecordIntake(options))
    expect(seen).toEqual(['decoded', 1, { throughUs: 9, final: true }, 'decoded', 1])
  })
})
