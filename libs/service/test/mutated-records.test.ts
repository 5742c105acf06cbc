import { encodeLine, eventTypes, topicOf, topics, wire, type Event, type Topic } from '@triplane/contracts'
import { Random } from '@triplane/kernel'
import { createRecordIntake, decodeRecord } from '@triplane/messaging'
import { examples } from '@triplane/testing'
import type { IHeaders } from 'kafkajs'
import { aBatch, recordsIn } from '../../messaging/test/fetch-answers.ts'
import { Edge } from '../src/host/edge.ts'
import { EventIntake } from '../src/host/event-intake.ts'
import { HighWaterMarks } from '../src/host/high-water-marks.ts'
import { TakenHalts } from '../src/host/taken-halts.ts'

/** What a producer can send at most. */
const MAX_RECORD_BYTES = 900_000
const run = { runId: 'run1', account: 'desk' }

/** A plane's reading, from the bytes of batches to the inputs of the core and the dead letters. */
function aReader() {
  const counts = { inputs: 0, letters: 0 }
  const clock = { nowUs: () => 1, monotonicUs: () => 1 }
  const producer = {
    isHalfFull: false,
    send(_topic: Topic, key: string, [letter]: readonly Event[]) {
      counts.letters++
      const bytes = Buffer.byteLength(encodeLine(letter as Event)) + Buffer.byteLength(key)
      if (bytes > MAX_RECORD_BYTES) throw new Error(`Expected a dead letter that can be sent, was ${bytes} bytes`)
    },
  }
  const edge = new Edge({ name: 'edge', stage: 'order', producer: producer as never, run, lastSeq: 0, clock })
  const intake = new EventIntake({
    run,
    inputTypes: new Set(eventTypes),
    inputs: { push: () => void counts.inputs++ },
    marks: new HighWaterMarks(),
    halts: new TakenHalts(),
    boundUs: () => 0,
    onHeartbeat: () => undefined,
  })
  const ingest = createRecordIntake<Buffer>({
    decode: (record) => decodeRecord(record),
    handle(events, record) {
      intake.accept(record, events)
      return { ok: true, value: undefined }
    },
    deadLetter: (refused) => edge.deadLetter(refused),
  })
  function read(topic: Topic, batches: Buffer): void {
    for (const record of recordsIn(topic, 0, batches)) ingest(record)
  }
  return { counts, read }
}

it('none of 100,000 mutated records throws out of what reads the bus, and each dead letter can be sent', () => {
  const random = new Random(14)
  const below = (limit: number) => random.below(limit)
  const { counts, read } = aReader()
  const all = Object.values(topics)
  for (let i = 0; i < 100_000; i++) {
    const type = eventTypes[below(eventTypes.length)] as Event['type']
    const events = Array.from({ length: 1 + below(3) }, (_, n) => ({ ...examples[type], seq: i * 3 + n }))
    const value = below(2) === 0 ? wire.encodeRecord(events) : Buffer.from(JSON.stringify(events))
    const headers: IHeaders = { run: run.runId, producer: 'order-plane', seq: String(i), ts: '1' }
    if (below(8) === 0) headers[['run', 'seq', 'wm', 'final', '__proto__'][below(5)] as string] = mutated(value)
    const key = below(8) === 0 ? mutated(value) : Buffer.from('desk')
    // A broker lets nobody change where a batch ends.
    const batch = aBatch(0, [{ key, value: below(4) === 0 ? value : mutated(value), headers }])
    if (below(8) === 0) mutated(batch.subarray(21)).copy(batch, 21)
    read(below(4) === 0 ? (all[below(all.length)] as Topic) : topicOf[type], batch)
  }
  expect(counts.inputs).toBeGreaterThan(10_000)
  expect(counts.letters).toBeGreaterThan(10_000)

  function mutated(original: Buffer): Buffer {
    let bytes = Buffer.from(original)
    for (let n = 1 + below(3); n > 0 && bytes.length > 0; n--) {
      const at = below(bytes.length)
      switch (below(8)) {
        case 0:
          bytes[at] = (bytes[at] as number) ^ (1 << below(8))
          break
        case 1:
          bytes[at] = below(256)
          break
        case 2:
          bytes = bytes.subarray(0, at)
          break
        case 3:
          bytes = Buffer.concat([bytes, Buffer.alloc(1 + below(16), below(256))])
          break
        case 4:
          bytes.fill(below(2) === 0 ? 0x00 : 0xff, at, Math.min(bytes.length, at + 1 + below(8)))
          break
        case 5:
          bytes.copyWithin(at, below(bytes.length), below(bytes.length))
          break
        case 6:
          bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from('1e400'), bytes.subarray(at)])
          break
        default:
          bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(below(200), '['), bytes.subarray(at)])
      }
    }
    return bytes
  }
}, 120_000)

it.each([
  ['200,000 NULs', Buffer.alloc(200_000)],
  ['200,000 nested brackets', Buffer.from('['.repeat(200_000))],
  ['200,000 nested brackets that end', Buffer.from('['.repeat(200_000) + ']'.repeat(200_000))],
  ['a type nested as deep', Buffer.from(`{"type":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  [
    'a field nested as deep',
    Buffer.from(
      JSON.stringify(examples.quote).replace(/"bid":[^,]+/, `"bid":${'['.repeat(99_999)}${']'.repeat(99_999)}`),
    ),
  ],
  ['an event with __proto__', Buffer.from(JSON.stringify(examples.quote).replace('{', '{"__proto__":{"type":"run"},'))],
  ['1e400', Buffer.from(JSON.stringify(examples.quote).replace(/"bid":[^,]+/, '"bid":1e400'))],
])('%s is read or refused', (_, value) => {
  const { counts, read } = aReader()
  const headers = { run: run.runId, producer: 'data-plane', seq: '1', ts: '1' }
  read(topics.market, aBatch(0, [{ key: 'k', value, headers }]))
  expect(counts.inputs + counts.letters).toBe(1)
})

it('10,000 headers, a header twice and a key of 200,000 NULs are read or refused', () => {
  const { counts, read } = aReader()
  const value = JSON.stringify(examples.quote)
  const headers: IHeaders = { run: run.runId, producer: 'data-plane', seq: '1', ts: '1' }
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`h${i}`, 'x']))
  read(topics.market, aBatch(0, [{ key: 'k', value, headers: { ...many, ...headers } }]))
  read(topics.market, aBatch(1, [{ key: 'k', value, headers: { ...headers, run: ['run1', 'run1'] } }]))
  read(topics.market, aBatch(2, [{ key: '\0'.repeat(200_000), value: '', headers }]))
  expect(counts).toEqual({ inputs: 1, letters: 2 })
})
