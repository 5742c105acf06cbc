import {
  explainEvent,
  isEvent,
  isWire,
  topicOf,
  typesOn,
  wire,
  type Event,
  type EventType,
  type RecordRefusal,
} from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { BusRecord } from '../bus.ts'

/** Why a record's bytes are not events: a code for the metric label, and a sentence "Expected X, was Y". */
export interface UndecodableRecord {
  readonly code: RecordRefusal
  readonly detail: string
}

const noEvents: readonly Event[] = []

/**
 * Decodes the events of a record from Kafka: a binary record, or JSON, an array of events or one event, as people write it; the
 * first byte tells which. Refuses, in this order, what stands for a batch (`bad_batch`), headers without a valid origin (`bad_header`), bytes that are neither
 * first byte tells which. Refuses, in this order, what would delete a key (`foreign_record`), headers without a valid origin (`bad_header`), bytes that are neither
 * (`bad_record`, `not_json`), an event without a schema in this build (`unknown_schema`), an invalid event, and events of
 * another topic. Watermarks have no events. With `heard`, gives the events of these types only: others of a binary record are
 * passed over unread, so nothing is said of what is wrong in them.
 */
export function decodeRecord(
  record: BusRecord<Buffer>,
  heard?: ReadonlySet<EventType>,
): Result<readonly Event[], UndecodableRecord> {
  if (record.watermark !== undefined) return ok(noEvents)
  if (record.problem !== undefined) return err({ code: 'bad_batch', detail: record.problem })
  if (record.topic.compacted && record.events.length === 0)
    return err({
      code: 'foreign_record',
      detail: `Expected a value on ${record.topic.name}, where nobody deletes a key, was none`,
    })
  if (record.producer === '')
    return err({
      code: 'bad_header',
      detail: 'Expected the headers run, producer, seq and ts, was without one of them',
    })
  const decoded = isWire(record.events) ? wire.decodeRecord(record.events, heard) : decodeJson(record.events, heard)
  if (!decoded.ok) return decoded
  for (const { type } of decoded.value) {
    if (topicOf[type].name === record.topic.name) continue
    const expected = typesOn(record.topic)
    if (!expected.includes(type)) {
      const detail = `Expected ${expected.join(' or ')} on ${record.topic.name}, was ${type}`
      return err({ code: 'wrong_topic', detail })
    }
  }
  return decoded
}

function decodeJson(
  bytes: Buffer,
  heard: ReadonlySet<EventType> | undefined,
): Result<readonly Event[], UndecodableRecord> {
  let parsed: unknown
  try {
    parsed = JSON.parse(bytes.toString('utf8'))
  } catch {
    return err({ code: 'not_json', detail: `Expected JSON, was ${excerpt(bytes)}` })
  }
  const events: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  if (events.length === 0) return err({ code: 'not_an_event', detail: 'Expected at least one event, was []' })
  for (const event of events) if (!isEvent(event)) return err({ code: 'not_an_event', detail: explainEvent(event) })
  return ok((events as readonly Event[]).filter(({ type }) => heard?.has(type) ?? true))
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 40))
}
