import { topics, type Event } from '@triplane/contracts'
import { err, ok } from '@triplane/kernel'
import { sendTrades } from '../test/bus-contract.ts'
import { createMemoryBus } from './memory-bus/memory-bus.ts'
import { createRecordIntake, type RecordIntakeOptions, type RefusedRecord } from './record-intake.ts'

type Payload = readonly Event[]

/** The outcome for three trades, seq 1 to 3. */
function taken(changes: Partial<RecordIntakeOptions<Payload>>) {
  const bus = createMemoryBus({ nowUs: () => 1 })
  const consumer = bus.consumer({ group: 'order', topics: [topics.market], from: 'earliest' })
  sendTrades(bus.producer({ name: 'data', runId: 'run-1' }), 'SPY', 1, 3)
  const handled: number[] = []
  const refused: RefusedRecord<Payload>[] = []
  const ingest = createRecordIntake<Payload>({
    decode: (record) => ok(record.events),
    handle: (events) => ok(void handled.push(...events.map((event) => event.seq))),
    deadLetter: (letter) => void refused.push(letter),
    ...changes,
  })
  return { handled, refused, takeAll: () => consumer.take().forEach(ingest) }
}

describe('record intake', () => {
  it('makes a dead letter of a record that does not decode, and goes on', () => {
    const refusal = { code: 'not_json', detail: 'Expected JSON, was "x"' }
    const { handled, refused, takeAll } = taken({
      decode: (record) => (record.seq === 2 ? err(refusal) : ok(record.events)),
    })
    takeAll()
    expect(handled).toEqual([1, 3])
    expect(refused).toMatchObject([
      { stage: 'decode', refusal, record: { topic: topics.market, partition: 0, offset: 1 } },
    ])
  })

  it('makes a dead letter of a refusal, and goes on', () => {
    const refusal = { code: 'stale_epoch', detail: 'Expected epoch 7, was 6' }
    const { refused, takeAll } = taken({
      handle: (_events, record) => (record.seq === 1 ? err(refusal) : ok(undefined)),
    })
    takeAll()
    expect(refused).toMatchObject([{ stage: 'handle', refusal, record: { offset: 0 } }])
  })

  it('rethrows faults and bugs, without a dead letter', () => {
    const { handled, refused, takeAll } = taken({
      handle: () => {
        throw new Error('Invariant: quantity is > 0')
      },
    })
    expect(takeAll).toThrow('Invariant: quantity is > 0')
    expect([handled, refused]).toEqual([[], []])
  })

  it('forwards watermarks without decoding them', () => {
    const bus = createMemoryBus({ nowUs: () => 1 })
    const consumer = bus.consumer({ group: 'order', topics: [topics.market], from: 'earliest' })
    const producer = bus.producer({ name: 'data', runId: 'run-1' })
    sendTrades(producer, 'SPY', 1, 1)
    producer.mark([topics.market], { throughUs: 9, final: true })
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
