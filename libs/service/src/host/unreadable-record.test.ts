import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topics, type Topic } from '@triplane/contracts'
import { err, ok } from '@triplane/kernel'
import type { BusRecord } from '@triplane/messaging'
import { SkippedRecords } from '../log/skipped-records.ts'
import { mustStopAt, refuseSkipped } from './unreadable-record.ts'

const run = { runId: 'run1' }
const refusal = { code: 'bad_record', detail: 'Expected 9 bytes, was 8' }
const aRecord = (topic: Topic, fields: Partial<BusRecord<Buffer>> = {}) =>
  ({
    ...{
      topic,
      partition: 0,
      offset: 7,
      key: 'k',
      runId: 'run1',
      producer: topic.writers[0] ?? '',
      seq: 1,
      tsSentUs: 1,
    },
    ...{ events: Buffer.alloc(0), ...fields },
  }) satisfies BusRecord<Buffer>

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-skipped-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const stops = (record: BusRecord<Buffer>, refused = refusal) =>
  mustStopAt(record, () => err(refused), run, new SkippedRecords(folder)) !== undefined

describe('a plane must stop at', () => {
  it.each([topics.intents, topics.orders, topics.fills, topics.killSwitch, topics.commands])(
    'an unreadable record of the owner in this run on $name',
    (topic) => expect(stops(aRecord(topic))).toBe(true),
  )

  it.each([
    ['market data', aRecord(topics.market)],
    ['a record of another run', aRecord(topics.intents, { runId: 'run0' })],
    ['a record of another writer', aRecord(topics.intents, { producer: 'order-plane' })],
    ['a record without headers, or a batch', aRecord(topics.intents, { producer: '', runId: '' })],
  ])('not at %s', (_, record) => expect(stops(record)).toBe(false))

  it('not at a value that is missing, nor at what can be read', () => {
    expect(stops(aRecord(topics.killSwitch), { code: 'foreign_record', detail: '' })).toBe(false)
    expect(mustStopAt(aRecord(topics.intents), () => ok([]), run, new SkippedRecords(folder))).toBeUndefined()
  })
})

describe('a record that an operator had skipped', () => {
  const record = aRecord(topics.intents)
  const place = { topic: topics.intents.name, partition: 0, offset: 7 }

  it('stops nothing, also for the next process, and is refused as skipped', () => {
    expect(mustStopAt(record, () => err(refusal), run, new SkippedRecords(folder))?.message).toContain(
      'triplane topic skip strategy.intents.v2 0 7 --why',
    )
    new SkippedRecords(folder).add({ ...place, who: 'ada', why: 'seen' })
    expect(stops(record)).toBe(false)
    expect(stops(aRecord(topics.intents, { offset: 8 }))).toBe(true)
    const decode = refuseSkipped<Buffer>(() => err(refusal), new SkippedRecords(folder))
    expect(decode(record, new Set())).toEqual(
      err({ code: 'skipped', detail: 'Skipped by ada: seen. Expected 9 bytes, was 8' }),
    )
    expect(decode(aRecord(topics.intents, { offset: 8 }), new Set())).toEqual(err(refusal))
  })

  it('is taken when it can be read after all', () => {
    new SkippedRecords(folder).add({ ...place, who: 'ada', why: 'seen' })
    expect(refuseSkipped<Buffer>(() => ok([]), new SkippedRecords(folder))(record, new Set())).toEqual(ok([]))
  })
})
